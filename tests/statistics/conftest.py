"""Worked answers that others published, and how closely ours must agree with them."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def oracle(shared):
    """Read one table of worked answers, codes as text, blanks as missing."""

    def read(name: str, **options) -> pd.DataFrame:
        return pd.read_csv(shared / "oracles" / name, **options)

    return read


@pytest.fixture(scope="session")
def agreeing():
    """Compare numbers with worked answers; blanks of the source are left out.

    Returns how many were compared, so that a test can say how many there must be.
    """

    def compare(ours, theirs, rel: float = 1e-9, abs: float = 0.0) -> int:
        ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
        given = ~np.isnan(theirs)
        np.testing.assert_allclose(ours[given], theirs[given], rtol=rel, atol=abs)
        return int(given.sum())

    return compare
