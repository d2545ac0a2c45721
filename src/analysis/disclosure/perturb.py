"""Cell-key perturbation: the same people get the same noise in every table and edition.

Each record has a key, a keyed hash of an identifier that does not change between deliveries. The
keys of a cell's records add up to the cell's key, and a perturbation table says what is added to a
count with that key. What leaves these functions holds no unprotected count and no key.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import DisclosureError
from analysis.ingest.record_keys import key_parts

# Keys run from 0 to 255. Rows of a perturbation table end at 750, and the last 250 repeat.
KEYS, LAST_ROW, REPEATED = 256, 750, 250
SHORTEST_SECRET = 16


def read_secret(path: Path) -> bytes:
    """Return the secret from which protection follows, kept in a file outside the repository.

    Raises
    ------
    DisclosureError
        There is no such file, or it is shorter than 16 bytes.
    """
    if not path.is_file():
        raise DisclosureError(
            f"{path}: there is no file with the secret of the protection.\n"
            "Make one of 32 random bytes, outside the repository, and keep it: with another "
            "secret the same people get other noise, and other deaths are moved."
        )
    return _checked_secret(path.read_bytes())


def record_keys(identifiers: Iterable[str], secret: bytes) -> np.ndarray:
    """Return a key from 0 to 255 for each record, the same in every delivery.

    They are those that ``ingest.record_keys`` makes where records are.

    Parameters
    ----------
    identifiers
        An identifier of each record that never changes, as text.
    secret
        At least 16 bytes (see :func:`read_secret`). Without it keys cannot be worked out from
        identifiers.

    Raises
    ------
    DisclosureError
        The secret is too short, or an identifier is missing.
    """
    _checked_secret(secret)
    names = pd.Series(list(identifiers), dtype=object)
    missing = int(names.isna().sum())
    if missing:
        raise DisclosureError(
            f"{missing} of {len(names)} records have no identifier.\n"
            "A key must be the same in every delivery: give each record a stable identifier."
        )
    inner, outer = key_parts(secret)

    def key(name: str) -> int:
        once = hashlib.sha256(f"{inner}{name}".encode()).hexdigest()
        return hashlib.sha256(f"{outer}{once}".encode()).digest()[-1]

    return np.fromiter((key(str(name)) for name in names), dtype=np.int64, count=len(names))


def perturb(
    counts: pd.DataFrame,
    by: list[str],
    ptable: pd.DataFrame,
    threshold: int = 0,
    count: str = "numerator",
    key: str = "record_key",
) -> pd.DataFrame:
    """Return perturbed counts, and nothing from which the unprotected ones follow.

    Totals are perturbed in their own right: give them as rows, or call with fewer columns in
    ``by``; the parts of a protected table do not add up to its totals, and must not.

    Parameters
    ----------
    counts
        One row per record, or per group of records that were counted: the ``by`` columns, ``key``
        (the record's key, or the sum of the group's keys) and, for groups, ``count``.
    by
        Columns that name a cell. A cell without records is not returned: it stays 0.
    ptable
        One row per count and key: ``pcv`` (1 to 750, the count, of larger counts their place in
        the last 250), ``ckey`` (0 to 255) and ``pvalue`` (what is added).
    threshold
        Perturbed counts below this are withheld (missing).

    Returns
    -------
    DataFrame
        One row per cell with records: ``by``, and ``count`` after perturbation.

    Raises
    ------
    DisclosureError
        A key is missing or below 0, or the table of perturbations lacks a cell's row or would make
        a count negative.

    References
    ----------
    ONS, Cell key perturbation, technical specification (census 2021): key sum modulo 256; counts
    above 750 take row (count - 1) modulo 250, plus 501.
    """
    _require_keys(counts, key)
    numbers = counts.assign(**{count: 1}) if count not in counts else counts
    cells = numbers.groupby(by, sort=True, observed=True, dropna=False)[[count, key]].sum()
    true = cells[count].to_numpy(dtype=np.int64)
    noise = _noise(true, cells[key].to_numpy(dtype=np.int64) % KEYS, ptable)
    protected = true + noise
    if (protected < 0).any():
        raise DisclosureError(
            f"ptable: {int((protected < 0).sum())} of {len(true)} counts would fall below 0.\n"
            "A row must not take away more than its count."
        )
    shown = pd.Series(protected, index=cells.index, name=count).astype("Int64")
    return shown.mask(shown < threshold).reset_index()


def noise_table(largest: int = 4, variance: float = 2.0, rows: int = LAST_ROW) -> pd.DataFrame:
    """Return a perturbation table of our own: no bias, no negative counts, most entropy.

    Parameters
    ----------
    largest
        Largest number added or taken away.
    variance
        Variance of the noise, where the count leaves room for it: a count of 1 cannot fall by
        more than 1.
    rows
        Counts from 1 to this.

    Returns
    -------
    DataFrame
        One row per count and key: ``pcv``, ``ckey``, ``pvalue``.

    References
    ----------
    Giessing S (2016), Computational issues in the design of transition probabilities and
    disclosure risk estimation for additive noise, Privacy in Statistical Databases, 237-251.
    """
    if largest < 1 or not 0 < variance <= largest**2:
        raise DisclosureError(
            f"noise_table: largest={largest}, variance={variance:g}; the largest is 1 or more and "
            "the variance above 0, at most its square."
        )
    columns = [_keys_of(count, largest, variance) for count in range(1, min(rows, largest) + 1)]
    columns += [columns[-1]] * (rows - len(columns))
    pcv = np.repeat(np.arange(1, rows + 1), KEYS)
    ckey = np.tile(np.arange(KEYS), rows)
    return pd.DataFrame({"pcv": pcv, "ckey": ckey, "pvalue": np.concatenate(columns)})


def _noise(true: np.ndarray, key: np.ndarray, ptable: pd.DataFrame) -> np.ndarray:
    row = np.where(true <= LAST_ROW, true, (true - 1) % REPEATED + LAST_ROW - REPEATED + 1)
    values = ptable.set_index(["pcv", "ckey"])["pvalue"]
    wanted = pd.MultiIndex.from_arrays([row, key])
    place = values.index.get_indexer(wanted)
    lacking = (place < 0) & (true > 0)
    if lacking.any():
        raise DisclosureError(
            f"ptable: no row for {int(lacking.sum())} of {len(true)} cells.\n"
            f"It needs pcv 1 to {LAST_ROW} for each ckey from 0 to {KEYS - 1}."
        )
    return np.where(true > 0, values.to_numpy()[place], 0).astype(np.int64)


def _keys_of(count: int, largest: int, variance: float) -> np.ndarray:
    """Noise of the 256 keys for one count: shares of keys as the probabilities ask."""
    steps = np.arange(-min(count, largest), largest + 1)
    share = _most_entropy(steps, min(variance, _room(count, largest)))
    edges = np.round(np.cumsum(share) * KEYS).astype(int)
    number = np.diff(np.concatenate([[0], edges]))
    # Rounding must not bias the sum of the noise over all keys: the step 0 pays for it.
    number = _balanced(number, steps)
    ordered = np.repeat(steps, number)
    # Spread over the keys, so that close keys do not get close noise.
    return ordered[np.argsort((np.arange(KEYS) * 101) % KEYS, kind="stable")]


def _room(count: int, largest: int) -> float:
    """Largest variance of noise without bias that takes away at most the count."""
    return float(min(count, largest) * largest) * 0.9


def _most_entropy(steps: np.ndarray, variance: float) -> np.ndarray:
    """Probabilities with mean 0 and a variance, of most entropy: exp(a step + b step^2)."""
    power = np.column_stack([steps, steps**2]).astype(float)
    target, tilt = np.array([0.0, variance]), np.zeros(2)
    for _ in range(200):
        weight = np.exp(power @ tilt - (power @ tilt).max())
        share = weight / weight.sum()
        mean = share @ power
        spread = (power - mean).T * share @ (power - mean)
        step = np.linalg.solve(spread + 1e-12 * np.eye(2), target - mean)
        tilt += np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-12:
            break
    return share


def _balanced(number: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Numbers of keys whose noise adds up to 0, by moving keys between neighbouring steps."""
    number = number.copy()
    while (excess := int(number @ steps)) != 0:
        shift = -1 if excess > 0 else 1
        able = np.flatnonzero(number[:-1] if shift > 0 else number[1:]) + (shift < 0)
        start = able[np.argmax(number[able])]
        number[start] -= 1
        number[start + shift] += 1
    return number


def _checked_secret(secret: bytes) -> bytes:
    if len(secret) < SHORTEST_SECRET:
        raise DisclosureError(
            f"The secret of the protection has {len(secret)} bytes, and needs "
            f"{SHORTEST_SECRET} or more.\nMake one of 32 random bytes and keep it."
        )
    return secret


def _require_keys(counts: pd.DataFrame, key: str) -> None:
    if key not in counts:
        raise DisclosureError(
            f"There is no column {key} of record keys.\n"
            "Add keys with ingest.record_keys.with_record_keys(), and sum them beside the count."
        )
    odd = int((counts[key].isna() | (counts[key] < 0)).sum())
    if odd:
        raise DisclosureError(
            f"{odd} of {len(counts)} rows have no key, or one below 0, in column {key}.\n"
            "Every record needs a key, or its noise would change from table to table."
        )
