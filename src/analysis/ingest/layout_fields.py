"""The kinds of field that a layout is made of.

Each type says where a value stands in a supplier's record and how it is coded. Where a field
names several columns, the first that is filled wins: final codes before original ones.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from analysis.vocabulary import PLACES_OF_DEATH

PLACES = Path(__file__).with_name("layouts") / "places"
_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")  # ICD_{1..20}


def _expanded(value: Any) -> Any:
    """Return the names in ``value``, one name or a list, with ``ICD_{1..20}`` written out."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError("a column is a name, or a list of names")
    return tuple(name for text in names for name in _written_out(text))


def _written_out(text: str) -> list[str]:
    found = _RANGE.search(text)
    if not found:
        return [text]
    first, last = map(int, found.groups())
    return [_RANGE.sub(str(number), text, count=1) for number in range(first, last + 1)]


def _shared_places(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    path = PLACES / f"{value}.yml"
    if not path.is_file():
        raise ValueError(f"there is no file {value}.yml in layouts/places")
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def _blank_is_none(value: Any) -> Any:
    return None if value == "" else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_expanded)]
Code = Annotated[str | None, BeforeValidator(_blank_is_none)]
SexCode = Annotated[Literal["F", "M"] | None, BeforeValidator(_blank_is_none)]
PlaceCode = Annotated[Literal[PLACES_OF_DEATH] | None, BeforeValidator(_blank_is_none)]
Certifier = Annotated[Literal["doctor", "coroner"] | None, BeforeValidator(_blank_is_none)]
DateFormat = Literal["yyyymmdd", "ddmmyyyy", "yyyy-mm-dd", "dd/mm/yyyy", "dd-mm-yyyy"]
AgeUnit = Literal[
    "years", "years_over_100", "months", "weeks", "days", "hours", "minutes", "under_one", "unknown"
]
Slice = Annotated[tuple[int, int], Field(description="first character, from 0, and how many")]


class Strict(BaseModel):
    """A part of a layout: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Strict):
    """A value taken as it stands; the values in ``unknown`` count as blank."""

    column: Columns
    unknown: tuple[str, ...] = ()


class Day(Strict):
    """A date in one column of one format, or in three columns of a year, a month and a day.

    A column that already holds dates (Parquet, database) needs no format.
    """

    column: Columns = ()
    format: DateFormat = "yyyy-mm-dd"
    year: Columns = ()
    month: Columns = ()
    day: Columns = ()

    @model_validator(mode="after")
    def _one_way(self) -> "Day":
        parts = [bool(self.year), bool(self.month), bool(self.day)]
        if bool(self.column) == any(parts) or any(parts) != all(parts):
            raise ValueError("give either column, or year, month and day")
        return self


class Coded(Strict):
    """A value that is translated from the supplier's codes.

    A code that is not in ``codes`` is looked up by its beginning in ``prefixes``; one that is in
    neither becomes ``otherwise``, if that is given. Where ``zero_padded``, ``01`` is ``1``.
    """

    column: Columns
    codes: dict[str, Code] = Field(default_factory=dict)
    prefixes: dict[str, str] = Field(default_factory=dict)
    otherwise: Code = None
    zero_padded: bool = False


class Sex(Coded):
    """Sex: every code that may stand in the column, blank for not stated."""

    codes: dict[str, SexCode]


class Residence(Coded):
    """Country of usual residence, in the codes of the project."""


class CertifiedBy(Coded):
    """Who certified the death."""

    codes: dict[str, Certifier]


class Unit(Strict):
    """Unit of an age: a column of its own, or the first characters of the age itself."""

    column: Columns
    characters: Slice | None = None
    codes: dict[str, AgeUnit]
    otherwise: AgeUnit = "unknown"


class Age(Strict):
    """Age at death: a number, in years unless a unit is given."""

    column: Columns
    characters: Slice | None = None
    unit: Unit | None = None
    unknown: tuple[str, ...] = ()


class Mentions(Strict):
    """Causes mentioned anywhere on the certificate.

    ``lists`` are alternatives, each a set of columns: the first list with any entry wins as a
    whole, so that an original code which the final coding dropped does not come back. A column
    may hold several codes, with a space or one of ``* ; , / |`` between them, or be a list.
    """

    lists: tuple[Columns, ...]


class Establishments(Strict):
    """Place of death from the kind of establishment: NHS or not, and its type, without padding.

    ``places`` says which pairs are which place: place, NHS indicator, types. Pairs that several
    suppliers share are a file of their own in ``layouts/places``, given by name.
    """

    nhs: Columns
    type: Columns
    places: Annotated[dict[PlaceCode, dict[str, Columns]], BeforeValidator(_shared_places)]

    @property
    def column(self) -> tuple[str, ...]:
        """Both columns, as the other fields name theirs."""
        return self.nhs + self.type


class Place(Coded):
    """Place of death: by its code, else by the kind of establishment."""

    codes: dict[str, PlaceCode]
    establishments: Establishments | None = None


class Marked(Strict):
    """Rows that are told by a column: one of ``values`` stands there, it is blank, or filled."""

    column: Columns
    values: tuple[str, ...] = ()
    blank: bool = False
    filled: bool = False


class Neonate(Strict):
    """Deaths under 28 days, where age in days does not say so.

    ``marked`` by a column; or, if nothing better is known, all deaths ``under_one`` year.
    """

    marked: Marked | None = None
    under_one: bool = False


def column_names(field: Strict) -> Iterator[str]:
    """Yield the columns that a field reads, those of its parts included."""
    for name in ("column", "year", "month", "day"):
        yield from getattr(field, name, ())
    for part in ("unit", "establishments", "marked"):
        if getattr(field, part, None):
            yield from column_names(getattr(field, part))
    for columns in getattr(field, "lists", ()):
        yield from columns
