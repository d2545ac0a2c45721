"""The last look before an edition is published: does any byte of it hold a record?

Pages show protected tables only, and the gate checks each as it runs. Here what was built is read
as a stranger would read it, and nothing that was checked before is relied on.
"""

import re
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import ibis
import pandas as pd

from analysis.errors import DisclosureError
from analysis.publish.identifiers import Identifiers
from analysis.publish.joined_rows import joined_rows
from analysis.publish.manifest import sha256
from analysis.publish.texts import BYTES, UNREADABLE, WORDS, Text, texts_of

IDENTIFIERS = "identifiers of records"
ROWS = "rows that join a day with an LSOA or an MSOA"
PATHS = "paths of a machine"
DOWNLOADS = "files of data that no page lists under its downloads with their digest"
UNREAD = "parts that cannot be read, and so may hold anything"

_DATA = {".csv", ".tsv", ".gz", ".zip", ".xls", ".xlsx", ".ods", ".parquet", ".feather", ".sqlite"}
_STAMP = re.compile(r'<details class="bulletin-stamp">(.*?)</details>', re.DOTALL)
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
# Paths that any machine may have, and words that only paths of Python have.
_ANY_PATH = r"/(?:home|Users|tmp)/\w|/(?:private/)?var/(?:folders|tmp)/|[A-Z]:\\Users\\"
_ANYWHERE = r"\b(?:site|dist)-packages\b|\bipykernel_\d+\b"
_MARKS = ("/home/", "/Users/", "/tmp/", "/var/", ":\\Users\\", "-packages", "ipykernel_")
_SHOWN = 20


def scan_site(
    folder: Path, records: ibis.Table, root: Path, scripts: Collection[str] = ()
) -> pd.DataFrame:
    """Refuse a built edition in which anything is found that may not be published.

    Parameters
    ----------
    folder
        The HTML of the edition, complete. Every byte of it is read.
    records
        The records that it was made from, at least their ``record_id``. They stay in the engine.
    root
        Folder of the project, whose path is not to be published.
    scripts
        Digests of the scripts that were made of its downloads. A script holds numbers for words,
        so that a day and an area on one row of it would not be seen: no other is published.

    Returns
    -------
    DataFrame
        What was looked at: ``what`` (files, texts, characters, identifiers looked for, identifiers
        not looked for) and ``count``. Not looked for are identifiers of fewer than 8 letters and
        digits, or of 8 digits: any number of the edition could be one.

    Raises
    ------
    DisclosureError
        Every finding, with its file and how many; the identifier or the row itself is never
        printed, nor is a file's name that holds one. Findings are identifiers, rows that join a
        day with a small area (no rule set allows such a table), paths of a machine, data that no
        page lists under its downloads, and what cannot be read.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    identifiers = Identifiers.of(records)
    paths, digests = _Paths.of(root), _digests_stated(folder) | set(scripts)
    seen = _Seen()
    for path in files:
        name = path.relative_to(folder).as_posix()
        identifiers.compare(identifiers.words(Text(name, WORDS)), name, "name")
        words: set[str] = set()
        for text in texts_of(path.read_bytes(), name):
            words |= identifiers.words(text)
            seen.look(name, text, paths)
        identifiers.compare(words, name, "text")
        data = path.suffix.lower() in _DATA or path.is_relative_to(folder / "downloads")
        seen.add(name, DOWNLOADS, data and sha256(path) not in digests)

    found = _nameless(seen.found, identifiers.hits())
    if not found.empty:
        raise DisclosureError(_message(folder, found))
    counts = {
        "files": len(files),
        "texts": seen.texts,
        "characters": seen.characters,
        "identifiers looked for": identifiers.looked_for,
        "identifiers not looked for": identifiers.not_looked_for,
    }
    return pd.DataFrame({"what": counts.keys(), "count": counts.values()})


@dataclass
class _Seen:
    """What was looked at, and what was found: how many, by name of the file and kind."""

    texts: int = 0
    characters: int = 0
    found: dict[tuple[str, str], int] = field(default_factory=dict)

    def look(self, file: str, text: Text, paths: "_Paths") -> None:
        self.texts += 1
        self.characters += len(text.text)
        self.add(file, UNREAD, text.form == UNREADABLE)
        self.add(file, PATHS, paths.count(text.text))
        if text.form != BYTES:
            self.add(file, ROWS, joined_rows(text.text, text.form))

    def add(self, file: str, kind: str, count: int) -> None:
        """Note a finding. A text comes with its escapes and without: the larger count holds."""
        if count:
            self.found[file, kind] = max(int(count), self.found.get((file, kind), 0))


@dataclass(frozen=True)
class _Paths:
    """Paths of this machine and of any."""

    marks: tuple[str, ...]  # one of these is in every path: most texts have none
    pattern: re.Pattern

    @classmethod
    def of(cls, root: Path) -> "_Paths":
        own = {root, root.resolve(), Path.home(), Path(sys.prefix), Path(tempfile.gettempdir())}
        # A home that is only a slash would be found on every page.
        own = sorted(str(path) for path in own if len(path.parts) > 1)
        any_own = "|".join(rf"{re.escape(path)}(?!\w)" for path in own)
        # A path stands at the start of a word: there is none in https://example.org/home/a.
        start = r"(?:(?<![\w./~-])|(?<=file://))"
        pattern = rf"{start}(?:{any_own}|{_ANY_PATH})|{_ANYWHERE}"
        return cls((*own, *_MARKS), re.compile(pattern))

    def count(self, text: str) -> int:
        if not any(mark in text for mark in self.marks):
            return 0
        return len(self.pattern.findall(text))


def _digests_stated(folder: Path) -> set[str]:
    """Digests under Downloads in the stamps of pages, which only a protected table can enter."""
    pages = [page.read_text("utf-8", errors="replace") for page in folder.glob("*.html")]
    stamps = [stamp for page in pages for stamp in _STAMP.findall(page)]
    # Its inputs have digests in a stamp too, and are the last files to be published.
    listed = [stamp.partition("<caption>Downloads</caption>")[2] for stamp in stamps]
    return {digest for text in listed for digest in _DIGEST.findall(text)}


def _nameless(found: dict[tuple[str, str], int], hits: pd.DataFrame) -> pd.DataFrame:
    """All findings, ``file kind found``, in which no file is named whose name is a finding."""
    others = [(file, kind, count) for (file, kind), count in found.items()]
    frame = pd.concat(
        [pd.DataFrame(others, columns=["file", "kind", "found"]), hits.assign(kind=IDENTIFIERS)]
    )
    named = hits.loc[hits["place"] == "name", "file"]
    frame = frame.assign(
        file=frame["file"].mask(frame["file"].isin(named), "files named by an identifier")
    )
    return frame.groupby(["file", "kind"], as_index=False)["found"].sum()


def _message(folder: Path, found: pd.DataFrame) -> str:
    lines = [f"  {row.file}: {row.found:,} {row.kind}" for row in found.itertuples()]
    more = [f"  ... and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    listed = "\n".join(lines[:_SHOWN] + more)
    return (
        f"{folder}: what must not be published ({len(lines)} findings).\n{listed}\n"
        "The edition is not published, and the site is as it was. Take each out of the page or the "
        "text that the file is made from, or show it as a protected table, and run again."
    )
