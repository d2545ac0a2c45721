"""Counting the records of an edition: once, in the engine, into files that its pages share.

The files are written beside their place and moved there together, so that an edition is counted
whole or not at all. They are made again only if the parameters, an input or the code that counts
has changed.
"""

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import pandas as pd

from analysis.errors import InputError
from analysis.ingest.checks import Checked, check_records
from analysis.ingest.counts import count_records
from analysis.ingest.derive import derive_columns
from analysis.ingest.engine import keep, let_go, write_parquet
from analysis.ingest.select import (
    select_records,
    with_known_age_and_sex,
    with_time_to_cut_off,
)
from analysis.ingest.sources import unknown_columns
from analysis.ingest.weekly_history import read_history
from analysis.params import EditionParams
from analysis.run.asking import earlier_releases, write_edition_answers
from analysis.run.quality import quality_tables, reconciliation, slow_share
from analysis.run.shared import Shared
from analysis.run.small_areas import secret_of, write_small_areas
from analysis.standards import esp2013
from analysis.tables.ledger import Entry
from analysis.vocabulary import AGE_BANDS, ENGLAND, ENGLAND_AND_WALES, WALES

# Rooms whose code decides what the counts are.
COUNTING = ("standards", "ingest", "disclosure", "tables", "run")


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
    counts = root / "_build" / params.edition / "counts"
    inputs = _digests(params, root)
    shared.note(inputs)
    earlier = earlier_releases(params, root, shared)
    key = _key(params, inputs, secret_of(params, root), earlier)
    shared.answers.append(counts / "answers")
    if (counts / "key").is_file() and (counts / "key").read_text() == key:
        return False

    part = counts.with_name("counts.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        _count(params, root, part, shared, earlier)
        text = json.dumps(inputs, indent=1)
        (part / "inputs.json").write_text(text, encoding="utf-8")
        (part / "key").write_text(key, encoding="utf-8")
        shutil.rmtree(counts, ignore_errors=True)
        part.replace(counts)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return True


def check_edition(params: EditionParams, root: Path) -> tuple[pd.DataFrame, list[str]]:
    """Return what the checks find in the records of an edition, and the columns kept out.

    A row of the frame is a rule: ``rule severity records``.
    """
    with Shared(root) as shared:
        checks = quality_tables(_checked(params, shared), None)["checks"]
    return checks, unknown_columns(root / params.inputs.records, params.inputs.layout)


def page_folder(root: Path) -> Path:
    """Return the folder of the pages."""
    return root / "notebooks"


def write_whole(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _count(
    params: EditionParams, root: Path, out: Path, shared: Shared, earlier: list[Entry]
) -> None:
    lookup = shared.lookup(params)
    with ThreadPoolExecutor(max_workers=1) as beside:  # the engine leaves Python time for people
        people = beside.submit(_write_populations, params, out, shared)
        _count_records(params, out, shared, earlier)
        people.result()
    if any(page.deaths == "msoa" for page in params.pages.values()):
        write_small_areas(params, root, out, lookup)
    _areas(lookup).to_parquet(out / "areas.parquet", index=False)
    if params.inputs.weekly:
        history = read_history(root / params.inputs.weekly)
        history.to_parquet(out / "weekly_history.parquet", index=False)
    published = params.inputs.published
    compared = reconciliation(out, root / published if published else None)
    compared.to_parquet(out / "quality_reconciliation.parquet", index=False)


def _count_records(params: EditionParams, out: Path, shared: Shared, earlier: list[Entry]) -> None:
    checked = _checked(params, shared)
    derived = derive_columns(checked.kept, shared.lookup(params))
    # What no count needs is dropped first: identifiers, and lists of causes, which take most room.
    records = keep(
        with_known_age_and_sex(derived).drop("record_id", "icd10_mentions"), params.inputs.records
    )
    selected = {
        kind: select_records(
            records, deaths.basis, deaths.date_from, deaths.date_to, params.registered_by
        )
        for kind, deaths in params.deaths.items()
    }
    for kind, deaths in selected.items():
        write_parquet(count_records(deaths, kind), out / f"{kind}.parquet")
    kind = "weekly" if "weekly" in selected else "area"
    late = with_time_to_cut_off(selected[kind], params.deaths[kind].date_from, params.registered_by)
    write_parquet(count_records(late, "late"), out / "late.parquet")
    slow = slow_share(count_records(selected[kind], "delays").to_pandas())
    slow.to_parquet(out / "quality_slow.parquet", index=False)
    for name, table in quality_tables(checked, selected.get("area")).items():
        table.to_parquet(out / f"quality_{name}.parquet", index=False)
    write_edition_answers(params, records, shared.lookup(params), earlier, out)
    let_go(records)


def _write_populations(params: EditionParams, out: Path, shared: Shared) -> None:
    for kind in sorted({page.population for page in params.pages.values()}):
        bands = _bands_needed(params, kind)
        shared.write_population(params, kind, bands, out / f"population_{kind}.parquet")


def _checked(params: EditionParams, shared: Shared) -> Checked:
    return check_records(
        shared.records(params),
        shared.lookup(params),
        params.registered_by,
        delivered=None,
        where=params.inputs.records,
    )


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


def _digests(params: EditionParams, root: Path) -> list[dict]:
    named = {"records": params.inputs.records, "lookup": params.inputs.lookup}
    named |= {
        f"population, {kind}": population.path
        for kind, population in params.inputs.populations.items()
    }
    if params.inputs.published:
        named["published figures"] = params.inputs.published
    if params.inputs.weekly:
        named["weekly deaths of the years before"] = params.inputs.weekly
    missing = [file for file in named.values() if not (root / file).exists()]
    if missing:
        listed = "\n".join(f"  {file}" for file in missing)
        raise InputError(
            f"edition {params.edition}: {len(missing)} input files are missing.\n{listed}\n"
            "Make them with `bulletin data demo` or `bulletin data synthesise`, or correct the "
            "paths in the parameter file."
        )
    return [{"name": name, "file": file, **_digest(root / file)} for name, file in named.items()]


def _digest(path: Path) -> dict[str, int | str]:
    """Size and SHA-256 of a file, or of all files of a folder in order of their names."""
    digest, size = hashlib.sha256(), 0
    for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
        size += file.stat().st_size
    return {"bytes": size, "sha256": digest.hexdigest()}


def _key(
    params: EditionParams, inputs: list[dict], secret: bytes | None, earlier: list[Entry]
) -> str:
    code = hashlib.sha256(secret or b"")
    for room in COUNTING:
        for file in sorted(Path(str(files("analysis"))).joinpath(room).rglob("*")):
            if file.suffix in {".py", ".yml", ".csv"}:
                code.update(file.read_bytes())
    given = [_digest(entry.path)["sha256"] for entry in earlier]
    parts = [params.model_dump_json(), json.dumps([inputs, given]), code.hexdigest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
