"""Questions to one block of unknowns, by linear programming.

Every answer is also a table that a reader must think possible, and so settles other unknowns of
the block.
"""

import numpy as np

from analysis.disclosure.polytope import (
    INFEASIBLE,
    NOTHING,
    OPTIMAL,
    UNBOUNDED,
    UNSOLVED,
    WHOLE,
    Extreme,
    Polytope,
)
from analysis.disclosure.questions import BOUNDED, LEAST, MOST, Met, Question
from analysis.disclosure.whole_numbers import furthest, furthest_near

SAME = 1e-9
# Unknowns of a block from which many are asked together first; and from which whole numbers are
# searched for all together, which may be hard. Below, only those that come by themselves are
# taken, until so many answers had fractions.
TOGETHER, WHOLE_TOGETHER, FAILURES = 60, 2_000, 4
# How far short of the furthest a search in whole numbers may fall: one for many, and one for a
# single unknown that takes others along.
FAR, ROUGHLY = 0.05, 0.5
# Unknowns around one that are moved with it, few first; and how many, one after another, cannot be
# settled so before that is given up.
NEARBY, MISSES = (300, 1_500), 20
UNSOUGHT = Extreme(UNSOLVED, np.nan, NOTHING, NOTHING)
# A question to all takes as long as some twenty to one.
WORTH = 20


