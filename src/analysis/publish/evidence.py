"""What an edition, or a ledger of tables that were given out, tells a reader: tables as published.

Nothing but what is published is read: the files of tables, and what is said beside them of the
deaths that they count. A table of which nobody says that is refused, for it cannot be attacked.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.disclosure.csv_text import read_numbers
from analysis.disclosure.kinds import kind_of
from analysis.disclosure.rules import Kind, rule_set
from analysis.errors import DisclosureError

CONFIDENTIAL = "[c]"
ABOUT = "-metadata.json"
STAMP = re.compile(r'<details class="bulletin-stamp">(.*?)</details>', re.DOTALL)
_PARAMETER = re.compile(r'<tr><th scope="row">([^<]*)</th><td>([^<]*)</td></tr>')
_DOWNLOADS = "<caption>Downloads</caption>"
_INPUTS = "<caption>Inputs</caption>"
_DIGEST = re.compile(r"<td>([0-9a-f]{64})</td>")
_NONE = ("None", "")
_NEEDED = {"deaths", "basis", "date_from", "date_to", "registered_by", "rules"}


@dataclass(frozen=True)
class Counted:
    """Which deaths a table counts.

    ``deaths`` names the kind (area, occupation, weekly), ``basis`` the date that they are counted
    by, from ``date_from`` to ``date_to``; of them those registered by ``registered_by``.
    """

    deaths: str
    basis: str
    date_from: str
    date_to: str
    registered_by: str
    age_min: int = 0
    age_max: int | None = None

    @property
    def ages(self) -> tuple[int, int | None]:
        """The ages that are counted."""
        return self.age_min, self.age_max


@dataclass(frozen=True)
class PublishedTable:
    """A table as a reader has it.

    ``frame`` has groups as text, measures, and a status for each measure; ``by`` the columns of
    groups. ``release`` is the edition, or the ledger, that it was published in; ``where`` what a
    custom table was restricted to; ``settings`` how the rates of its page were made.
    """

    name: str
    release: str
    frame: pd.DataFrame
    by: tuple[str, ...]
    counted: Counted
    rules: str
    where: dict[str, Any]
    settings: dict[str, str]

    @property
    def label(self) -> str:
        """Name of the table in a message."""
        return f"{self.name} of {self.release}"

    @property
    def measures(self) -> list[str]:
        """Its measures."""
        return [column for column in self.frame if f"{column}_status" in self.frame]

    @cached_property
    def withheld(self) -> pd.Series:
        """Rows in which a number of deaths, or any number made of it, is confidential."""
        marks = [self.frame[f"{measure}_status"] == CONFIDENTIAL for measure in self.measures]
        return pd.concat(marks, axis=1).any(axis=1) if marks else pd.Series(False, self.frame.index)

    @cached_property
    def kind(self) -> Kind:
        """The rule under which it was protected."""
        geography, period, _ = kind_of(self.frame, self.by)
        return rule_set(self.rules).family.kind(geography, period)


def published_tables(folder: Path, release: str = "") -> list[PublishedTable]:
    """Return the tables that are published in a folder, in the order of their names.

    Parameters
    ----------
    folder
        An edition, built or with its executed ``pages``, which say in their stamps what each file
        in ``downloads`` counts; or any folder of tables (a ledger), each ``<name>.csv`` with its
        ``<name>.csv-metadata.json``. A table that has both is read by its own metadata.
    release
        Name of the edition or ledger; by default, that of the folder.

    Raises
    ------
    DisclosureError
        Neither a page nor metadata say what a table counts.
    """
    stamped = _stamps(folder)
    home = _home(folder)
    tables = []
    for path in sorted(home.rglob("*.csv")):
        data, beside = path.read_bytes(), path.with_name(f"{path.name}{ABOUT}")
        about = _said_beside(beside) or stamped.get(hashlib.sha256(data).hexdigest())
        if about is None:
            raise DisclosureError(
                f"{path.name} of {release or folder.name}: neither a page nor its metadata say "
                "which deaths it counts.\nA table that cannot be attacked is not published: give "
                "it to the stamp of its page, or write its metadata beside it."
            )
        name = path.relative_to(home).with_suffix("").as_posix()
        tables.append(_table(name, release or folder.name, data, about))
    return tables


@dataclass(frozen=True)
class Glance:
    """A quick look at a folder: how many tables and rows, and whether anything is withheld.

    ``guarded`` is whether a count is withheld, or a table is under rules that withhold counts.
    """

    tables: int
    rows: int
    guarded: bool


def glance(folder: Path) -> Glance:
    """Look at the tables of a folder without reading them."""
    files = [path.read_bytes() for path in _home(folder).rglob("*.csv")]
    said = [about["rules"] for about in _stamps(folder).values()]
    beside = map(_said_beside, _home(folder).rglob(f"*.csv{ABOUT}"))
    said += [about["rules"] for about in beside if about is not None]
    suppressed = any(
        kind.method == "suppress" for name in set(said) for kind in rule_set(name).family.kinds
    )
    withheld = any(CONFIDENTIAL.encode() in data for data in files)
    rows = sum(max(data.count(b"\n") - 1, 0) for data in files)
    return Glance(len(files), rows, withheld or suppressed)


def read_csv(data: bytes) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a published table and its columns of groups, as text; measures are numbers."""
    frame = read_numbers(data)
    measures = [column for column in frame if f"{column}_status" in frame]
    said = {*measures, *(f"{measure}_status" for measure in measures)}
    return frame, tuple(column for column in frame if column not in said)


