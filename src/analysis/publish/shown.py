"""Tables as pages show them, held against their downloads.

The attacker reads downloads. That is enough if a page shows no number that its download does not:
every row of every table in a page, or in the source of a page, has to be a row of the download
that stands under it, number by number. Sentences, charts and their descriptions are read in
saying.py; not read are tables on pages without a stamp, which are written by hand.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.disclosure.html import shown_cells
from analysis.disclosure.measures import INTERVALS
from analysis.publish.evidence import STAMP, PublishedTable
from analysis.vocabulary import shown_code

_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_DOWNLOAD = re.compile(r'href="downloads/([\w.-]+)\.csv"')
_CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.DOTALL)
_TOKEN = re.compile(r"\[[a-z]\]|-?\d[\d,]*(?:\.\d+)?")
_SAID = re.compile(r"\[[a-z]\]")


@dataclass
class _Grid(HTMLParser):
    """Rows of a table: of each cell its tag, its text, how many columns it spans, its scope."""

    rows: list[list[tuple[str, str, int, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            said = dict(attrs)
            self._about = tag, int(said.get("colspan") or 1), said.get("scope") or ""
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            kind, span, scope = self._about
            text = " ".join("".join(self._cell).split())
            self.rows = self.rows or [[]]
            self.rows[-1].append((kind, text, span, scope))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def shown_beyond(folder: Path, tables: Iterable[PublishedTable]) -> list[str]:
    """Return what tables on pages show that no download does, a line each.

    Parameters
    ----------
    folder
        A built edition.
    tables
        Its downloads.
    """
    downloads = {table.name: _Download(table) for table in tables}
    # A page and its source show the same tables.
    beyond = cache(partial(_beyond, downloads))
    found: list[str] = []
    for file, html in _shown(folder):
        for match in _TABLE.finditer(html):
            link = _DOWNLOAD.search(html[match.end() :].partition("<table")[0])
            caption = _CAPTION.search(match[0])
            title = unescape(re.sub(r"<[^>]+>", "", caption[1])) if caption else "without a caption"
            lines = beyond(match[0], link[1] if link else "")
            found += [f"{file}, table {title!r}: {line}" for line in lines]
    return list(dict.fromkeys(found))


def _beyond(downloads: dict[str, "_Download"], html: str, name: str) -> list[str]:
    """What one table on a page shows that the download under it does not."""
    rows = list(_rows(html))
    if name in downloads:
        return list(downloads[name].beyond(rows))
    shows = any(_numbers(tokens) for _, tokens in rows)
    return ["it shows numbers, and no download of the edition has them"] if shows else []


def _shown(folder: Path) -> Iterator[tuple[str, str]]:
    """HTML of pages that have a stamp, and of what their sources show; without the stamps."""
    for page in sorted(folder.glob("*.html")):
        html = page.read_text("utf-8", errors="replace")
        if STAMP.search(html):
            yield page.name, STAMP.sub("", html)
    for source in sorted((folder / "_sources").glob("*.ipynb")):
        for cell in json.loads(source.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                html = output.get("data", {}).get("text/html", "")
                html = STAMP.sub("", html if isinstance(html, str) else "".join(html))
                if "<table" in html:
                    yield f"_sources/{source.name}", html


def _rows(html: str) -> Iterator[tuple[list[str], Counter]]:
    """The names that stand beside and above each group of numbers, and the numbers."""
    grid = _Grid()
    grid.feed(html)
    heads = [row for row in grid.rows if row and all(kind == "th" for kind, *_ in row)]
    above = [cell for cell in heads[-2] if cell[3] == "colgroup"] if len(heads) > 1 else []
    for row in grid.rows:
        values = [text for kind, text, *_ in row if kind == "td"]
        names = [text for kind, text, *_ in row if kind == "th"]
        if not values:
            continue
        if sum(span for *_, span, _ in above) != len(values):
            yield names, Counter(_TOKEN.findall(" ".join(values)))
            continue
        at = 0
        for _, name, span, _ in above:
            yield [*names, name], Counter(_TOKEN.findall(" ".join(values[at : at + span])))
            at += span


class _Download:
    """A download, in the words and numbers in which a page shows it."""

    def __init__(self, table: PublishedTable):
        self.table = table
        self._said: dict[int, Counter] = {}
        self._named: dict[str, set[int]] = {}
        limits = {limit for pair in INTERVALS.values() for limit in pair}
        self.measures = [measure for measure in table.measures if measure not in limits]

    def beyond(self, rows: Iterable[tuple[list[str], Counter]]) -> Iterator[str]:
        """Yield a line for each row of a page that no row of the download is."""
        asked = [
            (names, tokens, self._rows_of_all(names)) for names, tokens in rows if _numbers(tokens)
        ]
        self._say({place for *_, places in asked for place in places})
        for names, tokens, places in asked:
            if not any(tokens <= self._said[place] for place in places):
                yield f"{', '.join(names)}: it shows what {self.table.name} does not"

    @cached_property
    def _places(self) -> dict[str, list[np.ndarray]]:
        """The rows of each name, for each code that it stands for."""
        places: dict[str, list[np.ndarray]] = {}
        for column in self.table.by:
            number, codes = pd.factorize(self.table.frame[column])
            rows = np.split(np.argsort(number, kind="stable"), np.cumsum(np.bincount(number))[:-1])
            for code, own in zip(codes.tolist(), rows, strict=True):
                places.setdefault(shown_code(code), []).append(own)
        return places

    def _rows_of(self, name: str) -> set[int]:
        if name not in self._named:
            self._named[name] = {row for own in self._places.get(name, ()) for row in own.tolist()}
        return self._named[name]

    def _rows_of_all(self, names: list[str]) -> set[int]:
        """The rows that all names are of; none if the download does not have one of them."""
        known = [self._rows_of(name) for name in names]
        return set.intersection(*sorted(known, key=len)) if known else set()

    def _say(self, places: set[int]) -> None:
        """Keep the numbers in which a page shows some rows."""
        new = sorted(places - set(self._said))
        if new:
            shown = shown_cells(self.table.frame.iloc[new], [], self.measures)
            texts = map(" ".join, shown.astype("object").itertuples(index=False, name=None))
            self._said |= dict(zip(new, (Counter(_TOKEN.findall(t)) for t in texts), strict=True))


def _numbers(tokens: Counter) -> bool:
    return any(not _SAID.fullmatch(token) for token in tokens)
