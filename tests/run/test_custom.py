"""Tables that a statistician asks for: given, with a place in the ledger, or refused."""

import json
import re
import shlex
import shutil

import pandas as pd
import pytest

from analysis.errors import DisclosureError, InputError, ParamsError
from analysis.ingest.load import load_deaths, load_population
from analysis.params import load_edition
from analysis.run.asking import ledger_of
from analysis.run.custom import asked_for, give_table
from analysis.run.plan import count_edition
from analysis.standards import esp2013
from analysis.statistics.counts import add_totals, count_deaths
from analysis.statistics.rates import asmr
from analysis.synthesis.demonstration import make_demonstration
from analysis.tables.ledger import entries_of
from analysis.tables.refusing import Refused
from tests.conftest import ROOT

PARAMS = load_edition(ROOT / "params" / "demo-2020-06-12.yml")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Records of a twentieth of the areas of England and Wales."""
    root = tmp_path_factory.mktemp("data")
    make_demonstration(root / "data" / "raw" / "demo", size=0.05)
    return root / "data"


@pytest.fixture
def project(data, tmp_path):
    """A project from which no table was given out yet."""
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "raw").symlink_to(data / "raw")
    return tmp_path


def ask(project, options, name="table.csv"):
    """Give out the table of options as the command line has them."""
    words = shlex.split(options)
    of = dict.fromkeys(("--by", "--deaths", "--measure"), "") | dict(
        zip(words[::2], words[1::2], strict=True)
    )
    where = [
        value for word, value in zip(words[::2], words[1::2], strict=True) if word == "--where"
    ]
    wanted = asked_for(
        PARAMS, of["--by"].split(","), where, of["--deaths"] or "area", of["--measure"] or "counts"
    )
    return give_table(PARAMS, project, wanted, project / name)


def ledger(project):
    return entries_of(ledger_of(PARAMS, project))


def test_a_table_is_given_with_its_rule_what_is_withheld_and_a_place_in_the_ledger(project):
    given = ask(project, "--by month,rgn20cd,sex --where covid19=involving")

    table = pd.read_csv(given.path)
    about = json.loads(given.path.with_name("table.csv-metadata.json").read_text())
    said = next(note["bulletin"] for note in about["notes"] if "bulletin" in note)
    assert {"month", "rgn20cd", "rgn20nm", "sex", "numerator", "numerator_status"} <= set(table)
    assert set(table["cause"]) == {"COVID-19"}
    assert said["rules"] == "strict"
    assert said["withheld_per_cent"] == round(given.made.withheld, 1)
    assert [entry.path.stem for entry in ledger(project)] == [given.name]


def test_small_counts_are_withheld_and_the_table_in_the_ledger_is_the_same(project):
    given = ask(project, "--by lad20cd,place_of_death --where covid19=involving")

    table = pd.read_csv(given.path)
    shown = table.loc[table["numerator_status"].isna(), "numerator"]
    kept = pd.read_csv(ledger(project)[0].path)
    assert (table["numerator_status"] == "[c]").any()
    assert not shown.between(1, 2).any()
    pd.testing.assert_frame_equal(table, kept)


def test_a_request_that_was_answered_gets_the_same_table_and_no_second_entry(project):
    first = ask(project, "--by sex,age_group", "first.csv")
    again = ask(project, "--by sex,age_group", "again.csv")

    assert again.made is None
    assert again.name == first.name
    assert first.path.read_bytes() == again.path.read_bytes()
    assert len(ledger(project)) == 1


def test_some_periods_are_rows_of_a_table_that_is_protected_whole(project):
    given = ask(project, "--by sex --where month=2020-04")
    again = ask(project, "--by sex --where month=2020-05", "may.csv")

    assert set(pd.read_csv(given.path)["month"]) == {"2020-04"}
    assert set(pd.read_csv(again.path)["month"]) == {"2020-05"}
    assert again.made is None
    assert set(pd.read_csv(ledger(project)[0].path)["month"]) > {"2020-04", "2020-05", "All dates"}


def test_a_request_that_is_not_safe_is_refused_with_nearest_ones_that_are(project):
    with pytest.raises(Refused, match="No table by lsoa and day is shown") as refused:
        ask(project, "--by death_date,lsoa11cd,sex --where covid19=involving")

    nearest = re.findall(r"bulletin table params/\S+ (.*)", str(refused.value))
    assert ledger(project) == []
    assert not (project / "table.csv").exists()
    assert nearest
    for number, options in enumerate(nearest):
        shutil.rmtree(ledger_of(PARAMS, project), ignore_errors=True)  # each as if it were alone
        assert ask(project, options, f"{number}.csv").made is not None


def test_a_table_is_attacked_as_it_would_be_given_out_and_refused_if_it_is_broken(project):
    seen = []

    def broken(folder):
        seen.extend(path.name for path in sorted(folder.iterdir()))
        raise DisclosureError("E12000001 is exactly 1")

    wanted = asked_for(PARAMS, ["rgn20cd"], [], "area")
    with pytest.raises(Refused, match="Attacked with all that is public") as refused:
        give_table(PARAMS, project, wanted, project / "table.csv", broken)

    assert [name.partition(".")[2] for name in seen] == ["csv", "csv-metadata.json"]
    assert "exactly" not in str(refused.value)
    assert ledger(project) == []
    assert not (project / "table.csv").exists()


@pytest.mark.parametrize(
    ("column", "page"),
    [
        ("sex", "summary"),
        ("ctry20cd", "summary"),
        ("rgn20cd", "summary"),
        ("imd_decile", "deprivation"),
        ("wimd_quintile", "deprivation"),
        ("soc2010_major", "occupation"),
        ("soc2010_minor", "occupation"),
    ],
)
def test_rates_are_those_of_the_pages(project, column, page):
    count_edition(PARAMS, project)
    page = PARAMS.page(page).model_copy(update={"folder": str(project / "_build" / PARAMS.edition)})
    by = list(dict.fromkeys([column, "sex"]))
    counts = count_deaths(load_deaths(page), load_population(page, by), by)
    bands = esp2013(page.age_min, page.age_max)
    expected = asmr(add_totals(counts, {"sex": "Persons"}), by, bands)

    options = f"--by {','.join(by)} --measure asmr --deaths {page.deaths}"
    given = pd.read_csv(ask(project, options).path, dtype={column: str})

    both = given.merge(expected.astype({column: str}), on=by, suffixes=("", "_of_page"))
    shown = both["asmr"].notna()
    assert len(both) == len(expected)
    assert shown.any()
    assert (both["asmr"] - both["asmr_of_page"])[shown].abs().max() <= 0.05 + 1e-9
    assert (both["denominator"] - both["denominator_of_page"])[shown].abs().max() <= 0.5


def test_the_rate_of_a_region_alone_is_that_of_its_row(project):
    count_edition(PARAMS, project)

    alone = "--by sex --where rgn20cd=E12000007 --measure asmr"
    alone = pd.read_csv(ask(project, alone, "alone.csv").path)
    beside = pd.read_csv(ask(project, "--by rgn20cd,sex --measure asmr", "all.csv").path)

    row = beside[beside["rgn20cd"] == "E12000007"].reset_index(drop=True)
    same = ["sex", "numerator", "denominator", "asmr", "lower_ci", "upper_ci"]
    pd.testing.assert_frame_equal(alone[same], row[same], check_dtype=False)


@pytest.mark.parametrize(
    "options", ["--by rgn20cd,soc2010_major", "--by soc2010_major --where rgn20cd=E12000007"]
)
def test_a_rate_of_people_that_no_population_counts_is_refused(project, options):
    count_edition(PARAMS, project)

    with pytest.raises(InputError, match="rgn20cd: the population by occupation does not say it"):
        ask(project, f"{options} --measure asmr --deaths occupation")

    assert ledger(project) == []


def test_deciles_stand_in_their_order(project):
    table = pd.read_csv(ask(project, "--by imd_decile,sex").path, dtype=str)

    deciles = table["imd_decile"].unique().tolist()
    assert deciles[:11] == ["All areas", *map(str, range(1, 11))]


def test_the_rate_of_all_areas_is_of_all_deaths_of_its_row(project):
    count_edition(PARAMS, project)

    by_sex = pd.read_csv(ask(project, "--by sex --measure asmr", "s.csv").path)
    by_area = pd.read_csv(ask(project, "--by rgn20cd,sex --measure asmr", "r.csv").path)

    whole = by_area[by_area["rgn20cd"] == "K04000001"]
    same = ["sex", "numerator", "denominator", "asmr", "lower_ci", "upper_ci"]
    pd.testing.assert_frame_equal(
        whole[same].reset_index(drop=True), by_sex[same], check_dtype=False
    )
    apart = by_area[by_area["rgn20cd"] == "J99000001"]
    assert apart["numerator"].sum() > 0
    assert apart["asmr"].isna().all()


def test_a_rate_needs_the_population_of_an_edition_that_was_counted(project):
    with pytest.raises(InputError, match="have not been counted"):
        ask(project, "--by sex --measure asmr")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--by shoe_size", "no table can be asked by it"),
        ("--by sex --where sex=X", "X is no code of sex"),
        ("--by sex,age_band,age_group", "asked for at two levels"),
        ("--by sex --where age", "a filter is written column=code"),
        ("--by week", "counted by occurrence"),
        ("--by sex --measure mean", "counts, asmr"),
        ("--by sex --deaths daily", "area, occupation, weekly"),
    ],
)
def test_a_slip_of_the_pen_is_a_clear_error(project, options, words):
    with pytest.raises((InputError, ParamsError), match=words):
        ask(project, options)
    assert ledger(project) == []
