"""The engine that reads and counts records, and its errors in our words.

The engine is DuckDB on one machine. Its own messages quote the line at fault; ours never do,
since a line is a record.
"""

import contextlib
import os
import re
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import duckdb
import ibis
from ibis.expr.operations import DatabaseTable

from analysis.errors import BulletinError, InputError

_KEPT = "kept_"
_LINE = re.compile(r"CSV Error on Line: (\d+)")
_FILE = re.compile(r"^\s*file = (.+)$|GZIP stream: (.+)$|end of file '(.+)'", re.MULTILINE)

# What the engine says, what it means, and what to do about it.
_FAULTS = (
    ("GZIP stream|gzip", "the compressed file is damaged or cut short",
     "Copy the file again from where it came from."),
    ("Invalid unicode|not utf-8 encoded", "the text is not in the encoding of the layout",
     "Save the file as UTF-8, or give its encoding in the layout (csv: encoding: latin-1)."),
    ("Expected Number of Columns", "a line has more or fewer values than there are columns",
     "Check the file for a cut or shifted line, and the layout for its delimiter."),
    ("unterminated quote", "a quotation mark is opened and not closed",
     "Check the file for a cut line, and the layout for its quotation mark."),
    ("reached an invalid state", "lines end in two different ways, or a quotation mark is astray",
     "Save the file with one kind of line end, and check where it was last written to."),
    ("magic bytes|[Pp]arquet|[Tt]hrift|[Ss]nappy|ZSTD", "not a whole Parquet file",
     "Copy the file again from where it came from."),
)  # fmt: skip


def connect() -> ibis.BaseBackend:
    """Return a new engine in memory; what it must put on disk goes to the system's own folder."""
    scratch = Path(tempfile.gettempdir()) / f"bulletin-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    # Order costs memory and means nothing: a row of records is found by its values.
    return ibis.duckdb.connect(temp_directory=str(scratch), preserve_insertion_order=False)


def keep(table: ibis.Table, where: object) -> ibis.Table:
    """Return ``table`` computed once and held by its own engine, for as long as that lives.

    A table that is held already is returned as it is.

    Parameters
    ----------
    where
        What is being read, for the message of an error.
    """
    if _is_kept(table):
        return table
    engine = table.get_backend()
    with reading(where):
        return engine.create_table(f"{_KEPT}{uuid.uuid4().hex}", obj=table, temp=True)


def let_go(table: ibis.Table) -> None:
    """Free what ``keep`` holds; the table cannot be read any more."""
    if _is_kept(table):
        table.get_backend().drop_table(table.get_name())


@contextlib.contextmanager
def reading(where: object) -> Iterator[None]:
    """Turn a failure of the engine to read ``where`` into an InputError that quotes no record."""
    try:
        yield
    except duckdb.Error as fault:
        raise _in_words(where, fault) from None


def write_parquet(table: ibis.Table, path: str | Path, where: object = "records") -> Path:
    """Write ``table`` with the engine's own writer, whole or not at all."""
    with whole_file(path) as part, reading(where):
        table.to_parquet(part, compression="zstd")
    return Path(path)


@contextlib.contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Give the name under which to write a file that is to be called ``path``.

    It gets that name once it is complete; until then, and if writing fails, a file of that name
    stays as it is.

    Raises
    ------
    BulletinError
        The file cannot be written, because the disk is full for instance.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        os.replace(part, path)
    except OSError as fault:
        raise BulletinError(
            f"{path}: could not be written ({fault.strerror or 'the disk may be full'}).\n"
            f"Nothing was changed.\nMake room, or choose another folder, and run again."
        ) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _is_kept(table: ibis.Table) -> bool:
    return isinstance(table.op(), DatabaseTable) and table.get_name().startswith(_KEPT)


def _in_words(where: object, fault: duckdb.Error) -> BulletinError:
    text = str(fault)
    if "No space left" in text:
        return BulletinError(
            f"{where}: the disk is full.\nThe engine needs room for what it cannot hold in memory, "
            f"and for its results. Nothing was changed.\nMake room and run again."
        )
    line, file = _LINE.search(text), _FILE.search(text)
    place = Path(next(filter(None, file.groups()))).name if file else str(where)
    place = str(where) if str(where).endswith(place) else f"{where}, file {place}"
    place += f", line {line.group(1)}" if line else ""
    for pattern, meaning, advice in _FAULTS:
        if re.search(pattern, text):
            return InputError(f"{place}: {meaning}.\nNo record of it was counted.\n{advice}")
    kind = type(fault).__name__
    return InputError(
        f"{place}: cannot be read ({kind}).\nThe engine's own message is not shown, since it may "
        f"quote a record.\nCheck that the file is a CSV or Parquet file in the layout named."
    )
