"""Patterns of random small tables against every whole-number table that a reader cannot exclude.

The enumeration shares nothing with the package: inner counts are tried one by one.
"""

import itertools

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.attack import bounds
from analysis.disclosure.hierarchies import add_totals
from analysis.disclosure.leaks import find_leaks
from analysis.disclosure.suppress import suppress

CODES = {"sex": ["F", "M"], "area": ["A", "B", "C"], "pair": ["A", "B"], "cause": ["c", "n"]}
TREES = {
    "sex": {"Persons": ["F", "M"]},
    "area": {"All": {"North": ["A", "B"], "C": []}},
    "pair": {"Both": ["A", "B"]},
    "cause": {"All causes": ["c", "n"]},
}
LARGEST = 2
# No count is tried beyond: the true ones are below, and some room above is enough for a proof.
HIGHEST = 6


def counts_of(dimensions, values):
    codes = itertools.product(*(CODES[dimension] for dimension in dimensions))
    rows = [(*code, value) for code, value in zip(codes, values, strict=True)]
    inner = pd.DataFrame(rows, columns=[*dimensions, "numerator"])
    return add_totals(inner, {dimension: TREES[dimension] for dimension in dimensions})


def possible_tables(cells, dimensions, lowest, highest=HIGHEST):
    """Every table of whole numbers that agrees with the shown cells: a row each, all cells."""
    size = int(np.prod([len(CODES[dimension]) for dimension in dimensions]))
    inner = np.stack(np.meshgrid(*[np.arange(highest + 1)] * size, indexing="ij"), -1)
    inner = inner.reshape(-1, size)
    leaves = {code: {code} for dimension in dimensions for code in CODES[dimension]}
    leaves |= {"North": {"A", "B"}, "All": {"A", "B", "C"}}
    leaves |= {"Both": {"A", "B"}, "Persons": {"F", "M"}, "All causes": {"c", "n"}}
    order = list(itertools.product(*(CODES[dimension] for dimension in dimensions)))
    columns = []
    for cell in cells[dimensions].itertuples(index=False):
        inside = [
            all(code in leaves[total] for code, total in zip(leaf, cell, strict=True))
            for leaf in order
        ]
        columns.append(inside)
    tables = inner @ np.array(columns).T.astype(int)
    shown = ~cells["suppressed"].to_numpy()
    agree = (tables[:, shown] == cells["numerator"].to_numpy()[shown]).all(axis=1)
    agree &= (tables[:, ~shown] >= lowest).all(axis=1)
    return tables[agree]


def require_wide(cells, dimensions, width, lowest=0, highest=HIGHEST):
    tables = possible_tables(cells, dimensions, lowest, highest)
    primary = cells["primary"].to_numpy()
    assert len(tables)
    if primary.any():
        found = tables[:, primary].max(axis=0) - tables[:, primary].min(axis=0)
        assert found.min() >= width


def small_counts(size, largest):
    return st.lists(st.integers(0, largest), min_size=size, max_size=size)


@settings(max_examples=40, deadline=None)
@given(small_counts(6, 4))
def test_primary_cells_of_a_table_of_two_ways_keep_their_width(values):
    dimensions = ["sex", "area"]
    counts = counts_of(dimensions, values)

    protected = suppress(counts, {d: TREES[d] for d in dimensions}, LARGEST)

    require_wide(protected, dimensions, LARGEST)


@settings(max_examples=15, deadline=None)
@given(small_counts(6, 4))
def test_primary_cells_keep_their_width_where_zeros_are_shown(values):
    dimensions = ["sex", "area"]
    counts = counts_of(dimensions, values)

    protected = suppress(counts, {d: TREES[d] for d in dimensions}, LARGEST, zeros="shown")

    assert (protected.loc[protected["suppressed"], "numerator"] > 0).all()
    require_wide(protected, dimensions, LARGEST - 1, lowest=1)


@settings(max_examples=8, deadline=None)
@given(small_counts(8, 3))
def test_primary_cells_of_a_table_of_three_ways_keep_one_whole_number_of_doubt(values):
    dimensions = ["sex", "pair", "cause"]
    counts = counts_of(dimensions, values)

    protected = suppress(counts, {d: TREES[d] for d in dimensions}, LARGEST, protection=1)

    require_wide(protected, dimensions, 1, highest=4)


@settings(max_examples=25, deadline=None)
@given(small_counts(6, 1), st.lists(st.booleans(), min_size=15, max_size=15))
def test_whole_number_bounds_are_those_of_the_enumeration(values, hidden):
    dimensions = ["sex", "area"]
    hierarchies = {d: TREES[d] for d in dimensions}
    cells = counts_of(dimensions, values)
    # All deaths, 6 at most, are shown: no count can be above what is tried.
    top = (cells["sex"] == "Persons") & (cells["area"] == "All")
    cells["suppressed"] = np.array(hidden) & ~top
    if not cells["suppressed"].any():
        return

    found = bounds(cells, hierarchies, whole=True).merge(cells, on=dimensions)

    tables = possible_tables(cells, dimensions, 0)[:, cells["suppressed"].to_numpy()]
    assert found["attack_low"].tolist() == tables.min(axis=0).tolist()
    assert found["attack_up"].tolist() == tables.max(axis=0).tolist()


@settings(max_examples=25, deadline=None)
@given(small_counts(6, 4))
def test_no_false_alarm_is_given_on_a_protected_table(values):
    dimensions = ["sex", "area"]
    hierarchies = {d: TREES[d] for d in dimensions}
    protected = suppress(counts_of(dimensions, values), hierarchies, LARGEST)
    published = protected.assign(numerator=protected["numerator"].mask(protected["suppressed"]))

    leaks = find_leaks(
        published.drop(columns=["suppressed"]), hierarchies, LARGEST, LARGEST, ceiling=1_000
    )

    assert leaks.empty
