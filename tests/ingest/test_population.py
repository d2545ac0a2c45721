"""People at risk: whole in sexes, ages and areas, at whatever geography they are given."""

from itertools import product

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.ingest.population import read_population, write_population
from analysis.vocabulary import AGE_BANDS
from tests.ingest.samples import LOOKUP


def people(**groups):
    """Return 10 people in each sex and age band of each group."""
    column, codes = next(iter(groups.items()))
    cells = list(product(codes, ["F", "M"], AGE_BANDS))
    return pd.DataFrame(cells, columns=[column, "sex", "age_band"]).assign(population=10)


def read(folder, population, lookup=LOOKUP, **ages):
    population.to_csv(folder / "population.csv", index=False)
    return read_population(folder / "population.csv", lookup, **ages)


def refused(folder, population, **ages):
    with pytest.raises(InputError) as error:
        read(folder, population, **ages)
    return str(error.value)


def test_a_population_by_lsoa_is_read_as_it_is(tmp_path):
    population = read(tmp_path, people(lsoa11cd=LOOKUP["lsoa11cd"]).assign(note="x"))

    assert population.columns.tolist() == ["lsoa11cd", "sex", "age_band", "population"]
    assert population["population"].sum() == 3 * 2 * 20 * 10


@pytest.mark.parametrize(
    "groups",
    [{"lad20cd": ["E06000001", "W06000001"]}, {"rgn20cd": ["E12000001", "W92000004"]},
     {"imd_decile": range(1, 11)}, {"wimd_quintile": range(1, 6)}],
)  # fmt: skip
def test_a_coarser_geography_is_accepted_as_it_is(tmp_path, groups):
    population = read(tmp_path, people(**groups))

    assert population.columns[0] == next(iter(groups))
    assert len(population) == 40 * len(next(iter(groups.values())))


def test_people_without_an_occupation_are_a_group(tmp_path):
    population = read(tmp_path, people(soc2010=["6145", ""]), lookup=None)

    assert population.loc[population["soc2010"].isna(), "population"].sum() == 400


def test_a_missing_age_band_is_named_for_each_sex(tmp_path):
    population = people(lsoa11cd=LOOKUP["lsoa11cd"])
    women = population["sex"] == "F"

    message = refused(tmp_path, population[~(women & (population["age_band"] == "85-89"))])

    assert "sex F: no row for age band 85-89" in message
    assert "sex M" not in message


def test_areas_that_lack_rows_are_named(tmp_path):
    population = people(lsoa11cd=LOOKUP["lsoa11cd"])
    area = LOOKUP["lsoa11cd"].iloc[0]
    lost = (population["lsoa11cd"] == area) & (population["age_band"] == "30-34")

    message = refused(tmp_path, population[~lost])

    assert f"lsoa11cd {area}: no row for some sex and age band (2 rows missing" in message


def test_only_the_age_bands_of_a_page_must_be_there(tmp_path):
    population = people(soc2010=["6145"])
    adults = population[population["age_band"].isin(AGE_BANDS[5:14])]

    assert "no row for age band <1, 1-4" in refused(tmp_path, adults)
    assert len(read(tmp_path, adults, age_bands=AGE_BANDS[5:14])) == 18


def test_a_missing_sex_is_named(tmp_path):
    population = people(lsoa11cd=LOOKUP["lsoa11cd"])

    message = refused(tmp_path, population[population["sex"] == "F"])

    assert "sex M: no row at all" in message


def test_all_faults_are_in_one_message(tmp_path):
    population = people(lsoa11cd=["E01000001", "E01000002", "E01999999"])
    population = pd.concat([population, population.iloc[[5]]], ignore_index=True)
    population.loc[0, "population"] = -1
    population.loc[1, "age_band"] = "90-94"
    population.loc[2, "sex"] = "Persons"

    message = refused(tmp_path, population)

    assert "population: is negative: -1.0 (1 rows)" in message
    assert "age_band: is no age band: 90-94 (1 rows)" in message
    assert "sex: is not F or M: Persons (1 rows)" in message
    assert "lsoa11cd E01000001: given twice (1 rows)" in message
    assert "lsoa11cd E01999999: in no lookup (1 areas)" in message
    assert "lsoa11cd W01000001: no population (1 areas)" in message


def test_a_population_that_is_no_number_is_refused(tmp_path):
    population = people(imd_decile=range(1, 11)).astype({"population": "object"})
    population.loc[3, "population"] = "many"

    assert "population: is no number: many" in refused(tmp_path, population)


def test_a_table_without_a_group_is_refused(tmp_path):
    assert "no column of a group" in refused(tmp_path, people(colour=["red"]))


def test_areas_and_deprivation_are_written_beside_the_lsoa(tmp_path):
    population = read(tmp_path, people(lsoa11cd=LOOKUP["lsoa11cd"]))

    frame = pd.read_parquet(write_population(population, LOOKUP, tmp_path / "population.parquet"))

    by_decile = frame.groupby("imd_decile")["population"].sum()
    assert by_decile.to_dict() == {1: 400, 10: 400}
    assert frame.groupby("rgn20cd")["population"].sum().to_dict() == {
        "E12000001": 800, "W92000004": 400,
    }  # fmt: skip
    assert frame["lad20cd"].dtype == "str"


def test_the_same_population_gives_the_same_file_in_any_order(tmp_path):
    population = read(tmp_path, people(lsoa11cd=LOOKUP["lsoa11cd"]))
    turned = population.iloc[::-1]

    first = write_population(population, LOOKUP, tmp_path / "a.parquet")
    second = write_population(turned, LOOKUP, tmp_path / "b.parquet")

    assert first.read_bytes() == second.read_bytes()
