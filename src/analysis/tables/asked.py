"""What every edition is asked for (``asked.yml``)."""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import yaml

from analysis.tables.request import Request
from analysis.tables.windows import Window

# Cells at most of a table that a page makes, if nothing else is said; one that a statistician asks
# for may have more.
MOST_CELLS = 4_000


@dataclass(frozen=True)
class Asked:
    """A table that an edition is asked for; the fields are explained in ``asked.yml``."""

    name: str
    page: str
    asked: str
    deaths: str
    by: list[str]
    where: dict[str, list[str]] = field(default_factory=dict)
    fixed: list[str] = field(default_factory=list)
    most: int = MOST_CELLS
    letter: str = ""

    def request(self, window: Window) -> Request:
        """Return it as a request of a window."""
        where = {column: tuple(codes) for column, codes in self.where.items()}
        return Request(window, tuple(self.by), where)


@cache
def all_asked() -> tuple[Asked, ...]:
    """Return everything that every edition is asked for, in the order in which it is made."""
    text = files("analysis.tables").joinpath("asked.yml").read_text(encoding="utf-8")
    return tuple(Asked(**entry) for entry in yaml.safe_load(text))


def pages_of_answers() -> frozenset[str]:
    """Return the pages that show what was asked for."""
    return frozenset(asked.page for asked in all_asked())
