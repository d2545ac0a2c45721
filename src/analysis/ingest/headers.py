"""The first line of a file of records: which columns it has, read without reading the rest."""

import csv
import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.errors import InputError
from analysis.ingest.layouts import Layout

TEXT, PARQUET = "CSV", "Parquet"
_ENDINGS = {".csv": TEXT, ".csv.gz": TEXT, ".txt": TEXT, ".txt.gz": TEXT, ".parquet": PARQUET}


def record_files(source: Path) -> list[Path]:
    """Return the files of ``source``: itself, or the CSV or Parquet files in it, in order.

    Raises
    ------
    InputError
        There is no such path, it holds no file of records, or both kinds at once.
    """
    if not source.exists():
        raise InputError(
            f"{source}: no such file or folder.\nThere is nothing to count.\n"
            f"Check the name of the file; `bulletin data demo` makes invented records."
        )
    if source.is_file():
        return [source]
    files = sorted(path for path in source.iterdir() if file_kind(path) and path.name[0] != ".")
    kinds = {file_kind(path) for path in files}
    if len(kinds) != 1:
        found = "both CSV and Parquet files" if kinds else "no CSV or Parquet file"
        raise InputError(
            f"{source}: the folder holds {found}.\nA folder of records holds files of one kind, "
            f"each record once.\nGive one file, or a folder with files of one kind."
        )
    return files


def file_kind(path: Path) -> str | None:
    """Return ``CSV`` or ``Parquet`` by the ending of the name, None for anything else."""
    return next((kind for end, kind in _ENDINGS.items() if path.name.lower().endswith(end)), None)


def read_header(path: Path, layout: Layout) -> list[str]:
    """Return the column names of one file, as they stand in it.

    Raises
    ------
    InputError
        The file is empty, cut short, not in the encoding of the layout, or of no known kind.
    """
    if path.stat().st_size == 0:
        raise _fault(path, "the file is empty", "Copy it again from where it came from.")
    kind = file_kind(path)
    if kind is None:
        raise _fault(path, "neither a CSV nor a Parquet file by its name",
                     f"Names end in {', '.join(_ENDINGS)}.")  # fmt: skip
    return _parquet_header(path) if kind == PARQUET else _text_header(path, layout)


def _parquet_header(path: Path) -> list[str]:
    try:
        return pq.read_schema(path).names
    except (pa.ArrowException, OSError):
        raise _fault(path, "not a whole Parquet file (it may be cut short)",
                     "Copy it again from where it came from.") from None  # fmt: skip


def _text_header(path: Path, layout: Layout) -> list[str]:
    encoding = "utf-8-sig" if layout.csv.encoding == "utf-8" else layout.csv.encoding
    opened = gzip.open if path.name.endswith(".gz") else open
    try:
        with opened(path, "rt", encoding=encoding, newline="") as text:
            names = next(csv.reader(text, delimiter=layout.csv.delimiter), [])
    except (EOFError, gzip.BadGzipFile):
        raise _fault(path, "the compressed file is damaged or cut short",
                     "Copy it again from where it came from.") from None  # fmt: skip
    except (UnicodeDecodeError, csv.Error):
        raise _fault(
            path, f"the text is not in the encoding of layout {layout.name}, {layout.csv.encoding}",
            "Save the file as UTF-8, or give its encoding in the layout (csv: encoding: latin-1).",
        ) from None  # fmt: skip
    names = [name.strip() for name in names]
    if not any(names):
        raise _fault(path, "the file is empty", "Copy it again from where it came from.")
    return names


def _fault(path: Path, what: str, advice: str) -> InputError:
    return InputError(f"{path}: {what}.\nNo record of it was counted.\n{advice}")
