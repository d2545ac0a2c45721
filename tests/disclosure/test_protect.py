"""One place through which every published number goes."""

import pandas as pd
import pytest

from analysis.disclosure.protect import protect
from analysis.disclosure.rules import rule_set, rule_sets
from analysis.errors import DisclosureError


def rates(*deaths):
    """A group a number of deaths; the rate is ten times the deaths."""
    return pd.DataFrame(
        {
            "sex": [f"group {number}" for number in range(len(deaths))],
            "numerator": deaths,
            "asmr": [10.0 * d for d in deaths],
            "lower_ci": [9.0 * d for d in deaths],
            "upper_ci": [11.0 * d for d in deaths],
        }
    )


def table(frame, rules="ons-user-guide"):
    return protect(frame, ["sex"], rules, title="Deaths by group", name="deaths")


@pytest.mark.parametrize(
    ("rules", "first", "reliable"),
    [("ons-user-guide", 10, 20), ("ons-2020-local-area", 3, 20), ("ons-2020-occupation", 20, 20)],
)
def test_a_rate_starts_at_its_threshold_and_is_marked_until_it_is_reliable(rules, first, reliable):
    shown = table(rates(first - 1, first, reliable - 1, reliable), rules).frame

    status = dict(zip(shown["numerator"], shown["asmr_status"], strict=True))
    assert status[first - 1] == "[x]"
    assert status[first] == ("[u]" if first < reliable else "")
    assert status[reliable] == ""
    assert shown["asmr"].isna().tolist() == (shown["asmr_status"] == "[x]").tolist()


def test_limits_are_withheld_with_their_rate_and_counts_are_not():
    shown = table(rates(9)).frame

    assert shown[["asmr", "lower_ci", "upper_ci"]].isna().all(axis=None)
    assert shown["numerator"].item() == 9
    assert shown["numerator_status"].item() == ""


def test_what_rounds_to_nothing_has_no_sign():
    shown = table(rates(30).assign(asmr=-0.01, lower_ci=-0.04, upper_ci=0.01))

    assert shown.to_csv().splitlines()[1].split(",")[3:8:2] == ["0.0", "0.0", "0.0"]


def smallest_shown(count, monkeypatch):
    """Let the rules print no count from 1 to below ``count``."""
    every_kind(monkeypatch, smallest_count=count)


def every_kind(monkeypatch, **changes):
    rules = rule_set("ons-user-guide")
    kinds = [kind.model_copy(update=changes) for kind in rules.family.kinds]
    family = rules.family.model_copy(update={"kinds": kinds})
    changed = rules.model_copy(update={"family": family})
    monkeypatch.setattr("analysis.disclosure.protect.rule_set", lambda name: changed)


def test_a_confidential_count_takes_its_rate_and_limits_with_it(monkeypatch):
    smallest_shown(5, monkeypatch)

    shown = table(rates(0, 4, 5)).frame

    assert shown["numerator_status"].tolist() == ["", "[c]", ""]  # none, 4 and 5 deaths
    assert shown["asmr_status"].tolist() == ["[x]", "[c]", "[x]"]
    assert pd.isna(shown["numerator"][1])


def test_no_hidden_value_is_in_the_download():
    csv = table(rates(9, 123)).to_csv()

    assert "90.0" not in csv
    assert "1230.0" in csv


def test_a_value_without_a_limit_is_not_calculated():
    frame = rates(50)
    frame["upper_ci"] = float("nan")

    assert table(frame).frame["upper_ci_status"].item() == "[x]"


def test_rows_stand_in_the_order_of_the_field():
    frame = rates(30, 31, 32).assign(sex=["M", "Persons", "F"])

    assert table(frame).frame["sex"].tolist() == ["Persons", "F", "M"]


def test_a_measure_without_a_rule_is_refused():
    with pytest.raises(DisclosureError, match="no rule says how to show secret"):
        table(rates(50).assign(secret=1))


def test_a_rate_without_its_deaths_is_refused():
    with pytest.raises(DisclosureError, match="no column numerator"):
        table(rates(50).drop(columns="numerator"))


def test_repeated_groups_are_refused():
    with pytest.raises(DisclosureError, match="1 rows repeat a group of sex"):
        table(pd.concat([rates(50), rates(50)]))


def test_an_unknown_rule_set_is_an_error_not_a_default():
    with pytest.raises(DisclosureError, match="no rule set 'none'"):
        table(rates(50), rules="none")


def test_every_rule_set_has_a_source():
    assert all(len(rules.source) > 20 for rules in rule_sets().values())


def ratios(*deaths):
    """An area a number of deaths, where 10 are expected."""
    died = pd.Series(deaths, dtype="int64")
    return pd.DataFrame(
        {
            "area_code": [f"E0700000{number}" for number in range(len(deaths))],
            "numerator": died,
            "expected": 10.0,
            "smr": died / 10,
            "smr_lower_ci": died / 10 - 0.5,
            "smr_upper_ci": died / 10 + 0.5,
            "smoothed": 0.5 + died / 20,
            "own_weight": 50.0,
        }
    )


def areas(frame):
    return protect(frame, ["area_code"], "ons-user-guide", title="Ratios", name="ratios").frame


