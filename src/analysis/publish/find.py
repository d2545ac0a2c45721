"""Search boxes: how a reader finds an area in a table that is too long for a page.

A download that names more areas, or occupations, than a page shows rows gets a script beside it,
``downloads/<name>.js``, and its table on the page a search box. The script is made from the
download, which is a protected table, and from nothing else; a page loads it when a reader asks.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from html import unescape
from pathlib import Path

import pandas as pd

from analysis.disclosure.csv_text import read_text
from analysis.disclosure.html import LONGEST, shown_cells
from analysis.disclosure.measures import INTERVALS, MEASURES
from analysis.vocabulary import STATUSES

# Columns that readers search by name, and what each row of them is.
NAMES = {"area_name": "area", "occupation": "occupation"}
DITTO = "="  # a cell that is the same as the one above it
TO = "\x1f"  # stands for " to " in an interval
FEW = 50  # values of a column that are written once, and numbered in its cells
_TABLE = '<div class="bulletin-table-wrap"'
_DOWNLOAD = re.compile(r'class="bulletin-download" href="downloads/([\w-]+)\.csv"')
_LABEL = re.compile(r'<th scope="col" class="num[^"]*">([^<]*)</th>')


@dataclass(frozen=True)
class Search:
    """A search box: the download that it reads, what is found, and how many of them there are."""

    download: str
    thing: str
    count: int

    def as_html(self) -> str:
        """Return the place of the box on its page, and what stands there without scripts."""
        return (
            f'<div class="bulletin-find" data-download="{self.download}" '
            f'data-thing="{self.thing}" data-count="{self.count:,}">\n<noscript><p>To search all '
            f"{self.count:,} {self.thing}s on this page, switch scripts on in your browser; the "
            f'<a href="downloads/{self.download}.csv" download>download</a> has all of them.</p>'
            "</noscript>\n</div>\n"
        )


def write_searches(pages: Iterable[Path], downloads: Path) -> list[dict]:
    """Write the scripts that search boxes read, and return the boxes as plain values.

    Parameters
    ----------
    pages
        Executed notebooks; the tables they show say which downloads can be searched, and which
        measures of them.
    downloads
        Folder of the downloads, where the scripts are written.
    """
    shown: dict[str, str] = {}
    for page in pages:
        for name, table in _tables(_html_of(page)):
            shown[name] = table
    found = []
    for name, table in shown.items():
        path = downloads / f"{name}.csv"
        searched = _search(name, table, path.read_bytes()) if path.is_file() else None
        if searched:
            search, script = searched
            path.with_suffix(".js").write_text(script, encoding="utf-8")
            found.append(asdict(search))
    return found


def place_searches(body: str, searches: Iterable[Mapping]) -> str:
    """Return the HTML of a page with a search box above the table that each belongs to.

    That is the first one whose rows are cut, or else the last one taken from the download.
    """
    for search in searches:
        before, *parts = body.split(_TABLE)
        own = [
            place
            for place, part in enumerate(parts)
            if (link := _DOWNLOAD.search(part)) and link[1] == search["download"]
        ]
        if own:
            at = next((place for place in own if "rows are shown." in parts[place]), own[-1])
            box = Search(**search).as_html()
            tables = (f"{box if place == at else ''}{_TABLE}{p}" for place, p in enumerate(parts))
            body = before + "".join(tables)
    return body


def _search(name: str, table: str, download: bytes) -> tuple[Search, str] | None:
    """The search box of a download, if it needs one, and its script."""
    frame = read_text(download)
    named = next((column for column in NAMES if column in frame), None)
    if named is None or frame[named].nunique() <= LONGEST:
        return None
    search = Search(name, NAMES[named], frame[named].nunique())
    labels = {unescape(label) for label in _LABEL.findall(table)}
    groups, measures, facts = _columns(frame, named, labels)
    cells = shown_cells(_with_numbers(frame), groups, measures)
    cells = cells.join(shown_cells(frame, facts, []))
    searched = shown_cells(frame, [named, *(c for c in frame if c.endswith("_code"))], [])
    rows, words = _as_text(cells)
    marks = set(re.findall(r"\[\w\]", f"{rows} {words}"))
    about = {
        "columns": list(cells),
        "groups": len(groups),
        "facts": len(facts),
        "searched": [cells.columns.get_loc(label) for label in searched],
        "statuses": {sign: words for sign, words in STATUSES.items() if sign in marks},
        "words": words,
    }
    known = json.dumps(about, ensure_ascii=False, separators=(",", ":"))
    rows = re.sub(r"[\\`$]", r"\\\g<0>", rows)
    script = f'(window.bulletinFind ??= {{}})["{name}"] = {{...{known},rows:`{rows}`}};\n'
    return search, script


def _columns(
    frame: pd.DataFrame, named: str, labels: set[str]
) -> tuple[list[str], list[str], list[str]]:
    """What names a row, name first; the measures under ``labels``; and the facts of a name.

    A fact, such as its code or its region, has one value for each name; it stands last.
    """
    measures = [column for column in frame if f"{column}_status" in frame]
    others = [c for c in frame if c not in (named, *measures) and not c.endswith("_status")]
    names = frame[named].nunique()
    facts = [c for c in others if len(frame[[named, c]].drop_duplicates()) == names]
    groups = [named, *(c for c in others if c not in facts)]
    limits = {limit for pair in INTERVALS.values() for limit in pair}
    shown = [m for m in measures if m not in limits and _is_shown(MEASURES[m].label, labels)]
    return groups, shown, facts


def _with_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """The download as it was before it was written: numbers, and nothing where none is shown."""
    measures = [column for column in frame if f"{column}_status" in frame]
    in_words = [m for m in measures if MEASURES[m].decimals is None]
    numbers = {m: pd.to_numeric(frame[m]) for m in measures if m not in in_words}
    return frame.assign(**numbers, **{m: frame[m].mask(frame[m] == "") for m in in_words})


def _is_shown(label: str, labels: set[str]) -> bool:
    # A wide table puts a rate and its interval under one label: Rate (confidence interval).
    return not labels or any(there == label or there.startswith(f"{label} (") for there in labels)


def _as_text(cells: pd.DataFrame) -> tuple[str, list[list[str]]]:
    """Rows as lines with cells between tabs, and the words that some columns are numbers of.

    What repeats the cell above is a ditto mark, so that the whole is small.
    """
    text, words = _on_one_line(cells), []
    for column in text:
        codes, values = pd.factorize(text[column])
        words.append(list(values) if len(values) <= FEW else [])
        if len(values) <= FEW:
            text[column] = codes.astype(str)
    text = text.mask(text == text.shift(), DITTO)
    columns = (text[column].astype("object") for column in text)
    rows = "\n".join(map("\t".join, zip(*columns, strict=True)))
    return rows.replace(" to ", TO), words


def _on_one_line(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells, with a blank for what ends a cell or a line."""
    ends = r"[\t\n]"
    odd = [c for c in cells if cells[c].astype("str").str.contains(ends).any()]
    return cells.assign(**{c: cells[c].replace(ends, " ", regex=True) for c in odd})


def _html_of(page: Path) -> str:
    cells = json.loads(page.read_bytes())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    # A text of several lines is a list of them.
    return "\n".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)


def _tables(html: str) -> list[tuple[str, str]]:
    """Name of the download and HTML of each table of a page."""
    parts = html.split(_TABLE)[1:]
    return [(link[1], part) for part in parts if (link := _DOWNLOAD.search(part))]
