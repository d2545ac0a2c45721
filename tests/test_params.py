"""Parameter files: strict, and every fault of a file at once."""

from datetime import date

import pytest
import yaml

from analysis.errors import ParamsError
from analysis.params import PageParams, as_yaml, load_edition, next_edition
from tests.conftest import ROOT

DEMO = ROOT / "params" / "demo-2020-06-12.yml"


@pytest.fixture
def write(tmp_path):
    def changed(change):
        values = yaml.safe_load(DEMO.read_text())
        change(values)
        path = tmp_path / "edition.yml"
        path.write_text(yaml.safe_dump(values, sort_keys=False))
        return path

    return changed


@pytest.mark.parametrize("path", sorted((ROOT / "params").glob("*.yml")), ids=lambda p: p.stem)
def test_a_committed_edition_is_valid_and_named_as_its_file(path):
    assert load_edition(path).edition == path.stem


def test_every_fault_is_reported_at_once_with_its_field(write):
    def spoil(values):
        del values["release"]["contact"]
        values["data"] = "real"
        values["deaths"]["area"]["date_to"] = date(2020, 1, 31)
        values["registered_by"] = date(2020, 5, 1)
        values["colour"] = "red"
        values["pages"]["msoa"]["confidence"] = "high"

    with pytest.raises(ParamsError) as raised:
        load_edition(write(spoil))

    message = str(raised.value)
    assert "edition.yml: 7 faults" in message
    for field in (
        "release.contact: is missing",
        "data: ",
        "deaths.area.date_to: 2020-01-31 is before date_from, 2020-03-01",
        "registered_by: 2020-05-01 is before deaths.occupation.date_to, 2020-06-06",
        "registered_by: 2020-05-01 is before deaths.weekly.date_to, 2020-06-06",
        "colour: is not a known parameter",
        "pages.msoa.confidence: ",
    ):
        assert field in message


def test_a_page_that_compares_with_years_before_needs_them(write):
    def spoil(values):
        del values["inputs"]["weekly"]
        values["pages"]["quality"]["deaths"] = "weekly"

    with pytest.raises(ParamsError, match=r"inputs\.weekly: is missing, and pages\.quality"):
        load_edition(write(spoil))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (None, "protection: is missing, and pages.msoa counts by small area"),
        ({}, "protection: needs secret or seed, not both, or moved_before"),
        ({"seed": 1, "secret": "a"}, "protection: needs secret or seed, not both"),
        ({"seed": 1}, "protection.seed: who knows it can undo the protection of real deaths"),
    ],
)
def test_real_deaths_by_small_area_need_a_secret(write, given, fault):
    def spoil(values):
        values["data"] = "records"
        values["protection"] = given

    with pytest.raises(ParamsError) as raised:
        load_edition(write(spoil))
    assert fault in str(raised.value)


def test_deaths_by_small_area_have_the_dates_of_deaths_by_area(write):
    def keep(values):
        values["data"] = "records"
        values["protection"] = {"secret": "../secret.key"}

    edition = load_edition(write(keep))

    assert edition.page("msoa").date_to == edition.deaths["area"].date_to


def test_an_impossible_date_is_a_fault_not_a_traceback(tmp_path):
    path = tmp_path / "edition.yml"
    path.write_text(DEMO.read_text().replace("date_to: 2020-05-31", "date_to: 2020-02-30"))

    with pytest.raises(ParamsError, match=r"deaths\.area\.date_to"):
        load_edition(path)


def test_a_key_given_twice_is_refused(tmp_path):
    path = tmp_path / "edition.yml"
    path.write_text(DEMO.read_text() + "\nregistered_by: 2020-07-11\n")

    with pytest.raises(ParamsError, match="key given twice: registered_by"):
        load_edition(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ParamsError, match=r"nowhere\.yml: no such file"):
        load_edition(tmp_path / "nowhere.yml")


def test_a_page_that_names_unknown_deaths_is_refused(write):
    def drop(values):
        del values["deaths"]["occupation"]

    with pytest.raises(ParamsError, match=r"pages\.occupation\.deaths: 'occupation' is not"):
        load_edition(write(drop))


def test_a_new_cut_off_moves_every_end_and_keeps_the_lag():
    old = load_edition(DEMO)

    new = next_edition(old, date(2020, 7, 11))

    assert new.edition == "demo-2020-07-17"  # 11 July and the 6 days from cut-off to release
    assert new.deaths["area"].date_to == date(2020, 6, 30)  # the last whole month
    assert new.deaths["occupation"].date_to == date(2020, 7, 11)  # by registration: the cut-off
    assert new.deaths["area"].date_from == old.deaths["area"].date_from


@pytest.mark.parametrize("day", [date(2020, 6, 6), date(2020, 5, 30)])
def test_a_new_cut_off_is_a_later_one(day):
    with pytest.raises(ParamsError, match="not after the cut-off of demo-2020-06-12, 2020-06-06"):
        next_edition(load_edition(DEMO), day)


def test_a_new_edition_says_what_the_old_one_says_and_no_more():
    text = as_yaml(next_edition(load_edition(DEMO), date(2020, 7, 11)))

    assert "registered_by: 2020-07-11\n" in text
    assert text.count("date_to: 2020-07-11\n") == 2
    assert "confidence" not in text


def test_a_new_edition_can_be_written_and_read_back(tmp_path):
    new = next_edition(load_edition(DEMO), date(2020, 7, 11))
    path = tmp_path / "new.yml"
    path.write_text(as_yaml(new))

    assert load_edition(path) == new


def test_a_page_checks_its_cell_again():
    cell = load_edition(DEMO).page("msoa").as_cell()

    assert PageParams.from_namespace(cell | {"other": 1}).page == "msoa"
    with pytest.raises(ParamsError, match="page msoa, parameters cell: 1 fault"):
        PageParams.from_namespace(cell | {"date_from": "2020-13-01"})
