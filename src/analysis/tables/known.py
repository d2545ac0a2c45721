"""What a request may name: columns that the records have, and codes of them that there are.

A code that is not known is an error, so that a slip of the pen is not taken for a count of 0.
"""

import re

import ibis
import pandas as pd

from analysis.errors import InputError
from analysis.standards.icd10 import icd10_chapters
from analysis.tables.dimensions import OF_COLUMN, codes_of_level, dimension_of, unknown_area
from analysis.tables.request import Request
from analysis.vocabulary import ENGLAND, NON_RESIDENT, WALES

# Codes are listed in a message where there are no more than these.
LISTED = 25
_ICD10 = re.compile(r"[A-Z]\d{2}[0-9X]?")


def require_known(records: ibis.Table, request: Request, lookup: pd.DataFrame) -> None:
    """Refuse a request that names a column or a code that there is not.

    Parameters
    ----------
    records
        As ``counting.with_levels`` gives them.
    lookup
        The lookup of areas.

    Raises
    ------
    InputError
        A column is not in these records, or a filter names a code that its column does not have.
    """
    absent = [column for column in request.columns if column not in records.columns]
    if absent:
        held = [column for column in OF_COLUMN if column in records.columns]
        raise InputError(
            f"column {', '.join(absent)}: not in these records.\nColumns that are: "
            f"{', '.join(held)}."
        )
    for column, wanted in request.where.items():
        strange, known = _strange(column, wanted, records, lookup)
        if strange:
            raise InputError(
                f"--where {column}={'|'.join(wanted)}: {', '.join(strange)} is no code of "
                f"{column}.\n{known}"
            )


def _strange(
    column: str, wanted: tuple[str, ...], records: ibis.Table, lookup: pd.DataFrame
) -> tuple[list[str], str]:
    """Codes that are not known, and a sentence about those that are."""
    if column == "icd10_underlying":
        # Which causes there are deaths of is for a table to say.
        return [c for c in wanted if not _is_cause(c)], "Causes are written as I219 or J18."
    known = _known(column, records, lookup)
    few = f"{', '.join(known[:LISTED])}{' ...' if len(known) > LISTED else ''}"
    return [c for c in wanted if c not in set(known)], f"It has {len(known):,}: {few}."


def _known(column: str, records: ibis.Table, lookup: pd.DataFrame) -> list[str]:
    dimension = dimension_of(column)
    codes = codes_of_level(column, lookup)
    if codes is None:
        codes = sorted(records.select(column).distinct().to_pandas()[column])
    others = [dimension.missing]
    if dimension.name == "area":
        others = [unknown_area(ENGLAND), unknown_area(WALES), NON_RESIDENT]
        others += {"rgn20cd": [WALES], "ctry20cd": [ENGLAND, WALES]}.get(column, [])
    return [*codes, *(code for code in others if code not in codes)]


def _is_cause(code: str) -> bool:
    ranges = icd10_chapters()
    inside = (ranges["first"] <= code[:3]) & (code[:3] <= ranges["last"])
    return code == dimension_of("icd10_underlying").missing or (
        bool(_ICD10.fullmatch(code)) and bool(inside.any())
    )
