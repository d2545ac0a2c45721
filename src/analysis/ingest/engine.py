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

from analysis.errors import BulletinError, InputError

_LINE = re.compile(r"CSV Error on Line: (\d+)")
_FILE = re.compile(r"^\s*file = (.+)$|GZIP stream: (.+)$|end of file '(.+)'", re.MULTILINE)

# What the engine says, what it means, and what to do about it.
_FAULTS = (
    (r"GZIP|gzip|Failed to decode", "the compressed file is damaged or cut short",
     "Copy the file again from where it came from."),
    (r"[Ii]nvalid unicode|not utf-8|encoding", "the text is not in the encoding of the layout",
     "Save the file as UTF-8, or give its encoding in the layout (csv: encoding: latin-1)."),
    (r"Expected Number of Columns: (\d+) Found: (\d+)", "a line has not as many values as the first",
     "Check the file for a cut or shifted line, and the layout for its delimiter."),
    (r"unterminated quote|quote", "a quotation mark is opened and not closed",
     "Check the file for a cut line, and the layout for its quotation mark."),
    (r"magic bytes|Parquet|parquet|thrift|Snappy|ZSTD|footer", "not a whole Parquet file",
     "Copy the file again from where it came from."),
)  # fmt: skip


def connect() -> ibis.BaseBackend:
    """Return a new engine in memory; what it must put on disk goes to the system's own folder."""
    scratch = Path(tempfile.gettempdir()) / f"bulletin-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    # Order costs memory and means nothing: a row of records is found by its values.
    return ibis.duckdb.connect(temp_directory=str(scratch), preserve_insertion_order=False)


def keep(table: ibis.Table, where: object) -> ibis.Table:
    """Return ``table`` computed once and held by its own engine, for as long as that lives.

    Parameters
    ----------
    where
        What is being read, for the message of an error.
    """
    engine = table.get_backend()
    with reading(where):
        return engine.create_table(f"kept_{uuid.uuid4().hex}", obj=table, temp=True)


@contextlib.contextmanager
def reading(where: object) -> Iterator[None]:
    """Turn a failure of the engine to read ``where`` into an InputError that quotes no record."""
    try:
        yield
    except duckdb.Error as fault:
        raise _in_words(where, fault) from None


def write_parquet(table: ibis.Table, path: str | Path, where: object = "records") -> Path:
    """Write ``table`` with the engine's own writer, whole or not at all.

    The file appears under its name only once it is complete; a file of that name stays as it is
    until then.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with reading(where):
            table.to_parquet(part, compression="zstd")
        os.replace(part, path)
    except OSError as fault:
        raise BulletinError(
            f"{path}: could not be written ({fault.strerror}).\n"
            f"Nothing was changed. Make room, or give a folder that can be written, and run again."
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return path


def _in_words(where: object, fault: duckdb.Error) -> BulletinError:
    text = str(fault)
    if re.search(r"No space left|Could not write|disk", text):
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
