"""What the script of a cube says: its dimensions, where it has rows, and their columns."""

import re

import numpy as np
import pandas as pd

from analysis.disclosure.html import shown_cells
from analysis.disclosure.measures import INTERVALS, MEASURES
from analysis.errors import PublishError
from analysis.publish.cube import Cube, Dimension
from analysis.publish.signs import BETWEEN, SIGNS, series, word_list
from analysis.vocabulary import STATUSES


def packed(cube: Cube, frame: pd.DataFrame) -> dict:
    """Return all that the script of a cube says, as plain values.

    Parameters
    ----------
    frame
        The download, as text, with the columns of the cube.

    Raises
    ------
    PublishError
        A total is not there, or two rows are in one place.
    """
    _require_totals(cube, frame)
    values = {d.code: _values(frame[d.code], d.total) for d in cube.dimensions}
    order = np.ravel_multi_index(
        [pd.Categorical(frame[code], known).codes for code, known in values.items()],
        [len(known) for known in values.values()],
    )
    if len(np.unique(order)) < len(order):
        raise PublishError(
            f"cubes.yml: {cube.download}: two rows have the same {', '.join(values)}.\n"
            "Name every column that tells rows apart under dimensions."
        )
    frame = frame.iloc[np.argsort(order)].reset_index(drop=True)
    gaps = np.diff(np.sort(order), prepend=-1) - 1
    groups = [[measure, *INTERVALS.get(measure, ())] for measure in cube.measures]
    columns = [column for group in groups for column in group]
    return {
        "signs": SIGNS,
        "between": BETWEEN,
        "download": cube.download,
        "page": cube.page,
        "notes": cube.notes,
        "dimensions": [_dimension(d, frame, values[d.code]) for d in cube.dimensions],
        "order": [c for c in frame if c.removesuffix("_status") in cube.columns],
        "gaps": series(gaps),
        "columns": _columns(frame, groups),
        "measures": [_measure(frame, group, columns) for group in groups],
        "statuses": STATUSES,
        "start": cube.start,
    }


def _require_totals(cube: Cube, frame: pd.DataFrame) -> None:
    missing = [
        f"{d.code} {d.total}"
        for d in cube.dimensions
        if d.total and not (frame[d.code] == d.total).any()
    ]
    if missing:
        raise PublishError(
            f"cubes.yml: {cube.download}: its download has no {', '.join(missing)}.\n"
            "Name the totals of the download."
        )


def _values(codes: pd.Series, total: str) -> list[str]:
    """Codes in the order of the download, the total first."""
    found = codes.unique().tolist()
    return sorted(found, key=lambda code: code != total) if total else found


def _dimension(dimension: Dimension, frame: pd.DataFrame, codes: list[str]) -> dict:
    rows = frame[dimension.columns].drop_duplicates(dimension.code)
    rows = rows.set_index(dimension.code).loc[codes].reset_index()
    named = dimension.name or dimension.code
    ((label, shown),) = shown_cells(rows, [named], []).items()
    twice = shown.duplicated(keep=False)
    shown = shown.mask(twice, shown + " (" + rows[dimension.code] + ")")
    about = {
        "label": label,
        "columns": dimension.columns,
        "codes": word_list(codes),
        "names": word_list(list(rows[named])) if dimension.name else "",
        "shown": word_list(list(shown)) if not shown.equals(rows[named]) else "",
        "total": codes.index(dimension.total) if dimension.total else -1,
    }
    if dimension.group:
        groups, names = pd.factorize(rows[dimension.group])
        about |= {"groups": list(names), "group": series(groups)}
    return about


def _measure(frame: pd.DataFrame, group: list[str], columns: list[str]) -> dict:
    """Its places among the columns, and the labels that the other pages give it."""
    cells = [name for column in group for name in (column, f"{column}_status")]
    labels = list(shown_cells(_as_shown(frame[cells].head(1)), [], group[:1]))
    return {"columns": [columns.index(column) for column in group], "labels": labels}


def _as_shown(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = [c for c in frame if c in MEASURES and MEASURES[c].decimals is not None]
    return frame.assign(**{column: pd.to_numeric(frame[column]) for column in numbers})


def _columns(frame: pd.DataFrame, groups: list[list[str]]) -> list[dict]:
    """Values and statuses of measures, each with its limits, which are near those of its rate."""
    packed: list[dict] = []
    for group in groups:
        numbers: dict[int, np.ndarray] = {}
        statuses: dict[int, np.ndarray] = {}
        for place, column in enumerate(group, start=len(packed)):
            decimals = MEASURES[column].decimals
            values, words = _whole_numbers(frame[column], decimals)
            status = pd.Categorical(frame[f"{column}_status"], list(STATUSES)).codes
            about = {
                "name": column,
                "decimals": decimals or 0,
                "value": series(values, numbers, blank=(frame[column] == "").to_numpy()),
                "status": series(status, statuses),
            }
            packed.append(about | ({"words": words} if words else {}))
            numbers[place], statuses[place] = values, status
    return packed


def _whole_numbers(text: pd.Series, decimals: int | None) -> tuple[np.ndarray, list[str]]:
    """Numbers without their point, or, where they are no such numbers, places in a list of words.

    A number comes back as it was written, to the letter: -0 would not.
    """
    codes, words = pd.factorize(text)
    words = words.tolist()
    pattern = rf"(?!-[0.]+$)-?\d+\.\d{{{decimals}}}" if decimals else r"(?!-0+$)-?\d+"
    plain = re.compile(rf"(?:{pattern})?", re.ASCII)
    if decimals is None or not all(map(plain.fullmatch, words)):
        return codes, words
    return np.array([int(word.replace(".", "") or 0) for word in words])[codes], []
