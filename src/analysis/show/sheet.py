"""A sheet to draw on, measured in points from its top left corner, and the lettering on it.

Widths of text are measured, so that labels are wrapped and spread rather than cut off or overlaid.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from analysis.show.style import GRID, INK, MARGIN, MUTED, PAPER, SMALL, TEXT, WIDTH, Series

LINE = 1.25  # height of a line of text, in sizes of its type


class Sheet:
    """A white sheet as wide as every chart and ``height`` points high."""

    def __init__(self, height: float) -> None:
        self.height = height
        self.figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return axes whose frame has its top left corner at ``left``, ``top``."""
        bottom = self.height - top - height
        return self.figure.add_axes(
            (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        )

    def text(
        self,
        x: float,
        y: float,
        lines: str | Sequence[str],
        size: float = TEXT,
        align: str = "left",
        colour: str = INK,
        bold: bool = False,
        behind: bool = False,
    ) -> None:
        """Write lines, the first with its baseline at ``y``; ``behind`` clears the paper first."""
        for turn, line in enumerate([lines] if isinstance(lines, str) else lines):
            self.figure.text(
                x / WIDTH,
                1 - (y + turn * size * LINE) / self.height,
                line,
                size=size,
                ha=align,
                va="baseline",
                color=colour,
                weight="bold" if bold else "normal",
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1} if behind else None,
            )

    def mark(self, x: float, y: float, look: Series) -> None:
        """Draw the marker of a series with its middle at ``x``, ``y``."""
        self._line([x], [y], look, marker=look.marker, markersize=5.5)

    def rule(
        self, x: float, y: float, length: float, colour: str, width: float, **kind: object
    ) -> None:
        """Draw a piece of a line of the chart, for its key."""
        look = Series(colour, "", colour)
        self._line([x, x + length], [y, y], look, linewidth=width, **kind)

    def _line(self, x: list[float], y: list[float], look: Series, **kind: object) -> None:
        across, up = np.array(x) / WIDTH, 1 - np.array(y) / self.height
        line = Line2D(across, up, color=look.colour, transform=self.figure.transFigure, **kind)
        self.figure.add_artist(line)

    def note(self, lines: Sequence[str]) -> None:
        """Write the small print at the foot of the sheet."""
        top = self.height - MARGIN - (len(lines) - 1) * SMALL * LINE - 0.25 * SMALL
        self.text(MARGIN, top, lines, size=SMALL, colour=MUTED)


@cache
def text_width(text: str, size: float = TEXT, bold: bool = False) -> float:
    """Return the width of a line of text in points, in the widest of the fonts of the page."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]


def wrap(text: str, width: float, size: float = TEXT, most: int = 99) -> list[str]:
    """Return ``text`` in lines no wider than ``width`` points, at ``most`` so many of them.

    What does not fit is cut with an ellipsis.
    """
    lines: list[str] = []
    gap = text_width("n n", size) - 2 * text_width("n", size)
    taken = 0.0
    for word in text.split():
        taken += gap + text_width(word, size)  # words stand in many texts: each is measured once
        if lines and taken <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
            taken = text_width(word, size)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [_cut(line, width, size) for line in lines]


def _cut(line: str, width: float, size: float) -> str:
    while len(line) > 2 and text_width(line, size) > width:
        line = line.rstrip("…")[:-1].rstrip() + "…"
    return line


def note_lines(text: str) -> list[str]:
    """Return the small print in lines as wide as the sheet."""
    return wrap(text, WIDTH - 2 * MARGIN, SMALL) if text else []


def note_height(lines: Sequence[str]) -> float:
    """Return the height in points that the small print takes, with a gap above it."""
    return len(lines) * SMALL * LINE + 8 if lines else 0


def spread(targets: Sequence[float], gap: float, low: float, high: float) -> np.ndarray:
    """Return positions at least ``gap`` apart, as near to ``targets`` as can be.

    Neighbours that would overlap move apart from their common middle; the order is kept, and all
    stay between ``low`` and ``high`` where there is room.
    """
    wanted = np.asarray(targets, dtype=float)
    order = np.argsort(wanted, kind="stable")
    steps = np.arange(len(wanted)) * gap
    blocks: list[list[float]] = []
    for target in np.clip(wanted[order], low, high) - steps:
        blocks.append([target, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            value, size = blocks.pop()
            before, count = blocks[-1]
            blocks[-1] = [(before * count + value * size) / (count + size), count + size]
    level = np.repeat([value for value, _ in blocks], [int(size) for _, size in blocks])
    placed = np.empty(len(wanted))
    placed[order] = np.clip(level, low, max(low, high - gap * (len(wanted) - 1))) + steps
    return placed


def round_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return at most ``most`` + 1 round numbers from ``low`` to ``high``."""
    ticks = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [tick for tick in ticks.tolist() if low <= tick <= high]


def log_ticks(low: float, high: float) -> list[float]:
    """Return powers of ten from ``low`` to ``high``, with 2 and 5 between them where few."""
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    finer = np.outer(powers, [1, 2, 5]).ravel() if len(powers) < 4 else powers
    return [tick for tick in finer.tolist() if low <= tick <= high]


def set_ticks(axis: Axis, ticks: Sequence[float]) -> None:
    """Give an axis these ticks and no others, with grid lines and thousands separators."""
    axis.set_major_locator(FixedLocator(list(ticks)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick_words(value)))
    axis.grid(True)
    axis.set_tick_params(length=0, pad=4)


def tick_words(value: float) -> str:
    """Return the number at a tick: as few decimals as it has, thousands separated."""
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return text.replace("-", "\N{MINUS SIGN}") if text != "-0" else "0"


def plain_frame(axes: Axes, *sides: str) -> None:
    """Keep only the lines of the frame on ``sides``."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in sides)
        spine.set_color(MUTED if side in sides else GRID)
