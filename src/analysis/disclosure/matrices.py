"""Parts of a large sparse matrix: what lies around a column, and blocks that share nothing."""

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph


def nearest(
    by_sum: sparse.csr_array,
    by_cell: sparse.csc_array,
    start: int,
    size: int,
    price: np.ndarray,
    few: int = 24,
) -> np.ndarray:
    """Return the columns that few rows lie between, ``start`` first.

    About ``size`` columns, or all that can be reached. Of a row with more than ``few`` columns the
    cheapest are taken, and more with each step; none of infinite ``price``. The matrix is given
    by rows and by columns.
    """
    reached, count = np.array([start]), 0
    while count < len(reached) < size:
        count = len(reached)
        rows = by_sum[np.unique(by_cell[:, reached].indices)]
        row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        order = np.lexsort((rows.indices, price[rows.indices], row))
        rank = np.arange(len(row)) - rows.indptr[row]
        new = np.unique(rows.indices[order][rank < few])
        new = np.setdiff1d(new[np.isfinite(price[new])], reached)
        reached = np.concatenate([reached, new[: size - count]])
        few *= 2
    return reached


def blocks(matrix: sparse.sparray) -> list[tuple[np.ndarray, np.ndarray, sparse.csc_array]]:
    """Split a matrix into blocks that share no row and no column.

    Returns
    -------
    list
        For each block: its rows, its columns, and the matrix between them. A column without
        entries is a block without rows; an empty row is in no block.
    """
    matrix = sparse.csr_array(matrix)
    filled = np.flatnonzero(np.diff(matrix.indptr))
    matrix = matrix[filled]
    rows, columns = matrix.shape
    if not columns:
        return []
    entries = matrix.tocoo()
    graph = sparse.csr_array(
        (np.ones(matrix.nnz), (entries.row, rows + entries.col)), shape=(rows + columns,) * 2
    )
    count, label = csgraph.connected_components(graph, directed=False)
    row_label, column_label = label[:rows], label[rows:]
    by_row, by_column = (np.argsort(x, kind="stable") for x in (row_label, column_label))
    ordered = (
        sparse.csc_array(matrix[by_row][:, by_column]) if rows else sparse.csc_array((0, columns))
    )
    row_edge, column_edge = (
        np.searchsorted(x, np.arange(count + 1))
        for x in (row_label[by_row], column_label[by_column])
    )
    found = []
    for block in range(count):
        top, bottom = row_edge[block : block + 2]
        left, right = column_edge[block : block + 2]
        start, end = ordered.indptr[left], ordered.indptr[right]
        inner = sparse.csc_array(
            (
                ordered.data[start:end],
                ordered.indices[start:end] - top,
                ordered.indptr[left : right + 1] - start,
            ),
            shape=(bottom - top, right - left),
        )
        found.append((filled[by_row[top:bottom]], by_column[left:right], inner))
    return found
