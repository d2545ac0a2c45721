"""The sums that bind published cells, as a sparse matrix.

A row is one sum: a total (+1) and its parts (-1) along one dimension, all other codes the same.
In a true table every row gives 0. Nothing is materialised that no table has: a part without a row
counts as 0 (or, on request, as something of which nothing is known), and a total without a row is
passed over to the total above it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.disclosure.cells import Cells
from analysis.disclosure.hierarchies import Breakdown
from analysis.errors import DisclosureError

TOLERANCE = 1e-6


@dataclass(frozen=True)
class System:
    """Cells, and the sums between them: ``matrix`` (sums x cells) times the true counts is 0.

    It is 0 or more in the sums that are ``open``: some of their parts are not known to anybody.
    """

    cells: Cells
    matrix: sparse.csr_array
    along: np.ndarray
    open: np.ndarray

    @cached_property
    def hidden(self) -> np.ndarray:
        """Cells that no table shows."""
        return np.isnan(self.cells.value)

    @cached_property
    def rest(self) -> np.ndarray:
        """What each sum leaves for its hidden cells."""
        return -(self.matrix @ np.where(self.hidden, 0.0, self.cells.value))

    def total_of(self, row: int) -> int:
        """Return the cell that is the total of a sum."""
        entries = slice(*self.matrix.indptr[row : row + 2])
        return int(self.matrix.indices[entries][self.matrix.data[entries] > 0][0])


def build_system(cells: Cells, open_parts: bool = False) -> System:
    """Return the sums between cells, checked.

    ``open_parts``: a part without a row is not 0, and leaves its sum open.

    Raises
    ------
    DisclosureError
        Parts do not add up to their total: the first such sum, and how many there are.
    """
    blocks, along, lacking = [], [], []
    for place, dimension in enumerate(cells.dimensions):
        block, lacks = _sums_along(cells, place, cells.levels[dimension])
        blocks.append(block)
        lacking.append(lacks & open_parts)
        along.append(np.full(block.shape[0], place))
    matrix = sparse.csr_array(sparse.vstack(blocks, format="csr"))
    system = System(cells, matrix, np.concatenate(along), np.concatenate(lacking))
    _require_sums(system)
    return system


def shorter_sums(
    system: System, longest: int = 64, chunk: int = 32
) -> tuple[sparse.csr_array, np.ndarray]:
    """Return the sums with every long one cut into sums of chunks, and the value of all cells.

    Chunks of neighbouring codes get a cell of their own behind the real ones. A reader is told
    less than that (chunks are not published), so what is safe here is safe; and a table of many
    areas falls into small blocks.
    """
    entries = system.matrix.tocoo()
    long = np.diff(system.matrix.indptr) > longest + 1
    cut = long[entries.row] & (entries.data < 0)
    row, cell = entries.row[cut], entries.col[cut]
    pieces = np.column_stack([row, _chunks(system, row, cell, chunk)])
    chunks, which = np.unique(pieces, axis=0, return_inverse=True)
    which, number = which.ravel(), np.arange(len(chunks))
    sums, size = system.matrix.shape
    shape = (sums + len(chunks), size + len(chunks))
    parts = sparse.csr_array((-np.ones(len(row)), (sums + which, cell)), shape=shape)
    kept = sparse.csr_array(
        (entries.data[~cut], (entries.row[~cut], entries.col[~cut])), shape=shape
    )
    above = sparse.csr_array((-np.ones(len(chunks)), (chunks[:, 0], size + number)), shape=shape)
    own = sparse.csr_array((np.ones(len(chunks)), (sums + number, size + number)), shape=shape)
    value = system.cells.value
    of_chunks = np.bincount(which, value[cell], len(chunks))
    return sparse.csr_array(kept + above + parts + own), np.concatenate([value, of_chunks])


def _chunks(system: System, row: np.ndarray, cell: np.ndarray, chunk: int) -> np.ndarray:
    """Number of the chunk of each part: the same codes of a total are together in all its sums."""
    place = system.along[row]
    total = np.zeros(system.matrix.shape[0], dtype=np.int64)
    entries = system.matrix.tocoo()
    total[entries.row[entries.data > 0]] = entries.col[entries.data > 0]
    codes = system.cells.codes
    key = np.column_stack([place, codes[total[row], place], codes[cell, place]])
    parts, which = np.unique(key, axis=0, return_inverse=True)
    _, first, size = np.unique(parts[:, :2], axis=0, return_index=True, return_counts=True)
    rank = np.arange(len(parts)) - np.repeat(first, size)
    size = np.repeat(size, size)
    return (rank * np.maximum(size // chunk, 1) // size)[which.ravel()]


def _sums_along(
    cells: Cells, place: int, levels: tuple[Breakdown, ...]
) -> tuple[sparse.csr_array, np.ndarray]:
    """The sums along one dimension, and which of them lack a part."""
    size = len(cells.codes)
    names = cells.names[cells.dimensions[place]]
    universe = names.append(
        pd.Index([code for level in levels for code in (level.total, *level.parts)])
    ).unique()
    edges = _Edges(levels, universe)
    group = _groups(np.delete(cells.codes, place, axis=1))
    nodes = _Nodes(group, cells.codes[:, place], np.arange(size), len(universe))

    # A total without a row still ties its parts to the totals above it.
    while True:
        sums = edges.sums(nodes)
        new = sums.missing_totals()
        if not len(new):
            break
        nodes = nodes.with_virtual(new)
    return _without_virtual(sums, size, nodes.count)


class _Nodes:
    """Cells along one dimension: the group of all other codes, and the code."""

    def __init__(self, group, code, cell, codes):
        order = np.argsort(group * codes + code, kind="stable")
        self.group, self.code, self.cell = group[order], code[order], cell[order]
        self.key, self.codes, self.count = (group * codes + code)[order], codes, len(cell)

    def find(self, key: np.ndarray) -> np.ndarray:
        """Cell numbers of keys, -1 where there is none."""
        at = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        return np.where(self.key[at] == key, self.cell[at], -1)

    def with_virtual(self, keys: np.ndarray) -> "_Nodes":
        group, code = keys // self.codes, keys % self.codes
        cell = self.count + np.arange(len(keys))
        return _Nodes(
            np.concatenate([self.group, group]),
            np.concatenate([self.code, code]),
            np.concatenate([self.cell, cell]),
            self.codes,
        )


class _Edges:
    """Breakdowns of one dimension as arrays: a part and the breakdown it is in."""

    def __init__(self, levels: tuple[Breakdown, ...], universe: pd.Index):
        self.total = universe.get_indexer([level.total for level in levels])
        part = universe.get_indexer([part for level in levels for part in level.parts])
        level = np.repeat(np.arange(len(levels)), [len(level.parts) for level in levels])
        order = np.argsort(part, kind="stable")
        self.part, self.level = part[order], level[order]
        self.parts = np.array([len(level.parts) for level in levels])

    def sums(self, nodes: _Nodes) -> "_Sums":
        """The sums in which the nodes are parts."""
        start = np.searchsorted(self.part, nodes.code)
        times = np.searchsorted(self.part, nodes.code, side="right") - start
        node = np.repeat(np.arange(len(nodes.code)), times)
        offset = np.arange(len(node)) - np.repeat(np.cumsum(times) - times, times)
        level = self.level[np.repeat(start, times) + offset]
        sum_key = nodes.group[node] * max(len(self.total), 1) + level
        keys, row = np.unique(sum_key, return_inverse=True)
        level_of, group_of = keys % max(len(self.total), 1), keys // max(len(self.total), 1)
        total_key = group_of * nodes.codes + self.total[level_of] if len(keys) else keys
        lacks = np.bincount(row, minlength=len(keys)) < self.parts[level_of]
        return _Sums(row, nodes.cell[node], total_key, nodes.find(total_key), lacks)


@dataclass(frozen=True)
class _Sums:
    row: np.ndarray
    part: np.ndarray
    total_key: np.ndarray
    total: np.ndarray
    lacks: np.ndarray

    def missing_totals(self) -> np.ndarray:
        return np.unique(self.total_key[self.total < 0])


def _without_virtual(sums: _Sums, size: int, count: int) -> tuple[sparse.csr_array, np.ndarray]:
    """Sums over real cells only: a total without a row is replaced by its parts."""
    rows = len(sums.total)
    parts = sparse.csr_array((np.ones(len(sums.row)), (sums.row, sums.part)), shape=(rows, count))
    real = np.flatnonzero(sums.total < size)
    matrix = (
        sparse.csr_array(
            (np.ones(len(real)), (np.arange(len(real)), sums.total[real])), shape=(len(real), count)
        )
        - parts[real]
    )
    lacks = sums.lacks[real]
    virtual = np.flatnonzero(sums.total >= size)
    if len(virtual):
        virtual = virtual[np.argsort(sums.lacks[virtual], kind="stable")]
        _, first = np.unique(sums.total[virtual], return_index=True)
        made_of, open_ones = parts[virtual[first]], sums.lacks[virtual[first]]
        while matrix[:, size:].count_nonzero():
            lacks = lacks | (abs(matrix[:, size:]) @ open_ones.astype(float) > 0)
            matrix = (
                sparse.hstack([matrix[:, :size], sparse.csr_array((len(real), count - size))])
                + matrix[:, size:] @ made_of
            )
            matrix = sparse.csr_array(matrix)
    matrix = sparse.csr_array(matrix[:, :size])
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix, lacks


def _groups(codes: np.ndarray) -> np.ndarray:
    """Number of each distinct row of codes."""
    if not codes.shape[1]:
        return np.zeros(len(codes), dtype=np.int64)
    group = np.zeros(len(codes), dtype=np.int64)
    for column in codes.T:
        group = pd.factorize(group * (column.max() + 1) + column)[0].astype(np.int64)
    return group


def _require_sums(system: System) -> None:
    hidden = system.hidden.astype(float)
    closed = abs(system.matrix) @ hidden == 0
    # Withheld parts fill what is left of their total: it is below 0 only if they can be.
    only_parts = ~closed & (system.matrix.maximum(0) @ hidden == 0)
    below = np.where(system.hidden, np.minimum(system.cells.low, 0.0), 0.0)
    rest, room = system.rest, system.matrix @ below
    # A total may be more than the parts that are known.
    missed = (rest > TOLERANCE) | ((rest < -TOLERANCE) & ~system.open)
    odd = np.flatnonzero((closed & missed) | (only_parts & (rest > room + TOLERANCE)))
    if not len(odd):
        return
    row = odd[0]
    cells, total = system.cells, system.total_of(row)
    entries = slice(*system.matrix.indptr[row : row + 2])
    parts = system.matrix.indices[entries][system.matrix.data[entries] < 0]
    shown = parts[~system.hidden[parts]]
    more = "" if closed[row] else f" before {len(parts) - len(shown)} withheld parts are added"
    raise DisclosureError(
        f"{cells.label(total)}: the total is {cells.value[total]:g}, but its {len(parts)} parts "
        f"along {cells.dimensions[system.along[row]]} add up to {cells.value[shown].sum():g}"
        f"{more} ({len(odd)} such sums).\n"
        "Protection and attack rest on the sums. Correct the total or the hierarchy; a part that "
        "is withheld needs a row with a missing count, for a part without a row counts as 0."
    )