def ask_block(
    inner: Polytope, asked: np.ndarray, strict: np.ndarray, question: Question
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the limits and the status of the unknowns of one block.

    Where a question needs less than the extremes, the limits of settled unknowns are those met.
    """
    low, high = inner.low.copy(), inner.high.copy()
    status = np.full(len(low), BOUNDED, dtype=object)
    if not len(inner.row_low):
        status[~np.isfinite(high - low)] = UNBOUNDED
        return low, high, status
    places = np.flatnonzero(asked)
    met = Met(len(low), places, question, strict)
    if inner.holds(nothing := np.zeros(len(low))):
        met.add(Extreme(OPTIMAL, 0.0, nothing, NOTHING))
    if question.at_least is not None:
        _ask_together(inner, met)
        if question.whole:
            _ask_nearby(inner, met)
    if met.last is None and not inner.feasible():
        status[:] = INFEASIBLE
        return low * np.nan, high * np.nan, status
    if question.at_least is not None:
        status[_endless(inner, places[np.isinf(high[places])])] = UNBOUNDED
        for place in places:
            for ask, sign in ((inner.most, -1.0), (inner.least, 1.0)):
                if not met.settled(place):
                    met.add_beside(inner, ask(int(place)), sign * _unit(inner, place))
    for place in map(int, met.left()):
        if not met.settled(place):
            low[place], high[place], fault = _range(inner, place, met)
            status[place] = fault if status[place] == BOUNDED else status[place]
    settled = met.settled()
    status[settled & (status != UNBOUNDED)] = BOUNDED
    high = np.where(settled & (status != UNBOUNDED), met.high, high)
    return np.where(settled, met.low, low), high, status


def _ask_together(inner: Polytope, met: Met) -> None:
    """Push unknowns that are not settled at once, each up or down, then the other way.

    All of them first; fewer at a time, when they get into each other's way.
    """
    draw, share, failures = np.random.default_rng(len(met.places)), 1.0, 0
    left = met.places if len(met.places) > TOGETHER else met.places[:0]
    search = met.question.whole and len(met.places) > WHOLE_TOGETHER
    while share * len(left) >= WORTH and failures < FAILURES:
        pushed = left[draw.random(len(left)) < share]
        direction = np.zeros(len(inner.low))
        direction[pushed] = draw.choice([-1.0, 1.0], len(pushed))
        for way in (direction, -direction):
            if not met.add_beside(inner, inner.along(way), way):
                failures += 1
                if search:
                    met.add(furthest(inner, way, met.question.branches, gap=FAR))
        before, left = len(left), met.left()
        if before - len(left) < max(WORTH, before / 20):
            share /= 3


def _ask_nearby(inner: Polytope, met: Met) -> None:
    """Move unknowns that are not settled within a table that was met, each with those around it.

    A small table is solved in a hundredth of the time of a whole one, and settles many unknowns.
    """
    draw, missed = np.random.default_rng(len(met.places)), 0
    for place in map(int, met.places if met.last is not None else ()):
        if missed == MISSES:
            return
        ways = [(size, sign) for size in NEARBY for sign in (1, -1)]
        while ways and not met.settled(place):
            size, sign = ways[0]
            push = np.zeros(len(inner.low))
            others = met.left()
            push[others], push[place] = draw.choice([-1.0, 1.0], len(others)), -sign
            further = met.high[place] + 1 if sign > 0 else met.low[place] - 1
            limit = {"low" if sign > 0 else "high": {place: further}}
            found = furthest_near(inner, met.last, place, size, push, **limit)
            met.add(found)
            if found.status != OPTIMAL:
                ways.pop(0)
        missed = 0 if met.settled(place) else missed + 1


def _endless(inner: Polytope, places: np.ndarray) -> list[int]:
    """Unknowns without an upper limit."""
    together = np.zeros(len(inner.low))
    together[places] = -1.0
    if not len(places) or inner.along(together).status == OPTIMAL:
        return []
    return [place for place in places if inner.most(int(place)).status != OPTIMAL]


def _range(inner: Polytope, place: int, met: Met) -> tuple[float, float, str]:
    """The limits of one unknown, as near as the question needs them, and a status."""
    limits, status = {MOST: inner.high[place], LEAST: inner.low[place]}, BOUNDED
    for end in (MOST, LEAST):
        if abs(met.reached(end)[place] - limits[end]) <= SAME:
            continue
        extreme = inner.most(place) if end is MOST else inner.least(place)
        met.add_beside(inner, extreme, (-1.0 if end is MOST else 1.0) * _unit(inner, place))
        if extreme.status == OPTIMAL:
            limits[end] = _rounded(extreme.value, end) if met.question.whole else extreme.value
        elif status == BOUNDED:
            status = extreme.status
    if limits[LEAST] > limits[MOST] + WHOLE:
        return np.nan, np.nan, INFEASIBLE
    for end in (MOST, LEAST) if met.question.whole else ():
        # No whole number lies beyond these limits; one that lies in them is still to be found.
        width = limits[MOST] - limits[LEAST]
        if met.settled(place) or width <= SAME or not np.isfinite(limits[end]):
            break
        if abs(met.reached(end)[place] - limits[end]) <= SAME:
            continue
        if width >= met.wanted(place) - WHOLE:
            met.add(_far_enough(inner, place, end, met))
            if met.settled(place):
                break
        sign = -1.0 if end is MOST else 1.0
        found = furthest(inner, sign * _unit(inner, place), met.question.branches)
        met.add(found)
        if found.status == OPTIMAL:
            limits[end] = sign * found.value
        elif status == BOUNDED:
            status = found.status
    return limits[LEAST], limits[MOST], status


def _unit(inner: Polytope, place: int) -> np.ndarray:
    return np.eye(1, len(inner.low), int(place)).ravel()


def _rounded(limit: float, end: str) -> float:
    """The last whole number inside a limit."""
    return float(np.floor(limit + WHOLE) if end is MOST else np.ceil(limit - WHOLE))


def _far_enough(inner: Polytope, place: int, end: str, met: Met) -> Extreme:
    """A table in whole numbers that settles an unknown, and others if it can.

    Sooner found than the furthest one.
    """
    if met.question.at_least is None or not np.isfinite(met.low[place]):
        return UNSOUGHT
    if end is MOST:
        limit = {"low": {place: met.low[place] + met.least[place]}}
    else:
        limit = {"high": {place: met.high[place] - met.least[place]}}
    draw, push, others = np.random.default_rng(place), np.zeros(len(inner.low)), met.left()
    push[others] = draw.choice([-1.0, 1.0], len(others))
    return furthest(inner, push, met.question.branches, gap=ROUGHLY, **limit)
