"""Cubes: the downloads from which readers build tables of their own.

``cubes.yml`` says which downloads of an edition are cubes. Each gets a script beside it,
``downloads/<name>.cube.js``, made from the download, which is a protected table, and from nothing
else; a page loads it when a reader chooses it. Nothing is added up here or in the browser: totals
are rows of the download, and a number that it withholds is not in the script.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from analysis.disclosure.html import shown_cells
from analysis.disclosure.measures import INTERVALS, MEASURES
from analysis.disclosure.metadata import SUFFIX
from analysis.errors import PublishError
from analysis.vocabulary import STATUSES

# Signs that numbers are written in: the first half ends a number, the second half goes on. None
# of them is escaped in JSON or HTML.
SIGNS = "".join(sign for sign in map(chr, range(33, 127)) if sign not in "\"\\&%<>'`$/")
HALF = len(SIGNS) // 2
BETWEEN = "|"  # words
ALONE, ABOVE = -1, -2  # a number stands for itself, or for what it is more than the one above


@dataclass(frozen=True)
class Dimension:
    """Columns of one dimension of a cube, and the code of its total; see ``cubes.yml``."""

    code: str
    name: str = ""
    group: str = ""
    total: str = ""

    @property
    def columns(self) -> list[str]:
        return [column for column in (self.code, self.name, self.group) if column]


@dataclass(frozen=True)
class Cube:
    """A download from which tables can be built; see ``cubes.yml``."""

    download: str
    page: str
    title: str
    notes: str
    dimensions: tuple[Dimension, ...]
    measures: tuple[str, ...]
    start: dict = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping) -> "Cube":
        """Return the cube that an entry of ``cubes.yml`` describes."""
        dimensions = tuple(Dimension(**dimension) for dimension in values["dimensions"])
        return cls(**{**values, "dimensions": dimensions, "measures": tuple(values["measures"])})


def read_cubes() -> list[Cube]:
    """Return the cubes that an edition may have, in the order in which they are offered."""
    text = files("analysis.publish").joinpath("cubes.yml").read_text(encoding="utf-8")
    return [Cube.of(values) for values in yaml.safe_load(text)["cubes"]]


def write_cubes(downloads: Path, cubes: Iterable[Cube] | None = None) -> list[dict]:
    """Write the scripts of the cubes that an edition has, and return these as plain values.

    Parameters
    ----------
    downloads
        Folder of the downloads, where the scripts are written.
    cubes
        What may be offered; by default all of ``cubes.yml``. One without a download is left out.

    Raises
    ------
    PublishError
        A download does not have the columns or codes that its cube names, or two of its rows are
        in one place.
    """
    there = []
    for cube in read_cubes() if cubes is None else cubes:
        path = downloads / f"{cube.download}.csv"
        if path.is_file():
            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
            known = _packed(cube, frame) | {"rule": _rule(path.with_name(cube.download + SUFFIX))}
            packed = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
            script = path.with_name(f"{cube.download}.cube.js")
            script.write_text(f"bulletinCube({packed});\n", encoding="utf-8")
            about = {"download": cube.download, "page": cube.page, "title": cube.title}
            there.append(about | {"rows": len(frame), "bytes": path.stat().st_size})
    return there


def place_builder(cubes: Sequence[Mapping]) -> str:
    """Return the HTML of the place where readers build tables.

    Without scripts it is a list of ready tables, from which ``build.js`` learns what there is.
    """
    if not cubes:
        return "<p>This edition has no tables to build from.</p>\n"
    return (
        '<div class="bulletin-build">\n<noscript><p>Building a table needs scripts, which are '
        "switched off in this browser. These are the ready tables that it reads.</p></noscript>\n"
        f'<ul class="bulletin-ready">\n{"".join(map(_ready, cubes))}</ul>\n</div>\n'
    )


def _ready(cube: Mapping) -> str:
    """A table as it is, with its download and the page that says how it was made."""
    title = escape(cube["title"])
    of_it = f'<span class="visually-hidden">: {title}</span>'
    about = f"CSV, {cube['rows']:,} rows, {_size(cube['bytes'])}"
    return (
        f'<li data-cube="{cube["download"]}" data-title="{title}">{title}. '
        f'<a href="downloads/{cube["download"]}.csv" download>Download{of_it}</a> ({about}). '
        f'<a href="{cube["page"]}.html">About these numbers{of_it}</a>.</li>\n'
    )


def _rule(metadata: Path) -> str:
    """The rule that a download was protected under, which stands in its metadata."""
    if not metadata.is_file():
        return ""
    notes = json.loads(metadata.read_text(encoding="utf-8"))["notes"]
    return next((note["rule"] for note in notes if "rule" in note), "")


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(count // 1000, 1)} kB"


def _packed(cube: Cube, frame: pd.DataFrame) -> dict:
    """All that the script of a cube says: dimensions, where it has rows, and their columns."""
    _refuse_others(cube, frame)
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
    named = [column for dimension in cube.dimensions for column in dimension.columns]
    return {
        "signs": SIGNS,
        "between": BETWEEN,
        "download": cube.download,
        "page": cube.page,
        "notes": cube.notes,
        "dimensions": [_dimension(d, frame, values[d.code]) for d in cube.dimensions],
        "order": [c for c in frame if c.removesuffix("_status") in {*named, *columns}],
        "gaps": _series(gaps),
        "columns": _columns(frame, groups),
        "measures": [_measure(frame, group, columns) for group in groups],
        "statuses": STATUSES,
        "start": cube.start,
    }


def _refuse_others(cube: Cube, frame: pd.DataFrame) -> None:
    named = [column for dimension in cube.dimensions for column in dimension.columns]
    limits = [limit for measure in cube.measures for limit in INTERVALS.get(measure, ())]
    missing = [c for c in (*named, *cube.measures, *limits) if c not in frame]
    missing += [
        f"{d.code} {d.total}"
        for d in cube.dimensions
        if d.total and d.code in frame and d.total not in set(frame[d.code])
    ]
    if missing:
        raise PublishError(
            f"cubes.yml: {cube.download}: its download has no {', '.join(missing)}.\n"
            "Name the columns and totals of the download."
        )


def _values(codes: pd.Series, total: str) -> list[str]:
    """Codes in the order of the download, the total first."""
    found = list(codes.unique())
    return sorted(found, key=lambda code: code != total) if total else found


def _dimension(dimension: Dimension, frame: pd.DataFrame, codes: list[str]) -> dict:
    rows = frame.drop_duplicates(dimension.code).set_index(dimension.code).loc[codes].reset_index()
    named = dimension.name or dimension.code
    ((label, shown),) = shown_cells(rows, [named], []).items()
    twice = shown.duplicated(keep=False)
    shown = shown.mask(twice, shown + " (" + rows[dimension.code] + ")")
    about = {
        "label": label,
        "columns": dimension.columns,
        "codes": _words(codes),
        "names": _words(list(rows[named])) if dimension.name else "",
        "shown": _words(list(shown)) if not shown.equals(rows[named]) else "",
        "total": codes.index(dimension.total) if dimension.total else -1,
    }
    if dimension.group:
        groups, names = pd.factorize(rows[dimension.group])
        about |= {"groups": list(names), "group": _series(groups)}
    return about


def _measure(frame: pd.DataFrame, group: list[str], columns: list[str]) -> dict:
    """Its places among the columns, and the labels that the other pages give it."""
    labels = list(shown_cells(_as_shown(frame.head(1)), [], group[:1]))
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
                "value": _series(values, numbers, blank=(frame[column] == "").to_numpy()),
                "status": _series(status, statuses),
            }
            packed.append(about | ({"words": words} if words else {}))
            numbers[place], statuses[place] = values, status
    return packed


def _whole_numbers(text: pd.Series, decimals: int | None) -> tuple[np.ndarray, list[str]]:
    """Numbers without their point, or, where they are no such numbers, places in a list of words.

    A number comes back as it was written, to the letter: -0 would not.
    """
    shown = text[text != ""]
    pattern = rf"-?\d+\.\d{{{decimals}}}" if decimals else r"-?\d+"
    plain = decimals is not None and shown.str.fullmatch(pattern).all()
    if plain and not shown.str.fullmatch(r"-[0.]+").any():
        whole = text.str.replace(".", "", regex=False).where(text != "", "0")
        return whole.astype("int64").to_numpy(), []
    codes, words = pd.factorize(text)
    return codes, list(words)


def _series(
    values: np.ndarray, others: Mapping[int, np.ndarray] | None = None, blank: object = False
) -> list:
    """Write whole numbers as ``[base, runs, text]``, the shortest that there is.

    ``base`` is ALONE, ABOVE, or the place of the column that they are more or less than. With
    ``runs``, each number is followed by how many more times it stands. 0 is a blank; others are
    doubled and one more, or two if negative, so that none is below 1.
    """
    values = np.where(blank, 0, values).astype("int64")
    above = np.concatenate([[0], values[:-1]])
    found = []
    for base, less in {ALONE: np.zeros_like(values), ABOVE: above, **(others or {})}.items():
        change = values - less
        steps = np.where(blank, 0, np.where(change < 0, -2 * change, 2 * change + 1))
        found += [(base, 0, steps), (base, 1, _runs(steps))]
    base, runs, steps = min(found, key=lambda series: _length(series[2]))
    return [base, runs, _signs(steps)]


def _runs(steps: np.ndarray) -> np.ndarray:
    starts = np.flatnonzero(np.diff(steps, prepend=-1))
    more = np.diff(starts, append=len(steps)) - 1
    return np.column_stack([steps[starts], more]).ravel()


def _length(numbers: np.ndarray) -> int:
    """How many signs the numbers take."""
    return sum(int((numbers >= HALF**more).sum()) for more in range(1, 12)) + len(numbers)


def _signs(numbers: np.ndarray) -> str:
    known, places = np.unique(numbers, return_inverse=True)
    written = np.array([_in_signs(int(number)) for number in known], dtype=object)
    return "".join(written[places])


def _in_signs(number: int) -> str:
    text = SIGNS[number % HALF]
    while number := number // HALF:
        text = SIGNS[HALF + number % HALF] + text
    return text


def _words(words: list[str]) -> str | list[str]:
    """Words, each after a sign for how many letters it shares with the one before."""
    if any(BETWEEN in word for word in words):
        return words
    alike = [0, *(min(_alike(*pair), len(SIGNS) - 1) for pair in pairwise(words))]
    return BETWEEN.join(SIGNS[same] + word[same:] for same, word in zip(alike, words, strict=True))


def _alike(first: str, second: str) -> int:
    """How many letters two words share at their start."""
    pairs = enumerate(zip(first, second, strict=False))
    different = (place for place, (one, other) in pairs if one != other)
    return next(different, min(len(first), len(second)))
