"""The marks of a chart over an ordered axis: points with intervals, bands, or steps.

A value that is not shown breaks its line.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.show.axes import XAxis
from analysis.show.curves import Curves, Scale, lay_out
from analysis.show.sheet import Sheet, plain_frame, set_ticks, tick_words
from analysis.show.style import PAPER, WIDTH, Series, dash_of

_DAYS = (0, 1, 3, 7, 14, 30, 60, 90, 180, 365, 730)


def draw_curves(curves: Curves) -> Sheet:
    """Return the sheet with the curves on it."""
    scale = Scale.of(curves)
    sheet, placed = lay_out(curves, scale)
    for value, axes in placed:
        _set_axes(axes, curves, scale)
        rows = curves.in_panel(value)
        shifts = _shifts(curves)
        for turn, (group, look) in enumerate(curves.looks.items()):
            at = curves.axis.positions + shifts[turn]
            _draw_series(axes, curves, curves.of(rows, group), look, at, group)
    return sheet


def _set_axes(axes: Axes, curves: Curves, scale: Scale) -> None:
    axis = curves.axis
    edge = 0 if axis.is_scale else 0.5
    low, high = axis.positions[0] - edge, axis.positions[-1] + edge
    if scale.log:
        axes.set_yscale("log")
    if curves.steps:
        root = (lambda value: np.sqrt(np.maximum(value, 0)), np.square)
        axes.set_xscale("function", functions=root)
    axes.set(xlim=(low, high), ylim=(scale.low, scale.high))
    set_ticks(axes.yaxis, scale.ticks)
    positions, labels = _day_ticks(axis) if curves.steps else _ticks(axis, axes, low, high)
    axes.set_xticks(positions, labels)
    axes.tick_params(axis="x", length=3, pad=3)
    plain_frame(axes, "bottom")


def _ticks(axis: XAxis, axes: Axes, low: float, high: float) -> tuple[list[float], list[str]]:
    width = axes.get_position().width * WIDTH
    shown = axis.fitting(width, low, high)
    return axis.positions[shown].tolist(), [axis.labels[turn] for turn in shown]


def _day_ticks(axis: XAxis) -> tuple[list[float], list[str]]:
    first, last = axis.positions[0], axis.positions[-1]
    days = [float(day) for day in _DAYS if first <= day <= last]
    days = days if len(days) > 1 else [first, last]
    return days, [tick_words(day) for day in days]


def _shifts(curves: Curves) -> np.ndarray:
    """Sideways shifts of the series, so that their intervals do not hide one another."""
    count = len(curves.looks)
    if count == 1 or curves.axis.is_scale or curves.has_bands:
        return np.zeros(count)
    return (np.arange(count) - (count - 1) / 2) * min(0.22, 0.5 / (count - 1))


def _draw_series(
    axes: Axes, curves: Curves, one: pd.DataFrame, look: Series, at: np.ndarray, group: str
) -> None:
    value, lower, upper = (one[c].to_numpy(dtype=float) for c in ("value", "lower", "upper"))
    unreliable = one["unreliable"].eq(True).to_numpy()
    if curves.steps:
        dash, thick = dash_of(group, list(curves.looks))
        axes.step(at, value, color=look.colour, linewidth=thick, where="post", linestyle=dash)
        return
    if curves.has_bands:
        axes.fill_between(at, lower, upper, color=look.colour, alpha=0.18, linewidth=0)
        axes.plot(at, value, color=look.colour, linewidth=2)
        # The marker beside the name of a line stands at its end as well.
        marked = unreliable | (at == at[~np.isnan(value)].max(initial=-np.inf))
    else:
        axes.plot(at, value, color=look.colour, linewidth=1.1, alpha=0.55)
        axes.vlines(at, lower, upper, color=look.colour, linewidth=1.8)
        marked = ~np.isnan(value)
    for hollow in (False, True):
        chosen = marked & (unreliable == hollow)
        axes.plot(
            at[chosen],
            value[chosen],
            look.marker,
            color=look.colour,
            markerfacecolor=PAPER if hollow else look.colour,
            markersize=5,
            markeredgewidth=1.4,
            clip_on=False,
        )
