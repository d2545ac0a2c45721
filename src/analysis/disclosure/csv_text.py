"""A protected table as CSV, written once however often it is asked for.

Each number has the decimals of its measure, as the page shows them, and no separators.
"""

import csv
import hashlib
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.disclosure.measures import written_numbers


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
    return column.astype("object").where(column.notna(), None).tolist()
