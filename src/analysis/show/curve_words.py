"""The alt text of charts over an ordered axis: ends, highest and lowest of each series."""

import pandas as pd

from analysis.show import words
from analysis.show.curves import Curves
from analysis.show.style import series_label


def curve_alt(curves: Curves, kind: str) -> str:
    """Return the alt text: what is drawn, each series, and what is not shown."""
    drawn = curves.drawn
    columns = [column for column in (curves.x, curves.colour, curves.panel) if column]
    opening = (
        f"{kind} of the {words.measured(drawn.measure, curves.unit)} "
        f"by {words.listed([words.noun(column, drawn.level) for column in columns])}."
    )
    sentences = [_panel_sentence(curves, value) for value in curves.panels]
    return " ".join([opening, *sentences, words.reliability(drawn)]).strip()


def milestones(curves: Curves, group: str) -> str:
    """Say by which day half, and nine in ten, of the deaths are registered."""
    shares = curves.of(curves.drawn.rows, group)["value"].dropna()
    reached = [
        f"{share}% within {(shares >= share).idxmax():,} days"
        for share in (50, 90)
        if (shares >= share).any()
    ]
    last = f"{words.number(shares.iloc[-1], 'share')}% within {shares.index[-1]:,} days"
    text = words.listed([*reached, last])
    return f"{series_label(group)}: {text}." if group else f"{text}."


def _panel_sentence(curves: Curves, value: str) -> str:
    rows = curves.in_panel(value)
    said = []
    for group in curves.looks:
        one = curves.of(rows, group).dropna(subset=["value"])
        if len(one):
            text = _series_words(curves, one)
            said.append(f"{series_label(group)}, {text}" if group else text)
    head = ""
    if curves.panel:
        head = series_label(value) if curves.panel == "sex" else words.place(curves.panel, value)
        head = f"{head[:1].upper()}{head[1:]}: "
    return head + "; ".join(said) + "."


def _series_words(curves: Curves, one: pd.DataFrame) -> str:
    """First and last value, and the highest and lowest where they are neither."""
    first, last = one.index[0], one.index[-1]
    high, low = one["value"].idxmax(), one["value"].idxmin()

    def said(at: object) -> str:
        value = words.number(one.loc[at, "value"], curves.drawn.measure)
        return f"{value} {words.where(curves.x, at)}"

    if len(one) == 1:
        return said(first)
    mark = {high: " (the highest)", low: " (the lowest)"}
    text = f"from {said(first)}{mark.get(first, '')} to {said(last)}{mark.get(last, '')}"
    between = [
        f"{name} {said(at)}"
        for name, at in (("highest", high), ("lowest", low))
        if at not in (first, last)
    ]
    return ", ".join([text, *between])
