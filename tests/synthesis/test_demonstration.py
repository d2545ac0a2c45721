import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.errors import InputError
from analysis.standards import esp2013
from analysis.statistics.counts import count_deaths
from analysis.statistics.rates import asmr
from analysis.synthesis.demonstration import make_demonstration
from analysis.vocabulary import AGE_BANDS

FILES = {
    "about.json", "lookup.parquet", "population_area.parquet", "population_deprivation.parquet",
    "population_occupation.parquet", "records.parquet", "weekly.parquet",
}  # fmt: skip
FIRST_AGES = [0, 1, *range(5, 91, 5)]
SPRING = ("2020-03-01", "2020-06-30", "2020-07-11")


def bands(ages):
    edges = [*FIRST_AGES, 200]
    return pd.cut(ages, edges, right=False, labels=AGE_BANDS).astype("object")


def rates(deaths, folder, by, population="area", ages=(0, None)):
    """Return rates by columns of the lookup, of the records, or by SOC2010 major group."""
    standard = esp2013(*ages)
    people = pd.read_parquet(folder / f"population_{population}.parquet")
    if population == "occupation":
        people = people.assign(soc2010_major=people["soc2010"].str[0].fillna("none"))
        deaths = deaths.assign(soc2010_major=deaths["soc2010"].str[0].fillna("none"))
    else:
        lookup = pd.read_parquet(folder / "lookup.parquet")
        people = people.merge(lookup, on="lsoa11cd")
        deaths = deaths.merge(lookup, on="lsoa11cd", how="left")
    deaths = deaths.assign(age_band=bands(deaths["age"]))
    keys = [*by, "age_band"]
    people = people[people["age_band"].isin(standard.index)].dropna(subset=by)
    people = people.groupby(keys)["population"].sum().rename("denominator").reset_index()
    deaths = deaths[deaths["age_band"].isin(standard.index)][keys]
    return asmr(count_deaths(deaths, people, by), by, standard).set_index(by)["asmr"]


def in_spring(records):
    first, last, registered_by = SPRING
    return records[
        records["death_date"].between(first, last) & (records["registration_date"] <= registered_by)
    ]


def test_a_folder_holds_the_files_of_an_input_set_and_says_that_they_are_invented(small):
    about = json.loads((small / "about.json").read_text())

    assert {path.name for path in small.iterdir()} == FILES
    assert about["size"] == 0.01
    assert about["seed"] == 2020
    assert "Invented" in about["note"]


def test_the_same_seed_gives_the_same_bytes(small, tmp_path):
    make_demonstration(tmp_path, size=0.01)

    for name in FILES:
        assert (tmp_path / name).read_bytes() == (small / name).read_bytes()


def test_another_seed_gives_other_records(small, tmp_path):
    make_demonstration(tmp_path, size=0.01, seed=7)

    assert (tmp_path / "records.parquet").read_bytes() != (small / "records.parquet").read_bytes()


def test_files_that_are_there_are_replaced_and_nothing_else_is_left_behind(small, tmp_path):
    (tmp_path / "records.parquet").write_bytes(b"old")
    (tmp_path / "notes.txt").write_bytes(b"mine")

    make_demonstration(tmp_path, size=0.01)

    assert {path.name for path in tmp_path.iterdir()} == FILES | {"notes.txt"}
    assert pq.read_metadata(tmp_path / "records.parquet").num_rows > 5_000


@pytest.mark.parametrize("size", [0, 0.004, 1.01, -1])
def test_a_size_that_leaves_areas_empty_or_runs_out_of_codes_is_refused(size, tmp_path):
    with pytest.raises(InputError, match=f"size {size} is not between"):
        make_demonstration(tmp_path, size=size)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_reported_with_its_name(tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(InputError, match="file cannot be written"):
        make_demonstration(tmp_path / "file", size=0.01)


def test_a_full_disk_leaves_the_folder_as_it_was(small, tmp_path, monkeypatch):
    (tmp_path / "records.parquet").write_bytes(b"old")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)

    with pytest.raises(InputError, match="No space left"):
        make_demonstration(tmp_path, size=0.01)

    assert [path.name for path in tmp_path.iterdir()] == ["records.parquet"]
    assert (tmp_path / "records.parquet").read_bytes() == b"old"


def test_records_have_the_columns_and_types_of_the_layout(small):
    schema = pq.read_schema(small / "records.parquet")

    text, day = pa.string(), pa.date32()
    assert dict(zip(schema.names, schema.types, strict=True)) == {
        "record_id": text, "registration_date": day, "death_date": day, "sex": text,
        "age": pa.int16(), "residence": text, "lsoa11cd": text, "icd10_underlying": text,
        "icd10_mentions": pa.list_(pa.field("element", text)), "place_of_death": text,
        "soc2010": text, "certified_by": text,
    }  # fmt: skip


def test_the_small_data_have_every_region_decile_quintile_and_age_band(small):
    lookup = pd.read_parquet(small / "lookup.parquet")
    people = pd.read_parquet(small / "population_area.parquet")
    deaths = pd.read_parquet(small / "records.parquet")

    assert lookup["rgn20cd"].nunique() == 10
    assert set(lookup["imd_decile"].dropna()) == set(range(1, 11))
    assert set(lookup["wimd_quintile"].dropna()) == set(range(1, 6))
    assert set(people["age_band"]) == set(AGE_BANDS)
    assert set(bands(deaths["age"].dropna())) >= set(AGE_BANDS) - {"1-4", "5-9", "10-14"}


