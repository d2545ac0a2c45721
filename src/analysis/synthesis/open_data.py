"""Open data: invented records on real areas and real populations that agree with published counts.

No record is a person. Counts by area, sex, cause and month are those of ONS's local-area workbook
of July 2020; ages, dates, causes, places and occupations are invented around them, the first four
by published shapes. Rates published by ONS are never read here: they are the test.
"""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.errors import InputError
from analysis.ingest.area_lookup import read_published_lookup
from analysis.ingest.published import read_local_area, read_msoa_counts
from analysis.ingest.weekly_history import read_workbooks
from analysis.synthesis.demonstration_certificates import last_occupations, mention_codes
from analysis.synthesis.demonstration_draws import stream
from analysis.synthesis.demonstration_population import (
    WORKING_BANDS,
    make_occupation_population,
)
from analysis.synthesis.demonstration_records import occupation_population_table
from analysis.synthesis.margins import LocalMargins, local_margins, national_margins
from analysis.synthesis.open_areas import DECILES, Areas, index_areas, sum_over
from analysis.synthesis.open_certificates import fill_in
from analysis.synthesis.open_dates import death_dates, register, windows
from analysis.synthesis.open_deaths import ABROAD, make_spring_deaths, relative_risks
from analysis.synthesis.open_files import LOCAL_AREA, WEEKLY, published
from analysis.synthesis.open_population import People, estimate_people
from analysis.synthesis.open_records import (
    area_population_table,
    deprivation_population_table,
    records_table,
)
from analysis.synthesis.open_report import margin_report
from analysis.synthesis.open_rest import death_dates_before, make_rest, weekly_gaps
from analysis.vocabulary import AGE_BANDS

VERSION = 1  # of the recipe: raised when the same seed gives other data
ROWS_TOGETHER = 122_880


def synthesise(
    folder_published: str | Path,
    folder_out: str | Path,
    seed: int = 2020,
    progress: Callable[[str], None] = lambda step: None,
) -> pd.DataFrame:
    """Write an input set of open data, and say what it agrees with.

    Parameters
    ----------
    folder_published
        Where ``fetch`` put the published files.
    folder_out
        Where to write ``records.parquet``, ``lookup.parquet``, ``population_area.parquet``,
        ``population_deprivation.parquet``, ``population_occupation.parquet``, ``weekly.parquet``
        (registrations by week as published), ``margins.csv`` (what is returned) and
        ``about.json``. Made if it is not there; files of these names are replaced together, or
        not at all.
    seed
        The same seed gives the same bytes with the same versions of the libraries.
    progress
        Called with the name of each step when it begins.

    Returns
    -------
    DataFrame
        One row per published margin, as ``margin_report`` gives: which are exact, which nearly and
        by how much, and which source won where two disagree.

    Raises
    ------
    InputError
        A published file is missing or not the edition listed, the published counts contradict
        each other, or the folder cannot be written.
    """
    progress("areas and people")
    areas = _areas(folder_published)
    people = estimate_people(folder_published, areas)
    later, earlier = (_edition(folder_published, path, areas) for path in LOCAL_AREA.values())
    risks = relative_risks(folder_published)

    progress("deaths of March to June by area, sex and age")
    national = national_margins(folder_published, _by_country(people, areas), _totals(later, areas))
    spring = make_spring_deaths(
        people, risks, later, earlier, national, areas, stream(seed, "open deaths")
    ).deaths
    group = spring["group"].to_numpy()
    abroad = group == ABROAD
    spring = spring.assign(country=np.where(abroad, 0, areas.group_country[group]))

    progress("certificates, dates and registrations")
    random = stream(seed, "open certificates")
    spring = fill_in(spring, national.due, folder_published, random)
    region = np.where(abroad, ABROAD, areas.authority_region[areas.group_authority[group]])
    died = death_dates(spring, region, areas.regions, folder_published, random)
    registered, coroner = register(
        died, *windows(spring, died), spring["disease"].to_numpy(), random
    )
    spring = spring.assign(died=died, registered=registered, coroner=coroner)

    progress("deaths of the other months of 2020")
    random = stream(seed, "open rest")
    gaps = weekly_gaps(folder_published, spring, areas.regions)
    rest = make_rest(gaps, people.area, risks, areas, random)
    rest = rest.assign(country=areas.group_country[rest["group"]])
    rest = fill_in(rest, national.due, folder_published, random)
    dates = rest["registered"].to_numpy().astype("datetime64[D]")
    died, coroner = death_dates_before(dates, rest["disease"].to_numpy(), random)
    rest = rest.assign(died=died, registered=dates, coroner=coroner)

    progress("records and tables")
    report = margin_report(spring, later, earlier, gaps, areas, folder_published)
    tables = _tables(pd.concat([spring, rest], ignore_index=True), people, areas, seed)
    weekly = read_workbooks([Path(folder_published) / path for path in WEEKLY])
    tables["weekly"] = pa.Table.from_pandas(weekly, preserve_index=False)
    _write(Path(folder_out), tables, report, seed)
    return report


