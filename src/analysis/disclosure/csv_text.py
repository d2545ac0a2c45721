"""A protected table as CSV: written once however often it is asked for, and read again.

Each number has the decimals of its measure, as the page shows them, and no separators.
"""

import csv
import hashlib
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from analysis.disclosure.measures import MEASURES, written_numbers
from analysis.errors import DisclosureError


@dataclass
class Written:
    """The CSV of a frame and its digest, kept for as long as that frame is asked for."""

    text: str = ""
    digest: str = ""
    _frame: pd.DataFrame | None = field(default=None, repr=False)

    def of(self, frame: pd.DataFrame, measures: Collection[str]) -> "Written":
        """Return the text of ``frame``; made anew only if that is another than before."""
        if self._frame is not frame:
            columns = {
                name: written_numbers(frame[name]) if name in measures else cells(frame[name])
                for name in frame
            }
            self.text = csv_text(columns)
            self.digest = hashlib.sha256(self.text.encode()).hexdigest()
            self._frame = frame
        return self


def csv_text(columns: Mapping[str, Iterable]) -> str:
    """Return columns of cells as CSV; None is a cell without anything in it."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(columns)
    lines.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def cells(column: pd.Series) -> list:
    """Return codes and statuses as they are, and None where there is none."""
    places, known = pd.factorize(column)  # a code stands in many rows
    return np.append(known.astype("object"), None)[places].tolist()


def read_text(data: bytes) -> pd.DataFrame:
    """Return a published table as it was written, every cell as text.

    Raises
    ------
    DisclosureError
        It is not CSV: it has no header, or rows of another length.
    """
    return _read(data, dict.fromkeys(_header(data), pa.string()))


def read_numbers(data: bytes) -> pd.DataFrame:
    """Return a published table with its measures as numbers, missing where nothing is written.

    Measures are the columns that have a status beside them. What a measure says in words, and
    every other column, is text.

    Raises
    ------
    DisclosureError
        It is not CSV, or a number of it is none.
    """
    names = _header(data)
    numbers = {
        name for name in names if f"{name}_status" in names and MEASURES[name].decimals is not None
    }
    return _read(data, {name: pa.float64() if name in numbers else pa.string() for name in names})


def _header(data: bytes) -> list[str]:
    line = data.partition(b"\n")[0].decode("utf-8", errors="replace")
    return next(csv.reader([line]), [])


def _read(data: bytes, types: Mapping[str, pa.DataType]) -> pd.DataFrame:
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(data),
            arrow_csv.ReadOptions(use_threads=False),
            arrow_csv.ParseOptions(newlines_in_values=True),
            arrow_csv.ConvertOptions(column_types=types, null_values=[""]),
        )
    except pa.ArrowInvalid as fault:
        raise DisclosureError(
            f"a published table cannot be read: {str(fault).splitlines()[0][:200]}\n"
            "It is not as it was written: make its edition, or its ledger, again."
        ) from None
    return table.to_pandas()
