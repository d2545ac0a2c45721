"""Demonstration data: an invented year of death registrations, the size of England and Wales.

The default input of a fresh machine, made from nothing but what the package ships. Nobody in it
exists and no place below a region does; no published figure can be got from it. It looks enough
like 2020 for every page to have something to show: a wave of COVID-19 in spring that begins in
London and one in autumn, steep in age and in deprivation, with risks that differ by occupation.
"""

import json
import os
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.errors import InputError
from analysis.synthesis.demonstration_certificates import (
    fill_in_causes,
    last_occupations,
    mention_codes,
)
from analysis.synthesis.demonstration_deaths import make_deaths
from analysis.synthesis.demonstration_geography import LOOKUP, make_areas
from analysis.synthesis.demonstration_population import (
    WORKING_BANDS,
    make_occupation_population,
    make_population,
    make_population_year_before,
)
from analysis.synthesis.demonstration_records import (
    area_population_table,
    make_records,
    occupation_population_table,
)
from analysis.synthesis.demonstration_registration import register_deaths
from analysis.synthesis.demonstration_weekly import make_weekly_history
from analysis.vocabulary import AGE_BANDS

VERSION = 2  # of the recipe: raised when the same seed and size give other data
SMALLEST = 0.005

_ROWS_TOGETHER = 122_880  # rows of a Parquet row group: one of DuckDB's, so that all cores read
_ALL_DIFFERENT = {"record_id"}  # columns that a dictionary would only make larger


def make_demonstration(folder: Path, size: float = 1.0, seed: int = 2020) -> dict[str, object]:
    """Write an input set of invented data.

    Parameters
    ----------
    folder
        Where to write ``records.parquet``, ``lookup.parquet``, ``population_area.parquet``,
        ``population_deprivation.parquet``, ``population_occupation.parquet``, ``weekly.parquet``
        (registrations of 2010 to 2019 by week) and ``about.json``.
        It is made if it is not there; files of these names are replaced.
    size
        Share of England and Wales, 0.005 to 1. At 1 there are 34,753 LSOAs, 7,201 MSOAs, 336 local
        authorities, ten regions and some 610,000 registrations.
    seed
        The same seed and size give the same bytes with the same versions of the libraries.

    Returns
    -------
    dict
        What ``about.json`` says: what the data are, version, seed, size and rows of each file.

    Raises
    ------
    InputError
        The size is not between 0.005 and 1, or the folder cannot be written. What was in the folder
        is left as it was.
    """
    if not SMALLEST <= size <= 1:
        raise InputError(
            f"demonstration data: size {size} is not between {SMALLEST} and 1.\n"
            f"Size is the share of the areas of England and Wales to make. Below {SMALLEST} some "
            f"regions and deciles would be empty.\n"
            f"Give a size from {SMALLEST} to 1; tests use 0.01."
        )
    tables = _make_tables(size, seed)
    about = {
        "title": "Demonstration data",
        "note": "Invented data: no person, place below a region or figure in it is real.",
        "version": VERSION,
        "seed": seed,
        "size": size,
        "rows": {name: table.num_rows for name, table in tables.items()},
    }
    try:
        _write(folder, tables, about)
    except OSError as error:
        raise InputError(
            f"demonstration data: {folder} cannot be written ({error.strerror or error}).\n"
            f"Nothing was changed there: some {_megabytes(tables)} MB are needed while writing.\n"
            f"Make room, or give another folder."
        ) from error
    return about


def _make_tables(size: float, seed: int) -> dict[str, pa.Table]:
    areas = make_areas(size, seed)
    population = make_population(areas, seed)
    people_at_work = make_occupation_population(population, seed)

    deaths = make_deaths(areas, population, seed)
    deaths = register_deaths(fill_in_causes(deaths, seed), seed)
    records = make_records(
        deaths,
        areas,
        mentions=mention_codes(deaths, seed),
        occupation=last_occupations(deaths, people_at_work, seed),
        seed=seed,
    )
    return {
        "records": records,
        "lookup": pa.Table.from_pandas(areas[LOOKUP], preserve_index=False),
        "population_area": area_population_table(population, areas),
        "population_deprivation": area_population_table(
            make_population_year_before(population, seed), areas
        ),
        "population_occupation": occupation_population_table(
            people_at_work, AGE_BANDS[WORKING_BANDS]
        ),
        "weekly": make_weekly_history(deaths, seed),
    }


def _write(folder: Path, tables: dict[str, pa.Table], about: dict[str, object]) -> None:
    """Write everything beside its place first, so that a full disk leaves nothing half-written."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as unfinished:
        for name, table in tables.items():
            pq.write_table(
                table,
                Path(unfinished, f"{name}.parquet"),
                compression="zstd",
                use_dictionary=[
                    column for column in _leaves(table) if column not in _ALL_DIFFERENT
                ],
                row_group_size=_ROWS_TOGETHER,
                store_schema=False,  # so that readers see plain strings, not categories
            )
        text = json.dumps(about, indent=2) + "\n"
        Path(unfinished, "about.json").write_text(text, encoding="utf-8")
        for name in sorted(os.listdir(unfinished)):
            os.replace(Path(unfinished, name), folder / name)


def _leaves(table: pa.Table) -> list[str]:
    """Return the columns as Parquet names them: a list has its values below it."""
    lists = {field.name for field in table.schema if pa.types.is_list(field.type)}
    return [f"{name}.list.element" if name in lists else name for name in table.column_names]


def _megabytes(tables: dict[str, pa.Table]) -> int:
    return sum(table.nbytes for table in tables.values()) // 1_000_000 + 1
