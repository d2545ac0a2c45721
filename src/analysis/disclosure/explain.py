"""The sum that gives a withheld cell away, in words."""

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from analysis.disclosure.attack import Evidence
from analysis.disclosure.matrices import blocks
from analysis.disclosure.polytope import OPTIMAL, Polytope

TINY = 1e-7
TERMS = 8
# Unknowns that sums tie together, above which a proof takes minutes: then they are only counted.
MANY = 10_000
# Seconds after which a proof with few terms is not looked for any longer.
PATIENCE = 10.0


class Explainer:
    """Says, for a hidden cell, from which shown cells and facts its limits follow."""

    def __init__(self, evidence: Evidence, ceiling: float = np.inf):
        self.evidence, self.known = evidence, evidence.known()
        self.high = np.minimum(self.known.high, ceiling)
        self.blocks = blocks(self.known.matrix)
        self.block_of = np.zeros(len(self.known.low), dtype=int)
        for number, (_, columns, _) in enumerate(self.blocks):
            self.block_of[columns] = number

    def __call__(self, column: int) -> tuple[str, list[str]]:
        """Return the sentence, and the tables whose numbers it uses."""
        rows, columns, matrix = self.blocks[self.block_of[column]]
        if not len(rows):
            return "no sum that is published holds it", []
        if len(columns) > MANY:
            return f"of {len(rows):,} sums together", []
        limits = (
            self.known.row_low[rows],
            self.known.row_high[rows],
            self.known.low[columns],
            self.high[columns],
        )
        block = Polytope(matrix, *limits)
        place = int(np.flatnonzero(columns == column)[0])
        ends = (block.least(place), block.most(place))
        if any(end.status != OPTIMAL for end in ends):
            return "no table is possible in which all that is published holds", []
        shortest = [
            _shortest(matrix, limits, place, sign, end.value)
            for sign, end in zip((1.0, -1.0), ends, strict=True)
        ]
        if any(proof is None for proof in shortest):
            return f"of {len(rows):,} sums together", []
        proofs = [self._in_words(rows, *proof) for proof in shortest]
        tables = list(dict.fromkeys([*proofs[0][1], *proofs[1][1]]))
        equal = abs(ends[1].value - ends[0].value) <= TINY
        alone = [sentence for sentence, _, needs_limits in proofs if not needs_limits]
        if equal and alone:
            return f"= {min(alone, key=len)}", tables
        sentences = [
            f"{words} {end.value:g} = {sentence}{', as no count is below its least' * limited}"
            for words, end, (sentence, _, limited) in zip(
                ("at least", "at most"), ends, proofs, strict=True
            )
        ]
        return "; ".join(sentences), tables

    def _in_words(
        self, rows: np.ndarray, multipliers: np.ndarray, limited: bool
    ) -> tuple[str, list[str], bool]:
        system, cells = self.evidence.system, self.evidence.system.cells
        used = sparse.csr_array((multipliers, (np.zeros(len(rows), dtype=int), rows)),
                                shape=(1, self.evidence.matrix.shape[0]))  # fmt: skip
        weight = (used @ self.evidence.matrix).toarray().ravel()
        shown = np.flatnonzero((np.abs(weight) > TINY) & ~system.hidden)
        empty = shown[cells.value[shown] == 0]
        full = shown[cells.value[shown] != 0]
        full = full[np.argsort(weight[full], kind="stable")]
        terms = [
            f"{'+' if weight[cell] < 0 else '-'} {_times(weight[cell])}{cells.value[cell]:g} "
            f"[{cells.label(cell)}]"
            for cell in full[:TERMS]
        ]
        if len(full) > TERMS:
            terms.append(f"and {len(full) - TERMS} more cells")
        facts = self._facts(rows, multipliers)
        sentence = " ".join(terms).removeprefix("+ ") or "0"
        sentence += f" (and {len(empty)} cells shown as 0)" if len(empty) else ""
        sentence += f" (with {', '.join(facts)})" if facts else ""
        tables = [
            name
            for cell in [*full[:TERMS], *empty[:TERMS]]
            for name in cells.tables_of(cell, withheld=False)
        ]
        return sentence, tables, limited

    def _facts(self, rows: np.ndarray, multipliers: np.ndarray) -> list[str]:
        first = self.evidence.system.matrix.shape[0]
        used = rows[(np.abs(multipliers) > TINY) & (rows >= first)]
        return list(dict.fromkeys(self.evidence.sources[row - first] for row in used))


def _shortest(
    matrix: sparse.csc_array, limits: tuple, place: int, sign: float, value: float
) -> tuple[np.ndarray, bool] | None:
    """Multipliers of the sums that prove a limit with few terms; whether limits are needed too.

    A weighted sum of sums, with what is left over at the unknowns' own limits, adds up to the
    unknown on one side and to its least value on the other. Of all such proofs, the one with the
    least weight of terms; None if that takes too long to find.
    """
    row_low, row_high, low, high = limits
    rows, columns = matrix.shape
    eye = sparse.eye_array(columns)
    told = np.concatenate([row_low, -row_high, low, -high])
    length = np.diff(sparse.csr_array(matrix).indptr)
    cost = np.concatenate([length, length, np.full(2 * columns, 0.5)])
    proof = linprog(
        cost,
        A_eq=sparse.hstack([matrix.T, -matrix.T, eye, -eye]),
        b_eq=sign * np.eye(1, columns, place).ravel(),
        A_ub=-np.where(np.isfinite(told), told, 0.0)[None, :],
        b_ub=[-sign * value + TINY],
        bounds=np.column_stack([np.zeros(len(told)), np.where(np.isfinite(told), np.inf, 0.0)]),
        method="highs",
        options={"time_limit": PATIENCE},
    )
    if proof.status == 1:
        return None
    if proof.status != 0:
        return np.zeros(rows), True
    multipliers = sign * (proof.x[:rows] - proof.x[rows : 2 * rows])
    return multipliers, bool((proof.x[2 * rows :] > TINY).any())


def _times(weight: float) -> str:
    return "" if abs(abs(weight) - 1) <= TINY else f"{abs(weight):g} x "
