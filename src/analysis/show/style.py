"""How charts look: size, type, colours and markers, and the settings that make them repeatable.

Sizes are in points, and a chart is 408 points (544 CSS pixels) wide: at its own size beside text,
and still legible when a telephone shrinks it to 350 pixels. The panel is white on purpose, so that
the same picture can stand on a dark page.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import matplotlib as mpl

from analysis.vocabulary import (
    ALL_CAUSES,
    CAUSES,
    COVID19,
    PERSONS,
    PLACES_OF_DEATH,
    SEX_LABELS,
    SEXES,
)

WIDTH = 408
MARGIN = 6
TEXT, SMALL = 11, 10

INK, MUTED, GRID, BAND, PAPER = "#222222", "#595959", "#dfe3e6", "#edeff1", "#ffffff"


class Series(NamedTuple):
    """Colour of marks, marker, and the darker colour in which text of that colour is legible."""

    colour: str
    marker: str
    text: str


PLAIN = Series("#12436d", "o", "#12436d")

# Colours of the Government Analysis Function palette. They stay apart for colour-blind readers and
# have a contrast of 3 to 1 with white; no series is told by its colour alone.
_TOTAL = Series("#222222", "X", "#222222")
_CYCLE = (
    PLAIN,
    Series("#f46a25", "s", "#b8410c"),
    Series("#801650", "D", "#801650"),
    Series("#28a197", "^", "#17706a"),
    Series("#3d3d3d", "v", "#3d3d3d"),
    Series("#8d6fc4", "P", "#6c4dab"),
)
_KNOWN = {
    "F": Series("#f46a25", "o", "#b8410c"),
    "M": Series("#12436d", "s", "#12436d"),
    PERSONS: Series("#3d3d3d", "D", "#3d3d3d"),
    CAUSES[0]: Series("#3d3d3d", "D", "#3d3d3d"),
    CAUSES[1]: Series("#801650", "o", "#801650"),
    CAUSES[2]: Series("#8fa3b5", "s", "#4d6275"),
    COVID19[0]: Series("#801650", "o", "#801650"),
    COVID19[1]: Series("#c983a8", "^", "#95426f"),
    COVID19[2]: Series("#8fa3b5", "s", "#4d6275"),
}
# Dashes of lines that are named by a key.
_DASHES = (
    "-",
    (0, (5, 2)),
    (0, (1.5, 1.5)),
    (0, (7, 2, 1.5, 2)),
    (0, (3, 1, 1, 1)),
    (0, (0.6, 2.4)),
)

_ORDER = (*SEXES, PERSONS, *CAUSES[1:], ALL_CAUSES, *COVID19, *PLACES_OF_DEATH)

_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "mortality-bulletin",
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT,
    "text.color": INK,
    "text.usetex": False,
    "text.parse_math": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "path.simplify": False,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the style of the bulletin, whatever the settings of the machine."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def series(values: Sequence[str]) -> dict[str, Series]:
    """Return the look of each series, the same for a known code on every page.

    Series without a look of their own take one from the palette in turn; a total such as
    ``All places`` is black.
    """
    known = {value: _KNOWN.get(value) or _TOTAL for value in values if _has_look(value)}
    unknown = [value for value in values if value not in known]
    turns = {value: _CYCLE[turn % len(_CYCLE)] for turn, value in enumerate(unknown)}
    return {value: known.get(value) or turns[value] for value in values}


def dash_of(value: str, values: Sequence[str]) -> tuple[object, float]:
    """Return the dash and width of the line of one of ``values``; a total is full and thick."""
    if _is_total(value):
        return "-", 3
    parts = [other for other in values if not _is_total(other)]
    return _DASHES[parts.index(value) % len(_DASHES)], 2


def _is_total(value: str) -> bool:
    return value.startswith("All ")


def _has_look(value: str) -> bool:
    return value in _KNOWN or _is_total(value)


def in_order(values: Sequence[str]) -> list[str]:
    """Return the distinct ``values``, known codes in their usual order and others as they come."""
    distinct = list(dict.fromkeys(values))
    known = [value for value in _ORDER if value in distinct]
    return known + [value for value in distinct if value not in known]


def series_label(value: str) -> str:
    """Return what a reader calls a series: ``Female`` for ``F``."""
    words = {"due to": "Due to COVID-19", "mentioned": "COVID-19 mentioned", "none": "Not COVID-19"}
    return SEX_LABELS.get(value) or words.get(value) or str(value)
