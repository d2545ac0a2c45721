"""Our figures beside published ones."""

import pandas as pd
import pytest

from analysis.errors import RatesError
from analysis.statistics.reconcile import reconcile, summarise

STANDARD = pd.Series({"70-74": 5_000, "75-79": 4_000, "80+": 1_000}).rename_axis("age_band")
AREA = {"lad20cd": "E06000001", "rgn20cd": "E12000001", "ctry20cd": "E92000001"}
DECILE = {"imd_decile": 1, "wimd_quintile": None}


def deaths(*rows):
    columns = ["sex", "age_band", "month", "covid19", "numerator"]
    frame = pd.DataFrame(rows, columns=columns).assign(**AREA, **DECILE, residence="E92000001")
    return frame.astype({"imd_decile": "Int64", "wimd_quintile": "Int64"})


def people(by):
    rows = [(sex, band, 1_000) for sex in "FM" for band in STANDARD.index]
    frame = pd.DataFrame(rows, columns=["sex", "age_band", "denominator"]).assign(**by)
    return frame.astype({"wimd_quintile": "Int64"}) if "wimd_quintile" in frame else frame


def published(numerator, asmr, lower, upper, sex="F", table="Table 2", code="E06000001"):
    return pd.DataFrame(
        [
            {
                "table": table, "kind": "", "area_code": code, "area_name": "Hartlepool",
                "cause": "COVID-19", "sex": sex, "month": "All months", "numerator": numerator,
                "asmr": asmr, "status": "", "lower_ci": lower, "upper_ci": upper,
            }
        ]
    )  # fmt: skip


TWENTY = deaths(
    ("F", "70-74", "2020-03", "due to", 6),
    ("F", "70-74", "2020-04", "mentioned", 4),
    ("F", "75-79", "2020-04", "due to", 10),
    ("F", "75-79", "2020-04", "none", 50),
)


def compared(theirs, ours=TWENTY):
    return reconcile(theirs, ours, people(AREA), people(DECILE), STANDARD)


def test_deaths_and_rates_stand_beside_those_published():
    cells = compared(published(20, 899.0, 500.0, 1_400.0))

    # COVID-19 due to or mentioned: 10 of 1,000 in each band, weights 0.5 and 0.4: 900 per 100,000
    cell = cells.iloc[0]
    assert cell["numerator"] == 20
    assert cell["asmr"] == pytest.approx(900)
    assert cell["numerator_difference"] == 0
    assert cell["asmr_difference"] == pytest.approx(1)
    assert cell["relative_difference"] == pytest.approx(100 / 899)
    assert cell["within"]


def test_a_rate_outside_the_published_interval_is_marked():
    cells = compared(published(20, 1_000.0, 950.0, 1_400.0))

    assert not cells["within"].item()


def test_limits_are_compared_where_rates_are_equal_as_printed():
    ours = compared(published(20, 900.0, 0, 0)).iloc[0]
    lower, upper = round(ours["lower_ci"], 1), round(ours["upper_ci"], 1)

    assert compared(published(20, 900.0, lower, upper))["limits_equal"].item()
    assert not compared(published(20, 900.0, lower - 1, upper))["limits_equal"].item()
    assert pd.isna(compared(published(20, 900.2, lower, upper))["limits_equal"].item())


def test_limits_in_proportion_do_not_depend_on_the_rate():
    ours = compared(published(20, 900.0, 0, 0)).iloc[0]
    below, above = ours["asmr"] - ours["lower_ci"], ours["upper_ci"] - ours["asmr"]

    twice = published(20, 900.0, 900 - 2 * below, 900 + 2 * above)
    lopsided = published(20, 900.0, 900 - 2 * above, 900 + 2 * below)

    assert compared(twice)["limits_in_proportion"].item()
    assert not compared(lopsided)["limits_in_proportion"].item()


def test_limits_of_29_deaths_are_left_out():
    many = pd.concat([TWENTY, deaths(("F", "80+", "2020-04", "due to", 9))])

    cell = compared(published(29, 990.0, 0, 0), many).iloc[0]

    assert pd.isna(cell["limits_equal"])
    assert pd.isna(cell["limits_in_proportion"])


def test_a_cell_without_a_published_rate_compares_deaths_alone():
    cell = compared(published(2, float("nan"), float("nan"), float("nan"))).iloc[0]

    assert cell["numerator_difference"] == 18
    assert pd.isna(cell["within"])


def test_deciles_are_rated_on_their_own_people():
    decile = published(20, 450.0, 0, 0, table="Table 3", code="1")
    twice = people(DECILE).assign(denominator=2_000)

    cells = reconcile(decile, TWENTY, people(AREA), twice, STANDARD)

    # Twice the people, half the rate
    assert cells["asmr"].item() == pytest.approx(450)


def test_england_and_wales_counts_those_who_lived_in_neither():
    abroad = deaths(("F", "80+", "2020-04", "due to", 5))
    abroad = abroad.assign(lad20cd=None, rgn20cd=None, ctry20cd=None, residence="J99000001")
    whole = published(25, 940.0, 0, 0, table="Table 1", code="K04000001")

    cells = reconcile(whole, pd.concat([TWENTY, abroad]), people(AREA), people(DECILE), STANDARD)

    # 900 and 5 of 1,000 with a weight of 0.1
    assert cells["numerator"].item() == 25
    assert cells["asmr"].item() == pytest.approx(950)


def test_the_summary_has_a_row_for_each_kind_of_figure():
    decile = published(20, 890.0, 880.0, 910.0, table="Table 3", code="1")

    summary = summarise(compared(pd.concat([decile, published(20, 890.0, 0, 0)])))

    # Local authorities with fewer than 100 deaths are not summarised
    assert summary["published"].tolist() == ["Deprivation deciles, England"]
    assert summary["largest_difference"].tolist() == pytest.approx([100 * 10 / 890])
    assert summary["within"].tolist() == [100]


def test_other_tables_are_refused():
    with pytest.raises(RatesError, match="none of Tables 1 to 4"):
        compared(published(1, 1, 1, 1, table="Table 9"))
