"""Counting the records of an edition: once, in the engine, into files that its pages share.

They are made again only if the parameters, an input or the code that counts has changed.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ibis
import pandas as pd

from analysis.ingest.counts import count_records
from analysis.ingest.engine import write_parquet
from analysis.ingest.select import select_records, with_time_to_cut_off
from analysis.ingest.sources import unknown_columns
from analysis.ingest.weekly_history import read_history
from analysis.params import EditionParams
from analysis.run.inputs import input_digests, key_of, make_folder
from analysis.run.quality import quality_tables, reconciliation, slow_share
from analysis.run.shared import Shared
from analysis.run.small_areas import secret_of, write_small_areas
from analysis.standards import esp2013
from analysis.vocabulary import AGE_BANDS, ENGLAND, ENGLAND_AND_WALES, WALES


def count_edition(params: EditionParams, root: Path, shared: Shared | None = None) -> bool:
    """Count the records of an edition for all its pages; return False if that was done already.

    Writes ``_build/<edition>/counts/``: a file for each kind of deaths and of population, the
    names of areas, what the checks found, and ``inputs.json``.

    Parameters
    ----------
    shared
        What is read once for all editions of a run.

    Raises
    ------
    InputError
        An input is missing, damaged, or not what the parameters say. What was counted before
        stays.
    """
    if shared is None:
        with Shared(root) as alone:
            return count_edition(params, root, alone)
    inputs = input_digests(params, root)
    shared.note(inputs)
    secret = (secret_of(params, root) or b"").hex()

    def count(out: Path) -> None:
        _count(params, root, out, shared)
        (out / "inputs.json").write_text(json.dumps(inputs, indent=1), encoding="utf-8")

    key = key_of(params.model_dump_json(), json.dumps(inputs), secret)
    return make_folder(root / "_build" / params.edition / "counts", key, count)


def check_edition(params: EditionParams, root: Path) -> tuple[pd.DataFrame, list[str]]:
    """Return what the checks find in the records of an edition, and the columns kept out.

    A row of the frame is a rule: ``rule severity records``.
    """
    with Shared(root) as shared:
        checks = quality_tables(shared.checked(params), None)["checks"]
    return checks, unknown_columns(root / params.inputs.records, params.inputs.layout)


def page_folder(root: Path) -> Path:
    """Return the folder of the pages."""
    return root / "notebooks"


def write_whole(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _count(params: EditionParams, root: Path, out: Path, shared: Shared) -> None:
    lookup = shared.lookup(params)
    with ThreadPoolExecutor(max_workers=1) as beside:  # the engine leaves Python time for people
        people = beside.submit(_write_populations, params, out, shared)
        selected = _select(params, shared)
        for kind, deaths in selected.items():
            write_parquet(count_records(deaths, kind), out / f"{kind}.parquet")
        small = beside.submit(_write_small_areas, params, root, out, lookup)  # after the people
        _count_delays(params, out, selected, shared)
        people.result()
        small.result()
    _areas(lookup).to_parquet(out / "areas.parquet", index=False)
    if params.inputs.weekly:
        history = read_history(root / params.inputs.weekly)
        history.to_parquet(out / "weekly_history.parquet", index=False)
    published = params.inputs.published
    compared = reconciliation(out, root / published if published else None)
    compared.to_parquet(out / "quality_reconciliation.parquet", index=False)


def _select(params: EditionParams, shared: Shared) -> dict[str, ibis.Table]:
    """The records of each kind of deaths."""
    records = shared.countable(params)
    return {
        kind: select_records(
            records, deaths.basis, deaths.date_from, deaths.date_to, params.registered_by
        )
        for kind, deaths in params.deaths.items()
    }


def _count_delays(
    params: EditionParams, out: Path, selected: dict[str, ibis.Table], shared: Shared
) -> None:
    kind = "weekly" if "weekly" in selected else "area"
    late = with_time_to_cut_off(selected[kind], params.deaths[kind].date_from, params.registered_by)
    write_parquet(count_records(late, "late"), out / "late.parquet")
    slow = slow_share(count_records(selected[kind], "delays").to_pandas())
    slow.to_parquet(out / "quality_slow.parquet", index=False)
    for name, table in quality_tables(shared.checked(params), selected.get("area")).items():
        table.to_parquet(out / f"quality_{name}.parquet", index=False)


def _write_small_areas(params: EditionParams, root: Path, out: Path, lookup: pd.DataFrame) -> None:
    if any(page.deaths == "msoa" for page in params.pages.values()):
        write_small_areas(params, root, out, lookup)


def _write_populations(params: EditionParams, out: Path, shared: Shared) -> None:
    for kind in sorted({page.population for page in params.pages.values()}):
        bands = _bands_needed(params, kind)
        shared.write_population(params, kind, bands, out / f"population_{kind}.parquet")


def _bands_needed(params: EditionParams, population: str) -> list[str]:
    """Age bands that the pages which use a population need."""
    used = {page.deaths for page in params.pages.values() if page.population == population}
    ages = [params.deaths_of(kind) for kind in sorted(used)]
    needed = {band for deaths in ages for band in esp2013(deaths.age_min, deaths.age_max).index}
    return [band for band in AGE_BANDS if band in needed]


def _areas(lookup: pd.DataFrame) -> pd.DataFrame:
    """Names of areas: ``area_code area_name area_level region_name``."""
    top = {ENGLAND_AND_WALES: "England and Wales", ENGLAND: "England", WALES: "Wales"}
    frames = [pd.DataFrame({"area_code": top.keys(), "area_name": top.values()}).assign(
        area_level="Country", region_name="")]  # fmt: skip
    for level, stem in (("Region", "rgn20"), ("Local authority", "lad20"), ("MSOA", "msoa11")):
        named = lookup.drop_duplicates(f"{stem}cd")
        frames.append(
            pd.DataFrame(
                {
                    "area_code": named[f"{stem}cd"],
                    "area_name": named[f"{stem}nm"],
                    "area_level": level,
                    "region_name": named["rgn20nm"],
                }
            )
        )
    return pd.concat(frames).drop_duplicates("area_code").sort_values("area_code")
