"""The stamp at the foot of a page: what it was made from, and what can be downloaded from it.

The stamp is also where the downloads of a page are written: the tables that it is given, and no
others. It holds nothing that changes from run to run.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from analysis.disclosure.metadata import SUFFIX, csv_metadata
from analysis.disclosure.rules import rule_set
from analysis.disclosure.table import Table
from analysis.errors import DisclosureError
from analysis.ingest.load import load_inputs, load_moved
from analysis.params import PageParams
from analysis.show.prose import Prose

ORIGINS = {
    "demonstration": (
        "**Invented data.** The records, people and areas on this page do not exist; they have the "
        "size and the shape of England and Wales in 2020."
    ),
    "open": (
        "**Invented records that agree with published totals.** Deaths by area, sex, month and "
        "deprivation are those that ONS published; ages within areas are invented "
        "({doc}`data`)."
    ),
    "open occupation": (
        "**The occupations on this page are invented.** No deaths or populations by occupation "
        "are published as open data in the detail that this page needs ({doc}`data`)."
    ),
    "records": "**Not protected, do not release.** This page was made from death registrations.",
}
MOVED = (
    "To protect confidentiality, a small number of deaths were moved between neighbouring areas of "
    "the same local authority ({doc}`methods`). The number of deaths in an area may be a little "
    "too high or too low; those of local authorities and larger areas are as they were registered."
)
WARNINGS = {
    "demonstration": "Invented data: the records, areas and people on this page do not exist.",
    "open": "Invented records that agree with published totals: no record is of a real person.",
    "records": "Not protected, do not release.",
}


@dataclass(frozen=True)
class Stamp:
    """Parameters, inputs and downloads of a page."""

    params: dict
    inputs: list[dict]
    downloads: list[dict]
    metadata: list[dict]
    warning: str
    rule: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        parts = [
            f'<p class="bulletin-warning">{escape(self.warning)}</p>',
            f"<p>Rule set: {escape(self.rule)}.</p>",
            _table("Parameters of this page", [("Parameter", "Value"), *self.params.items()]),
            _table(
                "Inputs",
                [("Input", "File", "Bytes", "SHA-256")]
                + [(i["name"], i["file"], f"{i['bytes']:,}", i["sha256"]) for i in self.inputs],
            ),
            _table(
                "Downloads",
                [("Table", "Rule", "Rows", "SHA-256")]
                + [(d["title"], d["rule"], f"{d['rows']:,}", d["sha256"]) for d in self.downloads],
            ),
            _table(
                "What programs are told of each download",
                [("File", "Bytes", "SHA-256")]
                + [(m["file"], f"{m['bytes']:,}", m["sha256"]) for m in self.metadata],
            ),
        ]
        summary = "<summary>How this page was made</summary>"
        html = f'<details class="bulletin-stamp">{summary}{"".join(parts)}</details>'
        text = "\n".join(
            [self.warning, *(f"{name}: {value}" for name, value in self.params.items())]
            + [f"{i['name']}: sha256 {i['sha256']}" for i in self.inputs]
            + [f"{d['name']}.csv: {d['rule']}; sha256 {d['sha256']}" for d in self.downloads]
            + [f"{m['file']}: sha256 {m['sha256']}" for m in self.metadata]
        )
        return {"text/html": html, "text/plain": text}, {"bulletin": {"kind": "stamp"}}


def origin(params: PageParams) -> Prose:
    """Return what a page's data are, for its first line."""
    invented = params.data == "open" and params.population_origin == "invented"
    return Prose(ORIGINS[f"{params.data} {params.population}" if invented else params.data])


def moved(params: PageParams) -> Prose:
    """Return what was done to the counts by small area of a page, to protect the people there."""
    return Prose(load_moved(params) or MOVED)


def provenance(params: PageParams, tables: Sequence[Table] = ()) -> Stamp:
    """Write the downloads of a page and return its stamp.

    Parameters
    ----------
    params
        Parameters of the page.
    tables
        Whole tables, each of which becomes ``downloads/<name>.csv`` of the edition, with what
        programs are told of it, its rule included, in ``<name>.csv-metadata.json``.

    Raises
    ------
    DisclosureError
        Something other than a protected table is given, or two tables have one name.
    """
    names = [table.name for table in tables if isinstance(table, Table)]
    if len(names) != len(tables) or len(set(names)) != len(names):
        raise DisclosureError(
            "Downloads are protected tables, each with a name of its own: "
            f"{len(tables)} given, {len(set(names))} such names."
        )
    folder = params.path / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    said = {name: value for name, value in params.as_cell().items() if name != "folder"}
    metadata = []
    for table in tables:
        about = csv_metadata(table, {**said, **table.about}, WARNINGS[params.data])
        _write(folder / f"{table.name}.csv", table.to_csv())
        _write(folder / f"{table.name}{SUFFIX}", about)
        metadata.append({"file": f"{table.name}{SUFFIX}", **_digest(about)})
    return Stamp(
        params=params.as_cell(),
        inputs=load_inputs(params.path),
        downloads=[
            {
                "name": t.name,
                "title": t.title,
                "rule": str(t.rules),
                "rows": len(t.frame),
                "sha256": t.digest,
            }
            for t in tables
        ],
        metadata=metadata,
        warning=WARNINGS[params.data],
        rule=f"{params.rules} ({rule_set(params.rules).title})",
    )


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def _digest(text: str) -> dict[str, int | str]:
    data = text.encode()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _table(caption: str, rows: list[tuple]) -> str:
    head, *body = rows
    cells = "".join(f'<th scope="col">{escape(str(cell))}</th>' for cell in head)
    lines = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in body
    )
    return (
        f'<table class="bulletin-table"><caption>{caption}</caption>'
        f"<thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"
    )
