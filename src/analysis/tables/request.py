"""A request: which deaths, counted by which columns, and how it is written on the command line."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analysis.disclosure.kinds import AREA_COLUMNS, DETAILS, PERIOD_COLUMNS, KindOfTable
from analysis.disclosure.rules import GEOGRAPHIES, PERIODS
from analysis.errors import InputError
from analysis.tables.dimensions import DIMENSIONS, PRINTED_ONLY, TIMES, Dimension, dimension_of
from analysis.tables.windows import Window
from analysis.vocabulary import ENGLAND, INVOLVING, WALES

# Words for several codes of one column.
WORDS = {("covid19", "involving"): ("cause", ("COVID-19",))}
MEASURES = ("counts", "asmr")
INDEX_COUNTRY = {"imd_decile": ENGLAND, "wimd_quintile": WALES}


@dataclass(frozen=True)
class Request:
    """A table that someone asks for.

    ``by`` are columns of records, at most one of a dimension; ``where`` the codes of other (or
    the same) columns that are counted; ``measure`` is ``counts`` or ``asmr``.
    """

    window: Window
    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    measure: str = "counts"

    def __post_init__(self) -> None:
        dimensions = [dimension_of(column).name for column in self.by]
        twice = sorted({name for name in dimensions if dimensions.count(name) > 1})
        if twice:
            raise InputError(
                f"by {', '.join(self.by)}: {' and '.join(twice)} is asked for at two levels.\n"
                "Name one column of each dimension; coarser levels follow from it."
            )
        if self.measure not in MEASURES:
            raise InputError(f"measure {self.measure!r}: it is one of {', '.join(MEASURES)}.")
        other = {time for time in TIMES if time != self.window.time}
        wrong = [c for c in (*self.by, *self.where) if dimension_of(c).name in other]
        if wrong:
            raise InputError(
                f"{', '.join(wrong)}: deaths of kind {self.window.deaths!r} are counted by "
                f"{self.window.basis}.\nAsk by "
                f"{', '.join(_levels_of(self.window.time))}, or name other deaths (--deaths)."
            )
        for column in self.where:
            self._require_filter(column)

    def _require_filter(self, column: str) -> None:
        """Refuse a filter that would cut cells: finer than its column, or of periods."""
        levels = dimension_of(column).levels
        by = next((c for c in self.by if c in levels), None)
        if dimension_of(column).name in TIMES:
            raise InputError(
                f"where {column}: a table is protected with all its periods.\n"
                f"Ask by {by or column}, and take the rows that you need."
            )
        if by and levels.index(column) < levels.index(by):
            raise InputError(f"where {column}: finer than {by}. Ask by {column}.")

    def __hash__(self) -> int:
        return hash((self.window, self.by, frozenset(self.where.items()), self.measure))

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that it names."""
        return tuple(dict.fromkeys([*self.by, *self.where]))

    @property
    def kind(self) -> KindOfTable:
        """The kind of table it is, filters included: a table of one area is a table by area."""
        areas = [AREA_COLUMNS[column] for column in self.columns if column in AREA_COLUMNS]
        periods = [PERIOD_COLUMNS[column] for column in self.columns if column in PERIOD_COLUMNS]
        return KindOfTable(
            max(areas, key=GEOGRAPHIES.index, default="country"),
            max(periods, key=PERIODS.index, default="edition"),
            len({dimension_of(c).name for c in self.columns if c in DETAILS}),
        )

    def filter_code(self, dimension: Dimension) -> str:
        """Return the code at which the table stands in a dimension that it does not go by."""
        codes = [self.where[c] for c in self.where if dimension_of(c).name == dimension.name]
        if codes:
            return "+".join(sorted(codes[0]))
        if dimension.name == self.window.time:
            return self.window.code
        if dimension.name == "area":
            indices = [INDEX_COUNTRY[c] for c in self.columns if c in INDEX_COUNTRY]
            return indices[0] if indices else dimension.total
        return dimension.total

    def total_of(self, column: str) -> str:
        """Return the code of the total in a column: that of the filter where there is one."""
        dimension = dimension_of(column)
        filters = [codes for c, codes in self.where.items() if c in dimension.levels]
        return filters[0][0] if filters and len(filters[0]) == 1 else dimension.total

    def coarsened(self, by: tuple[str, ...]) -> "Request":
        """Return the same request by other columns."""
        return replace(self, by=by)

    def options(self) -> str:
        """Return it as options of ``bulletin table``."""
        parts = [f"--by {','.join(self.by)}"] if self.by else ["--by ''"]
        for column, codes in self.where.items():
            parts.append(f"--where {shlex.quote(column + '=' + '|'.join(codes))}")
        if self.window.deaths != "area":
            parts.append(f"--deaths {self.window.deaths}")
        if self.measure != "counts":
            parts.append(f"--measure {self.measure}")
        return " ".join(parts)


def parse_where(conditions: list[str]) -> dict[str, tuple[str, ...]]:
    """Return filters from ``column=code`` or ``column=code|code``.

    ``covid19=involving`` is short for ``cause=COVID-19``.

    Raises
    ------
    InputError
        A condition is not of that form, or a dimension is filtered twice.
    """
    where: dict[str, tuple[str, ...]] = {}
    for condition in conditions:
        column, equals, codes = condition.partition("=")
        column = column.strip()
        if not equals or not codes.strip():
            raise InputError(
                f"--where {condition!r}: a filter is written column=code, or column=code|code."
            )
        values = tuple(dict.fromkeys(code.strip() for code in codes.split("|")))
        if column == "covid19" and set(values) == set(INVOLVING):
            values = ("involving",)
        column, values = WORDS.get((column, values[0]), (column, values))
        names = [dimension_of(other).name for other in where]
        if dimension_of(column).name in names:
            raise InputError(f"--where {condition!r}: this dimension is filtered already.")
        where[column] = values
    return where


def _levels_of(name: str) -> tuple[str, ...]:
    levels = next(dimension.levels for dimension in DIMENSIONS if dimension.name == name)
    return tuple(level for level in levels if level not in PRINTED_ONLY)