def _areas(folder: str | Path) -> Areas:
    names = ("lookup", "msoa names", "imd", "wimd")
    return index_areas(read_published_lookup(*(published(folder, name) for name in names)))


def _edition(folder: str | Path, path: str, areas: Areas) -> LocalMargins:
    book = Path(folder) / path
    return local_margins(read_local_area(book), read_msoa_counts(book), areas)


def _by_country(people: People, areas: Areas) -> np.ndarray:
    return sum_over(people.area, (areas.lsoa_stratum >= DECILES).astype(int), 2)


def _totals(margins: LocalMargins, areas: Areas) -> np.ndarray:
    """Return deaths by country x cause x sex x month."""
    wales = areas.regions.str.startswith("W")
    parts = [margins.region[..., ~wales].sum(axis=-1), margins.region[..., wales].sum(axis=-1)]
    return np.stack(parts).transpose(0, 1, 3, 2)


def _tables(deaths: pd.DataFrame, people: People, areas: Areas, seed: int) -> dict[str, pa.Table]:
    shuffled = deaths.iloc[stream(seed, "open order").permutation(len(deaths))]
    deaths = shuffled.sort_values("registered", kind="stable", ignore_index=True)
    national = np.rint(people.area.sum(axis=0))[None].astype(int)
    at_work = make_occupation_population(national, seed)
    return {
        "records": records_table(
            deaths,
            areas,
            mentions=mention_codes(deaths, seed),
            occupation=last_occupations(deaths, at_work, seed),
        ),
        "lookup": pa.Table.from_pandas(areas.lookup, preserve_index=False),
        "population_area": area_population_table(people, areas),
        "population_deprivation": deprivation_population_table(people),
        "population_occupation": occupation_population_table(at_work, AGE_BANDS[WORKING_BANDS]),
    }


def _write(folder: Path, tables: dict[str, pa.Table], report: pd.DataFrame, seed: int) -> None:
    """Write everything beside its place first, so that a full disk leaves nothing half-written."""
    about = {
        "title": "Open data",
        "note": "Invented records that agree with published totals: no record is a person.",
        "version": VERSION,
        "seed": seed,
        "rows": {name: table.num_rows for name, table in tables.items()},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as unfinished:
            for name, table in tables.items():
                path = Path(unfinished, f"{name}.parquet")
                pq.write_table(
                    table,
                    path,
                    compression="zstd",
                    row_group_size=ROWS_TOGETHER,
                    store_schema=False,  # so that readers see plain strings, not categories
                )
            report.to_csv(Path(unfinished, "margins.csv"), index=False, lineterminator="\n")
            text = json.dumps(about, indent=2) + "\n"
            Path(unfinished, "about.json").write_text(text, encoding="utf-8")
            for name in sorted(os.listdir(unfinished)):
                os.replace(Path(unfinished, name), folder / name)
    except OSError as error:
        raise InputError(
            f"open data: {folder} cannot be written ({error.strerror or error}).\n"
            "Nothing was changed there. Make room, or give another folder."
        ) from error