def _table(name: str, release: str, data: bytes, about: dict[str, Any]) -> PublishedTable:
    frame, by = read_csv(data)
    age_max = about.get("age_max")
    counted = Counted(
        deaths=str(about["deaths"]),
        basis=str(about["basis"]),
        date_from=str(about["date_from"]),
        date_to=str(about["date_to"]),
        registered_by=str(about["registered_by"]),
        age_min=int(about.get("age_min") or 0),
        age_max=None if age_max in (None, *_NONE) else int(age_max),
    )
    settings = {key: str(about[key]) for key in ("interval", "confidence") if key in about}
    where = dict(about.get("where") or {})
    return PublishedTable(name, release, frame, by, counted, str(about["rules"]), where, settings)


def _stamps(folder: Path) -> dict[str, dict[str, Any]]:
    """Parameters of the page that lists a download, by the digest of the file."""
    found = {}
    for html in _pages(folder):
        for stamp in STAMP.findall(html):
            said, _, downloads = stamp.partition(_DOWNLOADS)
            pairs = _PARAMETER.findall(said.partition(_INPUTS)[0])
            about = {unescape(name): unescape(value) for name, value in pairs}
            if set(about) >= _NEEDED:
                found |= dict.fromkeys(_DIGEST.findall(downloads), about)
    return found


def _pages(folder: Path) -> Iterator[str]:
    """HTML of the pages of an edition, built or executed."""
    for page in sorted(folder.glob("*.html")):
        yield page.read_text("utf-8", errors="replace")
    for page in sorted((folder / "pages").glob("*.ipynb")):
        for cell in json.loads(page.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                html = output.get("data", {}).get("text/html", "")
                yield html if isinstance(html, str) else "".join(html)


def _home(folder: Path) -> Path:
    """Where the tables of an edition, or of a ledger, are."""
    downloads = folder / "downloads"
    return downloads if downloads.is_dir() else folder


def _said_beside(path: Path) -> dict[str, Any] | None:
    """What the metadata of a table say of the deaths that it counts; None if nothing."""
    if not path.is_file():
        return None
    try:
        said = json.loads(path.read_text("utf-8"))
        found = [part["bulletin"] for part in (said, *said.get("notes", [])) if "bulletin" in part]
    except (ValueError, AttributeError, TypeError):
        found = [{}]
    if not found:
        return None
    missing = _NEEDED - set(found[0])
    if missing:
        raise DisclosureError(
            f"{path.name}: it does not say {', '.join(sorted(missing))}.\n"
            "Metadata of a table say which deaths it counts: make it with bulletin table."
        )
    return found[0]
