import pandas as pd

from analysis.statistics.weekly_published import published_totals, published_weeks

WEEKS = pd.DataFrame(
    {
        "week": ["2020-W10", "2020-W11", "2020-W12"],
        "week_ended": ["2020-03-06", "2020-03-13", "2020-03-20"],
        "numerator": [10, 20, 30],
        "average": [11.0, 12.0, 13.0],
    }
)
PUBLISHED = pd.DataFrame(
    {
        "week": ["2020-W11", "2020-W12"],
        "published": [21, 33],
        "published_average": [12.4, 13.2],
    }
)


def test_weeks_stand_beside_the_published_ones_with_their_sum():
    found = published_weeks(WEEKS, PUBLISHED, "2020-W11").set_index("week")

    assert found.index.tolist() == ["2020-W11", "2020-W12", "All weeks"]
    assert found.loc["2020-W12", ["above_average", "published_above"]].tolist() == [17, 33 - 13.2]
    # 50 deaths less 25; 54 less 25.6
    assert found.loc["All weeks", ["above_average", "published_above"]].tolist() == [25, 54 - 25.6]


def test_groups_are_summed_from_the_first_week():
    both = pd.concat([WEEKS.assign(sex="F"), WEEKS.assign(sex="M", numerator=1)])
    published = pd.concat([PUBLISHED.assign(sex="F"), PUBLISHED.assign(sex="M", published=2)])

    found = published_totals(both, published, ["sex"], "2020-W12").set_index("sex")

    assert found.loc["F"].tolist() == [30, 33, 13, 17, 20]
    assert found.loc["M"].tolist() == [1, 2, 13, -12, -11]


def test_where_nothing_was_published_there_is_no_row():
    nothing = PUBLISHED[:0]

    assert published_weeks(WEEKS, nothing, "2020-W11").empty
    assert published_totals(WEEKS.assign(sex="F"), nothing.assign(sex=""), ["sex"], "x").empty
