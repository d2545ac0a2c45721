"""A table as a task of suppression: its cells and sums, and what nobody can see beside them."""

import numpy as np
from scipy import sparse

from analysis.disclosure.cells import Cells
from analysis.disclosure.cuts import Task
from analysis.disclosure.linear_system import System, shorter_sums
from analysis.errors import DisclosureError

# Cells above which long sums are cut into short ones.
SHORT_SUMS = 2_000


def build_task(system: System, max_primary: float, zeros: str, width: float) -> Task:
    """Return the table as a task: what may move, by how much, and what it costs.

    Parameters are those of ``suppress``; ``width`` is its ``protection``.

    Raises
    ------
    DisclosureError
        A cell is to be withheld and to be kept.
    """
    cells, value = system.cells, system.cells.value
    sensitive, keep = cells.mark("sensitive", False), cells.mark("keep", False)
    latent = cells.mark("unpublished", False)
    small = value <= max_primary if zeros == "primary" else (value > 0) & (value <= max_primary)
    primary = (small & ~latent) | sensitive
    _require_possible(cells, primary, keep, zeros)
    matrix, sums = system.matrix, value
    if len(value) > SHORT_SUMS:
        matrix, sums = shorter_sums(system)
    chunks = len(sums) - len(value)
    matrix, sums = _with_open(matrix, sums, system)
    extra, unseen = len(sums) - len(value), len(sums) - len(value) - chunks
    widths = np.concatenate([cells.mark("protection", width), np.full(extra, width)])

    def padded(flags: np.ndarray) -> np.ndarray:
        return np.concatenate([flags, np.zeros(extra, dtype=bool)])

    least = 1.0 if zeros == "shown" else 0.0
    primary, latent, fixed = padded(primary), padded(latent), padded(keep)
    latent[len(latent) - unseen :] = True
    candidates = ~primary & ~latent & ~fixed & (sums >= least)
    return Task(
        matrix,
        down=np.maximum(sums - np.where(latent, 0.0, least), 0.0),
        up=np.full(len(sums), 2 * width),
        width=widths,
        cost=np.where(latent, 0.0, sums + 1),
        primary=primary,
        latent=latent,
        candidates=candidates,
        likely=candidates & padded(cells.mark("likely", False)),
    )


def _with_open(
    matrix: sparse.csr_array, sums: np.ndarray, system: System
) -> tuple[sparse.csr_array, np.ndarray]:
    """Add what open sums leave for parts that nobody knows: a cell of each, in no other sum."""
    rows = np.flatnonzero(system.open)
    shape = (matrix.shape[0], len(rows))
    cells = sparse.csr_array((-np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=shape)
    return (
        sparse.csr_array(sparse.hstack([matrix, cells])),
        np.concatenate([sums, -system.rest[rows]]),
    )


def _require_possible(cells: Cells, primary: np.ndarray, keep: np.ndarray, zeros: str) -> None:
    both = np.flatnonzero(primary & keep)
    if len(both):
        raise DisclosureError(
            f"{cells.label(int(both[0]))}: the count is small or sensitive, and marked to be kept "
            f"({len(both)} such cells).\nA cell cannot be both: drop it from keep."
        )
    odd = np.flatnonzero(primary & (cells.value == 0)) if zeros == "shown" else []
    if len(odd):
        raise DisclosureError(
            f"{cells.label(int(odd[0]))}: a 0 is marked as sensitive ({len(odd)} such cells), but "
            "zeros='shown' withholds none.\nUse zeros='secondary'."
        )
