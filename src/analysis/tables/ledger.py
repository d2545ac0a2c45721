"""The ledger: every table that was given out, so that the next is protected together with it.

A table is a CSV file with its metadata beside it, which say what it counts. The ledger holds what
was given out and nothing else: counts that a table withholds are not in it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import ibis
import pandas as pd

from analysis.disclosure.csv_text import read_text
from analysis.disclosure.metadata import SUFFIX, csv_metadata
from analysis.disclosure.rules import rule_set
from analysis.errors import DisclosureError
from analysis.tables.counted import Counted
from analysis.tables.making import Made, given_of
from analysis.tables.protecting import Given
from analysis.tables.request import Request
from analysis.tables.wanted import Wanted
from analysis.tables.windows import Window


@dataclass(frozen=True)
class Entry:
    """A table that was given out: its request, its file, and the rule set that protects it.

    ``edition`` is the edition that it was made of, and ``data`` the kind of its data.
    """

    request: Request
    path: Path
    rules: str
    edition: str
    data: str

    def as_given(self, records: ibis.Table, lookup: pd.DataFrame) -> Given:
        """Count it again and return it as what the next table is protected with."""
        frame = read_text(self.path.read_bytes())
        kind = rule_set(self.rules).family.kind(*self.request.kind[:2])
        counted = Counted.of(records, self.request, lookup)
        given = given_of(self.path.stem, counted, frame, kind)
        return replace(given, changed=_changed(frame, counted, lookup))


def _changed(frame: pd.DataFrame, counted: Counted, lookup: pd.DataFrame) -> bool:
    """Whether a table shows counts that the records no longer give: some were changed since."""
    by = list(counted.request.by)
    if not by:
        return False
    again = counted.grouped(counted.request, lookup).rename(columns={"numerator": "again"})
    both = frame.merge(again.astype(dict.fromkeys(by, "str")), on=by)
    shown = pd.to_numeric(both["numerator"], errors="coerce")
    return bool((shown.notna() & (shown != both["again"])).any())


def entries_of(folder: Path) -> list[Entry]:
    """Return the tables in a folder that answer a request, in order of their names.

    Tables whose metadata name no request (those that pages print) are passed over.

    Raises
    ------
    DisclosureError
        Metadata cannot be read, or the table that they describe is not there.
    """
    return [entry for path in sorted(folder.glob(f"*{SUFFIX}")) for entry in _entries(path)]


def copy_entry(entry: Entry, out: Path, wanted: Wanted) -> None:
    """Write what is wanted of a table that was given out once more, under another name."""
    about = json.loads(metadata_of(entry.path).read_text(encoding="utf-8"))
    for note in about["notes"]:
        if "bulletin" in note:
            note["bulletin"] |= wanted.about
    text = json.dumps({**about, "url": out.name}, indent=1, ensure_ascii=False) + "\n"
    rows = wanted.rows(read_text(entry.path.read_bytes()))
    _write(out, rows.to_csv(index=False, lineterminator="\n"))
    _write(metadata_of(out), text)


def metadata_of(table: Path) -> Path:
    """Return where the metadata of a table are."""
    return table.with_name(f"{table.stem}{SUFFIX}")


def next_number(folder: Path) -> int:
    """Return the number of the next table of a ledger."""
    return 1 + max((int(path.name[:4]) for path in folder.glob("[0-9]*.csv")), default=0)


def write_table(made: Made, path: Path, said: Mapping[str, object], notice: str = "") -> Path:
    """Write a table as CSV with its metadata beside it, each whole or not at all.

    Parameters
    ----------
    said
        ``edition`` and ``data``: of which edition it was made.
    notice
        What the data are, such as that they are invented.
    """
    about = {**said, **made.table.about, "withheld_per_cent": round(made.withheld, 1)}
    metadata = csv_metadata(made.table, about, notice)
    _write(path, made.table.to_csv())
    _write(metadata_of(path), metadata)
    return path


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def _entries(path: Path) -> Iterator[Entry]:
    try:
        notes = json.loads(path.read_text(encoding="utf-8")).get("notes", [])
        said = next((note["bulletin"] for note in notes if "bulletin" in note), {})
        if "by" not in said:
            return
        window = Window(
            said["deaths"], said["basis"], date.fromisoformat(said["date_from"]),
            date.fromisoformat(said["date_to"]), date.fromisoformat(said["registered_by"]),
            said["age_min"], said["age_max"],
        )  # fmt: skip
        where = {column: tuple(codes) for column, codes in said["where"].items()}
        request = Request(window, tuple(said["by"]), where, said.get("measure", "counts"))
        rules, edition, data = said["rules"], said["edition"], said["data"]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DisclosureError(
            f"{path}: the metadata of a table that was given out cannot be read.\n"
            "Without them the next table cannot be protected together with it. Put the file back."
        ) from None
    table = path.with_name(f"{path.name.removesuffix(SUFFIX)}.csv")
    if not table.is_file():
        raise DisclosureError(f"{table}: the table was given out, and is not there. Put it back.")
    yield Entry(request, table, rules, edition, data)
