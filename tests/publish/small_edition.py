"""A small edition as it is built: its downloads, a page with a stamp, and the page's source."""

import hashlib
import json

import numpy as np
import pandas as pd

from analysis.disclosure.measures import MEASURES

# Two regions of two authorities each, and Wales; X is all of decile 1.
LOOKUP = pd.DataFrame(
    [
        ("E01000001", "E02000001", "E06000001", "E12000001", "E92000001", 1, None),
        ("E01000002", "E02000002", "E06000002", "E12000001", "E92000001", 2, None),
        ("E01000003", "E02000003", "E06000003", "E12000002", "E92000001", 2, None),
        ("E01000004", "E02000004", "E06000004", "E12000002", "E92000001", 3, None),
        ("W01000001", "W02000001", "W06000001", "W92000004", "W92000004", None, 1),
    ],
    columns=["lsoa11cd", "msoa11cd", "lad20cd", "rgn20cd", "ctry20cd", "imd_decile",
             "wimd_quintile"],
)  # fmt: skip
AREA = {
    "deaths": "area", "basis": "occurrence", "date_from": "2020-03-01", "date_to": "2020-04-30",
    "registered_by": "2020-06-06", "age_min": 0, "age_max": None, "rules": "strict",
    "interval": "ons", "confidence": 0.95,
}  # fmt: skip


def rows(columns, *values):
    return pd.DataFrame(values, columns=columns.split())


def protected(frame):
    """A table as it is published: a missing count is confidential."""
    by = [column for column in frame if column not in MEASURES]
    parts = {column: frame[column] for column in by}
    for measure in (column for column in frame if column not in by):
        hidden = frame[measure].isna()
        values = (
            frame[measure].astype("Int64") if not MEASURES[measure].decimals else frame[measure]
        )
        parts |= {measure: values, f"{measure}_status": np.where(hidden, "[c]", "")}
    return pd.DataFrame(parts)


def csv(frame):
    return protected(frame).to_csv(index=False, lineterminator="\n")


def release(folder, tables, shown="", source="", **said):
    """A built edition: its downloads, and a page whose stamp lists them and which may show more."""
    about = AREA | {"edition": folder.name} | said
    (folder / "downloads").mkdir(parents=True)
    (folder / "_sources").mkdir()
    listed = ""
    for name, frame in tables.items():
        (folder / "downloads" / f"{name}.csv").write_text(csv(frame), encoding="utf-8")
        digest = hashlib.sha256(csv(frame).encode()).hexdigest()
        listed += f'<tr><th scope="row">{name}</th><td>{digest}</td></tr>'
    stated = "".join(f'<tr><th scope="row">{k}</th><td>{v}</td></tr>' for k, v in about.items())
    stamp = (
        '<details class="bulletin-stamp"><table><caption>Parameters of this page</caption>'
        f"{stated}</table><table><caption>Downloads</caption>{listed}</table></details>"
    )
    (folder / "page.html").write_text(f"<html>{shown}{stamp}</html>", encoding="utf-8")
    about = {"bulletin": {"kind": "table"}}
    data = {"text/html": [source]}
    output = {"output_type": "execute_result", "data": data, "metadata": about}
    cells = [{"cell_type": "code", "outputs": [output]}]
    (folder / "_sources" / "page.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    return folder
