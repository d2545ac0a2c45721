import pytest

from analysis.errors import RatesError
from analysis.standards import esp2013, who_world_standard
from analysis.vocabulary import AGE_BANDS


def test_esp2013_has_the_age_bands_of_the_project_and_sums_to_100_000():
    standard = esp2013()

    assert tuple(standard.index) == AGE_BANDS
    assert standard.index.name == "age_band"
    assert standard.sum() == 100_000


@pytest.mark.parametrize("groups", [18, 19, 20, 21])
def test_every_grouping_of_esp2013_sums_to_100_000(groups):
    assert len(esp2013(groups=groups)) == groups
    assert esp2013(groups=groups).sum() == 100_000


@pytest.mark.parametrize(
    ("groups", "bands", "weight"),
    [(21, ["90-94", "95+"], 1_000), (20, ["<1", "1-4"], 5_000), (18, ["85+"], 2_500)],
)
def test_bands_that_groupings_join_or_split_weigh_the_same_together(groups, bands, weight):
    assert esp2013(groups=groups)[bands].sum() == weight


def test_working_ages_are_the_nine_bands_from_20_to_64():
    working = esp2013(age_min=20, age_max=64)

    assert working.index[0] == "20-24"
    assert working.index[-1] == "60-64"
    assert len(working) == 9
    assert working["20-24"] == 6_000


def test_without_a_last_age_the_standard_goes_up_to_the_open_band():
    assert esp2013(age_min=85).to_dict() == {"85-89": 1_500, "90+": 1_000}


def test_infants_are_age_0():
    assert esp2013(age_max=0).to_dict() == {"<1": 1_000}


@pytest.mark.parametrize(("age_min", "age_max"), [(18, 64), (20, 63), (20, 95), (91, None)])
def test_an_age_inside_a_band_is_refused(age_min, age_max):
    with pytest.raises(RatesError, match="not whole age bands"):
        esp2013(age_min, age_max)


def test_a_last_age_below_the_first_is_refused():
    with pytest.raises(RatesError, match="the last age is below the first"):
        esp2013(60, 24)


def test_a_grouping_that_is_not_held_is_refused():
    with pytest.raises(RatesError, match="18, 19, 20, 21 groups"):
        esp2013(groups=22)


def test_who_world_standard_sums_to_100_03_as_published():
    assert who_world_standard().sum() == pytest.approx(100.03)
    assert who_world_standard(85).to_dict() == {"85+": 0.63}


def test_standards_agree_with_their_publications(shared):
    import pandas as pd

    published = pd.read_csv(shared / "reference/esp/standard_populations.csv", dtype=str)
    published["weight"] = published["weight"].astype(float)
    published["age_group"] = published["age_group"].replace({"0": "<1"})
    esp = published[published["standard"] == "ESP2013"]

    for variant, rows in esp.groupby("variant"):
        ours = esp2013(groups=int(variant[:2]))
        assert ours.to_dict() == rows.set_index("age_group")["weight"].to_dict()
    who = published[published["standard"].str.startswith("WHO")]
    assert who_world_standard().to_dict() == who.set_index("age_group")["weight"].to_dict()