def test_the_whole_has_as_many_people_and_registrations_as_england_and_wales(whole, records):
    people = pd.read_parquet(whole / "population_area.parquet")

    assert len(records) == pytest.approx(610_000, rel=0.005)
    assert people["population"].sum() == pytest.approx(59.44e6, rel=0.001)
    assert records["registration_date"].dt.year.eq(2020).all()
    assert (records["death_date"] < "2019-10-01").mean() < 0.02


def test_nobody_dies_where_nobody_lives(whole, records):
    people = pd.read_parquet(whole / "population_area.parquet")
    empty = people[people["population"] == 0].set_index(["lsoa11cd", "sex", "age_band"]).index
    placed = records.dropna(subset=["lsoa11cd", "sex", "age"])

    cells = pd.MultiIndex.from_arrays(
        [placed["lsoa11cd"], placed["sex"], bands(placed["age"])], names=empty.names
    )

    assert len(empty) > 500
    assert not cells.isin(empty).any()


def test_rates_of_the_year_are_about_those_of_2020(whole, records):
    by_sex = rates(records, whole, ["sex"])

    assert by_sex["F"] == pytest.approx(900, rel=0.05)
    assert by_sex["M"] == pytest.approx(1_250, rel=0.05)


def test_covid_19_in_spring_is_about_that_of_2020(whole, records):
    spring = in_spring(records)
    spring = spring[spring["involving"]]

    by_sex = rates(spring, whole, ["sex"])
    by_region = rates(spring, whole, ["rgn20cd"])

    assert len(spring) == pytest.approx(50_500, rel=0.03)
    assert spring["due_to"].mean() == pytest.approx(0.94, abs=0.01)
    assert by_sex["M"] == pytest.approx(115, rel=0.05)
    assert by_sex["F"] == pytest.approx(68, rel=0.05)
    assert by_region.idxmax() == "E12000007"
    assert by_region.idxmin() == "E12000009"


def test_rates_fall_from_the_most_to_the_least_deprived_decile_and_most_so_for_covid(
    whole, records
):
    spring = in_spring(records)

    every = rates(spring, whole, ["imd_decile"], "deprivation")
    covid = rates(spring[spring["involving"]], whole, ["imd_decile"], "deprivation")

    assert every.is_monotonic_decreasing
    assert covid.is_monotonic_decreasing
    assert 1.7 < every[1] / every[10] < 2.2
    assert 2.0 < covid[1] / covid[10] < 2.6
    assert covid[1] == pytest.approx(140, rel=0.1)
    assert covid[10] == pytest.approx(63, rel=0.1)


def test_the_spring_wave_peaks_in_april_and_in_london_first(whole, records):
    lookup = pd.read_parquet(whole / "lookup.parquet")[["lsoa11cd", "rgn20cd"]]
    spring = in_spring(records).merge(lookup, on="lsoa11cd")
    spring = spring[spring["involving"]]

    by_week = spring.groupby(["rgn20cd", pd.Grouper(key="death_date", freq="W-FRI")]).size()
    peaks = by_week.unstack().idxmax(axis=1)
    middle = spring.groupby("rgn20cd")["death_date"].median()

    assert by_week.groupby("death_date").sum().idxmax() in pd.date_range("2020-04-10", "2020-04-17")
    assert peaks["E12000007"] == peaks.min()
    assert 5 <= (middle.drop("E12000007").min() - middle["E12000007"]).days <= 14


def test_there_is_an_autumn_wave(records):
    by_month = records[records["involving"]].groupby(records["death_date"].dt.month).size()

    assert by_month[8] < 1_000
    assert by_month[11] > 8_000


def test_working_age_deaths_differ_by_occupation(whole, records):
    period = records["registration_date"].between("2020-03-09", "2020-07-11")
    covid = records[period & records["involving"] & records["age"].between(20, 64)]

    men = rates(covid, whole, ["sex", "soc2010_major"], "occupation", (20, 64))["M"]

    assert len(covid) == pytest.approx(5_300, rel=0.05)
    assert men["2"] < men["3"] < men["8"]  # professional, technical, process and plant
    assert men["9"] > 2.5 * men["2"]  # elementary
    assert covid["soc2010"].isna().mean() == pytest.approx(0.14, abs=0.03)


def test_registration_takes_days_for_most_and_months_after_an_inquest(records):
    by_doctor = records[records["certified_by"] == "doctor"]["delay"]
    self_harm = records[records["icd10_underlying"].isin(["X70", "X61", "X80", "X64"])]["delay"]

    assert records["delay"].median() in (4, 5)
    assert (records["delay"] <= 14).mean() > 0.9
    assert (by_doctor <= 7).mean() > 0.8
    assert self_harm.median() > 100


def test_place_of_death_is_about_that_of_2020_and_depends_on_cause(records):
    places = records["place_of_death"].value_counts(normalize=True)
    by_cause = records.groupby("involving")["place_of_death"].value_counts(normalize=True).unstack()

    assert places["Hospital"] == pytest.approx(0.45, abs=0.03)
    assert places["Care home"] == pytest.approx(0.22, abs=0.02)
    assert places["Home"] == pytest.approx(0.25, abs=0.03)
    assert places["Hospice"] == pytest.approx(0.045, abs=0.01)
    assert by_cause.loc[True, "Hospital"] > by_cause.loc[False, "Hospital"] + 0.2
    assert by_cause.loc[True, "Home"] < 0.1


def test_each_file_is_read_as_plain_strings(small):
    people = pd.read_parquet(small / "population_area.parquet")

    assert isinstance(people["age_band"].dtype, pd.StringDtype)
