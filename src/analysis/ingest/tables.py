"""Small tables: read whole, checked whole, every fault of a table reported at once."""

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow

from analysis.errors import InputError

SHOWN = 5


def read_table(path: str | Path, advice: str) -> pd.DataFrame:
    """Return a small table from a CSV file (plain or gzip) or a Parquet file.

    Values of a CSV file stay strings; a blank is missing.

    Raises
    ------
    InputError
        The file is missing, empty, cut short, or not in UTF-8. ``advice`` ends the message of a
        missing file.
    """
    path = Path(path)
    try:
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_csv(path, dtype="str", encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file.\n{advice}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: the text is not UTF-8.\nSave the file as UTF-8.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, arrow.ArrowException,
            EOFError, OSError):  # fmt: skip
        raise InputError(
            f"{path}: the file is empty, damaged or cut short.\n"
            f"Copy it again from where it came from."
        ) from None
    if frame.empty:
        raise InputError(f"{path}: holds no rows.\nCopy it again from where it came from.")
    return frame


def numbers_where_possible(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Return ``frame`` with numbers in ``columns``; a column with other text stays as it is."""
    found = {}
    for column in (name for name in columns if name in frame):
        with contextlib.suppress(ValueError, TypeError):
            found[column] = pd.to_numeric(frame[column])
    return frame.assign(**found)


def validated(
    frame: pd.DataFrame,
    schema: pa.DataFrameSchema,
    where: object,
    also: Callable[[pd.DataFrame], list[str]],
) -> pd.DataFrame:
    """Return the columns of ``frame`` that ``schema`` names, in its types.

    Parameters
    ----------
    also
        Returns what is wrong with the table beyond its single values, in words.

    Raises
    ------
    InputError
        A column is missing or a value is refused: every fault, how often, and the first values.
    """
    missing = [name for name, c in schema.columns.items() if c.required and name not in frame]
    if missing:
        raise faulty(where, [f"column {', '.join(missing)} is missing"])
    faults: list[str] = []
    try:
        valid = schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        faults = _in_words(error.failure_cases)
    faults += also(frame)
    if faults:
        raise faulty(where, faults)
    return valid.reset_index(drop=True)


def faulty(where: object, faults: list[str]) -> InputError:
    """Return the error that lists ``faults`` of one table."""
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    listed = "\n".join(f"  {fault}" for fault in faults)
    return InputError(
        f"{where}: {count}.\n{listed}\nRates would be wrong or missing.\nCorrect the table."
    )


def shown(values: pd.Series | pd.Index | list) -> str:
    """Return the first few distinct values, for a message."""
    distinct = list(dict.fromkeys(str(value) for value in values))
    return ", ".join(distinct[:SHOWN]) + (" ..." if len(distinct) > SHOWN else "")


def _in_words(cases: pd.DataFrame) -> list[str]:
    cases = cases.assign(where=cases["column"].fillna("the table").astype("str"))
    return [
        f"{where}: {_reason(str(check))}: {shown(group['failure_case'])} ({len(group):,} rows)"
        for (where, check), group in cases.groupby(["where", "check"], sort=False)
    ]


def _reason(check: str) -> str:
    if check == "not_nullable":
        return "has blanks"
    if check.startswith(("dtype", "coerce_dtype")):
        return "is no number"
    return "given more than once" if check == "field_uniqueness" else check
