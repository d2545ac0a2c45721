"""Counts by MSOA, of which a few deaths have changed places: once, before any page sees them.

True counts by small area stay in the counts of kind ``area``, of which pages get the larger areas
only (``load_deaths``). What a page shows by MSOA is made from the counts that are written here.
"""

import hashlib
import json
from pathlib import Path

import ibis
import pandas as pd

from analysis.disclosure.perturb import read_secret
from analysis.disclosure.reallocate import reallocate
from analysis.disclosure.rules import rule_set
from analysis.errors import ParamsError
from analysis.params import EditionParams
from analysis.params.models import Page

AREA, PARENT = "msoa11cd", "lad20cd"
GROUPS = [
    AREA, PARENT, "rgn20cd", "ctry20cd", "residence", "sex", "age_band", "month", "covid19",
]  # fmt: skip


def write_small_areas(params: EditionParams, root: Path, out: Path, lookup: pd.DataFrame) -> None:
    """Write ``msoa.parquet``, and in ``moved.json`` what the page says of it.

    Parameters
    ----------
    out
        Folder with the counts of kind ``area`` and the population of the same name.
    lookup
        Areas, as ``read_lookup`` gives them.

    Raises
    ------
    ParamsError, DisclosureError
        As :func:`secret_of`.
    """
    engine = ibis.duckdb.connect()
    deaths = engine.read_parquet(out / "area.parquet").group_by(GROUPS)
    counts = deaths.agg(numerator=lambda t: t.numerator.sum().cast("int64")).to_pandas()
    secret, share = secret_of(params, root), _share(params)
    if secret is not None and share:
        people = _inhabited(engine, params, out)
        placed = counts[AREA].notna()
        moved = reallocate(counts[placed], AREA, PARENT, secret, share, homes=lookup, people=people)
        counts = pd.concat([moved, counts[~placed]])
    counts = counts.sort_values(GROUPS, ignore_index=True)
    counts.to_parquet(out / "msoa.parquet", index=False)
    before = params.protection.moved_before if params.protection else None
    (out / "moved.json").write_text(json.dumps({"before": before}), encoding="utf-8")


def secret_of(params: EditionParams, root: Path) -> bytes | None:
    """Return what the moves follow from; None where deaths were moved before they came here.

    Raises
    ------
    ParamsError
        The file of the secret is inside the project, from where it could be published.
    DisclosureError
        There is no such file, or it is too short.
    """
    given = params.protection
    if given is None or given.moved_before:
        return None
    if given.secret is None:
        return hashlib.sha256(f"seed {given.seed}".encode()).digest()
    path = (root / given.secret).resolve()
    if path.is_relative_to(root.resolve()):
        raise ParamsError(
            f"protection.secret: {given.secret} is inside the project.\n"
            "Who has the secret can undo the protection, and a project is copied and published.\n"
            "Keep it in a folder of its own that only those who hold the records can read."
        )
    return read_secret(path)


def _inhabited(engine: ibis.BaseBackend, params: EditionParams, out: Path) -> pd.DataFrame:
    """Area, sex and age band of people in every population that pages by MSOA use."""
    keys, places = [AREA, "sex", "age_band"], None
    for kind in sorted({page.population for page in _pages(params)}):
        people = engine.read_parquet(out / f"population_{kind}.parquet").group_by(keys)
        people = people.having(lambda t: t.population.sum() > 0).agg().to_pandas()
        places = people if places is None else places.merge(people)
    return places


def _pages(params: EditionParams) -> list[Page]:
    return [page for page in params.pages.values() if page.deaths == "msoa"]


def _share(params: EditionParams) -> float:
    """Chance of a death to be moved, by the rules of the pages that show counts by MSOA."""
    rules = {page.rules for page in _pages(params)}
    kinds = [rule_set(name).family.kind("msoa", "edition") for name in sorted(rules)]
    return max((kind.moved for kind in kinds), default=0.0) / 100