def test_a_ratio_stands_at_any_number_of_deaths_and_a_smoothed_one_is_reliable_at_any():
    shown = areas(ratios(0, 19, 20))

    assert shown["smr"].tolist() == [0.0, 1.9, 2.0]
    assert shown["smr_status"].tolist() == ["[u]", "[u]", ""]
    assert shown["smr_upper_ci_status"].tolist() == ["[u]", "[u]", ""]
    assert shown["smoothed_status"].tolist() == ["", "", ""]


def test_a_confidential_count_takes_what_it_could_be_worked_out_from(monkeypatch):
    smallest_shown(5, monkeypatch)

    shown = areas(ratios(4)).iloc[0]

    # 4 of 10 expected: the ratio 0.4 or the smoothed 0.7 would give the count back
    assert shown[["numerator_status", "smr_status", "smoothed_status"]].tolist() == ["[c]"] * 3
    assert shown[["numerator", "smr", "smoothed"]].isna().all()
    assert shown["expected"] == 10


def indices(fewest):
    frame = pd.DataFrame({"sex": ["F"], "numerator": [500], "fewest": [fewest]})
    return frame.assign(sii=12.34, sii_lower_ci=1.0, sii_upper_ci=20.0)


@pytest.mark.parametrize(("fewest", "status"), [(9, "[x]"), (10, "[u]"), (19, "[u]"), (20, "")])
def test_an_index_over_groups_goes_by_the_group_with_fewest_deaths(fewest, status):
    shown = table(indices(fewest)).frame

    assert shown["sii_status"].item() == status
    assert shown["sii_lower_ci_status"].item() == status
    assert shown["numerator_status"].item() == ""


def test_an_index_without_the_deaths_of_its_smallest_group_is_refused():
    with pytest.raises(DisclosureError, match="no column fewest"):
        table(indices(30).drop(columns="fewest"))


def lives(value, status):
    frame = pd.DataFrame({"sex": ["F"], "numerator": [900], "life_expectancy": [value]})
    limits = {"lower_ci": value - 1, "upper_ci": value + 1}
    return frame.assign(**limits, life_expectancy_status=status)


def test_a_measure_that_does_not_apply_is_marked_with_its_limits():
    shown = table(lives(float("nan"), "[z]")).frame

    assert shown["life_expectancy_status"].item() == "[z]"
    assert shown[["lower_ci_status", "upper_ci_status"]].iloc[0].tolist() == ["[z]", "[z]"]
    assert "life_expectancy_status_status" not in shown


def test_a_measure_that_applies_has_the_status_of_its_deaths():
    shown = table(lives(80.04, "")).frame

    assert shown["life_expectancy"].item() == 80.0
    assert shown["life_expectancy_status"].item() == ""


@pytest.mark.parametrize("status", ["[x]", "[c]", "secret", None])
def test_only_not_applicable_is_said_by_the_statistic(status):
    with pytest.raises(DisclosureError, match="life_expectancy_status has"):
        table(lives(float("nan"), status))


def test_a_measure_that_does_not_apply_has_no_value():
    with pytest.raises(DisclosureError, match="1 values of life_expectancy are there"):
        table(lives(80.0, "[z]"))


NOISY = {"method": "cell_key", "noise": 3, "variance": 1.5}


def keyed(*deaths, first=0):
    keys = range(first, first + len(deaths))
    return pd.DataFrame({"sex": [f"g{key}" for key in keys], "numerator": deaths}).assign(
        record_key=[7 * key + 3 for key in keys]
    )


def test_under_a_cell_key_every_count_has_its_noise_and_no_key_is_shown(monkeypatch):
    every_kind(monkeypatch, **NOISY)
    frame = keyed(*[50] * 200, 0)

    shown = table(frame).frame

    noise = shown.set_index("sex")["numerator"] - frame.set_index("sex")["numerator"]
    assert list(shown) == ["sex", "numerator", "numerator_status"]
    assert noise.abs().max() == 3
    assert noise.nunique() == 7  # from 3 fewer to 3 more
    assert noise["g200"] == 0  # nobody stays nobody


def test_the_same_records_have_the_same_noise_in_every_table(monkeypatch):
    every_kind(monkeypatch, **NOISY)

    one, other = (table(frame).frame.set_index("sex") for frame in (
        keyed(*[50] * 20), keyed(*[50] * 10, first=10)
    ))  # fmt: skip

    assert one.loc[other.index, "numerator"].equals(other["numerator"])


def test_a_count_that_is_small_after_its_noise_is_confidential(monkeypatch):
    every_kind(monkeypatch, **NOISY, smallest_count=3)

    shown = table(keyed(*[3] * 100)).frame

    withheld = shown["numerator_status"] == "[c]"
    assert 0 < withheld.sum() < 100
    assert (shown["numerator"].isna() == withheld).all()
    assert set(shown["numerator"].dropna()) <= {0, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.drop(columns="record_key"), "lacks a column record_key"),
        (lambda frame: frame.assign(asmr=1.0), "shows asmr beside the count"),
    ],
)
def test_under_a_cell_key_there_are_keys_and_nothing_made_from_the_true_count(
    monkeypatch, change, said
):
    every_kind(monkeypatch, **NOISY)

    with pytest.raises(DisclosureError, match=said):
        table(change(keyed(12, 40)))
