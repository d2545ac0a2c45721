"""Leaks planted in small editions, each found with its cell and its sum; and no false alarms."""

import json

import pandas as pd
import pytest

from analysis.disclosure.html import table_html
from analysis.disclosure.measures import MEASURES
from analysis.disclosure.table import Table
from analysis.errors import DisclosureError
from analysis.publish import facts
from analysis.publish.attack_edition import attack_edition, hold_pages_against_downloads
from analysis.publish.attack_tables import attack_table
from analysis.publish.evidence import published_tables
from tests.publish.small_edition import AREA, LOOKUP, csv, protected, release, rows


def given_out(folder, name, frame, **said):
    """A table in the ledger, with its metadata."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.csv").write_text(csv(frame), encoding="utf-8")
    (folder / f"{name}.csv-metadata.json").write_text(json.dumps({"bulletin": AREA | said}))
    return folder


def by_sex(women, men, persons, **more):
    frame = rows("sex numerator", ("F", women), ("M", men), ("Persons", persons))
    return frame.assign(**more)


def attacked(tmp_path, tables, **changes):
    folder = release(tmp_path / "june", tables, **changes)
    return attack_edition(folder, "june", LOOKUP)


def held(tmp_path, tables, **changes):
    hold_pages_against_downloads(release(tmp_path / "june", tables, **changes), "june")


def test_executed_pages_are_attacked_before_they_are_built(tmp_path):
    folder = release(tmp_path / "june", {"sexes": by_sex(None, 30, 32)})
    stamp = (folder / "page.html").read_text("utf-8")
    (folder / "page.html").unlink()
    (folder / "pages").mkdir()
    output = {"output_type": "execute_result", "data": {"text/html": stamp}}
    cells = [{"cell_type": "code", "outputs": [output]}]
    (folder / "pages" / "page.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")

    with pytest.raises(DisclosureError, match=r"= 32 \[sex Persons\] - 30 \[sex M\]"):
        attack_edition(folder, "june", LOOKUP)


REGIONS = rows(
    "rgn20cd sex numerator",
    ("E12000001", "F", None), ("E12000001", "M", None), ("E12000001", "Persons", 90),
    ("E12000002", "F", None), ("E12000002", "M", None), ("E12000002", "Persons", 130),
    ("W92000004", "F", 39), ("W92000004", "M", 41), ("W92000004", "Persons", 80),
)  # fmt: skip
AUTHORITIES = rows(
    "lad20cd numerator",
    ("E06000001", 40), ("E06000002", 50), ("E06000003", 60), ("E06000004", 70), ("W06000001", 80),
)  # fmt: skip


def test_an_edition_that_withholds_nothing_is_not_read_further(tmp_path):
    done = attacked(tmp_path, {"sexes": by_sex(10, 20, 30)}, rules="ons-user-guide")

    assert (done.tables, done.cells, done.withheld) == (1, 3, 0)


def test_a_safe_edition_passes_and_says_how_wide_the_narrowest_range_is(tmp_path):
    done = attacked(tmp_path, {"regions": REGIONS, "authorities": AUTHORITIES})

    assert done.withheld == 4
    assert done.narrowest >= 2


def test_a_total_less_the_other_part_is_found_with_its_sum(tmp_path):
    with pytest.raises(DisclosureError, match=r"= 32 \[sex Persons\] - 30 \[sex M\]"):
        attacked(tmp_path, {"sexes": by_sex(None, 30, 32)})


def test_a_sum_over_two_tables_is_found(tmp_path):
    # A month and the whole window, in two tables: 35 - 32 deaths in April, 1 of them a man.
    tables = {
        "months": rows("month sex numerator", ("2020-03", "F", 20), ("2020-03", "M", 12),
                       ("2020-04", "F", None), ("2020-04", "M", None)),
        "sexes": by_sex(22, 13, 35),
    }  # fmt: skip

    with pytest.raises(DisclosureError) as found:
        attacked(tmp_path, tables)

    assert "2020-04" in str(found.value)
    assert "is exactly 1" in str(found.value)
    assert "months of june" in str(found.value)


def test_a_count_behind_a_published_rate_is_found(tmp_path):
    rates = by_sex(None, None, 32, denominator=[83_000, 84_000, 167_000])
    rates["crude_rate"] = [2.4, 35.7, 19.2]

    # 2.35 to 2.45 of 100,000 is 1.95 to 2.03 of 83,000
    with pytest.raises(DisclosureError, match=r"sex F .*is exactly 2.*crude_rate and denominator"):
        attacked(tmp_path, {"rates": rates})


def test_a_count_behind_the_width_of_an_interval_is_found(tmp_path):
    # The limits of a Poisson count of 2 are 0.242 and 7.225; a rate of 25 for each death.
    rates = by_sex(None, None, 32)
    rates = rates.assign(asmr=[50.0, None, None], lower_ci=[6.1, None, None],
                         upper_ci=[180.6, None, None])  # fmt: skip

    with pytest.raises(DisclosureError, match=r"sex F .*is exactly 2.*the limits of asmr"):
        attacked(tmp_path, {"rates": rates})


def test_a_number_that_is_made_from_a_withheld_count_is_a_leak_as_it_stands(tmp_path):
    ratios = by_sex(None, None, 32, smoothed=[0.9, None, None])

    with pytest.raises(DisclosureError, match=r"sex F .*its smoothed is shown"):
        attacked(tmp_path, {"ratios": ratios})


def test_a_hidden_decile_is_found_from_two_geographies(tmp_path):
    tables = {
        "authorities": rows("lad20cd numerator", ("E06000001", 2), ("E06000002", 9),
                            ("E06000003", 8), ("E06000004", 24), ("W06000001", 80)),
        "deciles": rows("imd_decile numerator", ("1", None), ("2", None), ("3", 24)),
    }  # fmt: skip

    # The authority E06000001 is all of decile 1.
    with pytest.raises(DisclosureError, match=r"deprivation 1 .*= 2 \[area E06000001"):
        attacked(tmp_path, tables)


def test_a_table_that_is_asked_for_is_attacked_with_editions_and_the_ledger(tmp_path):
    june = {"june": release(tmp_path / "june", {"regions": REGIONS})}
    ledger = given_out(tmp_path / "ledger", "sexes", by_sex(None, None, 300))
    asked = given_out(
        tmp_path / "asked", "north", rows("rgn20cd sex numerator", ("E12000001", "F", 2))
    )

    attack_table(
        given_out(tmp_path / "safe", "sexes", by_sex(None, None, 300)), june, LOOKUP, ledger
    )
    with pytest.raises(DisclosureError, match="regions of june withholds it, north of the table"):
        attack_table(asked, june, LOOKUP, ledger)


def test_a_single_late_registration_is_found_from_two_editions(tmp_path):
    later = AUTHORITIES.assign(numerator=[41, 55, 66, 77, 88])
    june = release(tmp_path / "june", {"areas": AUTHORITIES})
    july = release(tmp_path / "july", {"areas": later}, registered_by="2020-07-11")

    with pytest.raises(DisclosureError, match=r"E06000001, registered by 2020-07-11, not"):
        attack_edition(july, "july", LOOKUP, {"june": june})


def test_a_late_registration_of_a_release_that_prints_everything_is_none(tmp_path):
    later = AUTHORITIES.assign(numerator=[41, 55, 66, 77, 88])
    june = release(tmp_path / "june", {"areas": AUTHORITIES}, rules="ons-2020-local-area")
    july = release(tmp_path / "july", {"areas": later}, registered_by="2020-07-11",
                   rules="ons-2020-local-area")  # fmt: skip

    attack_edition(july, "july", LOOKUP, {"june": june})


def test_a_difference_of_two_editions_that_is_known_to_be_0_is_no_narrow_range(tmp_path):
    tables = {"regions": REGIONS, "authorities": AUTHORITIES}
    june = release(tmp_path / "june", tables)
    july = release(tmp_path / "july", tables, registered_by="2020-07-11")

    done = attack_edition(july, "july", LOOKUP, {"june": june})

    # Nobody was added to any authority, as everybody can see, and 2 or more are between the ends
    # of what is left for women and men.
    assert done.narrowest >= 2


def test_a_count_that_an_earlier_edition_shows_is_found(tmp_path):
    # Nobody was added: the total is 32 in both.
    june = release(tmp_path / "june", {"sexes": by_sex(2, 30, 32)}, rules="ons-user-guide")
    july = release(tmp_path / "july", {"sexes": by_sex(None, None, 32)}, registered_by="2020-07-11")

    with pytest.raises(DisclosureError, match=r"sex F, registered by 2020-07-11 .*is exactly 2"):
        attack_edition(july, "july", LOOKUP, {"june": june})


def test_a_margin_recomputed_without_the_withheld_records_is_found(tmp_path):
    tables = {"sexes": by_sex(None, 30, 30), "whole": rows("cause numerator", ("All causes", 32))}

    with pytest.raises(DisclosureError, match=r"sexes of june shows 30 and whole of june shows 32"):
        attacked(tmp_path, tables)


def test_deaths_without_an_age_are_no_contradiction(tmp_path):
    ages = rows("age_band numerator denominator age_specific_rate", *(
        (band, 10, 1000, 100.0) for band in ("<1", "1-4", "5-9", "10-14", "15-19", "20-24", "25-29",
        "30-34", "35-39", "40-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70-74", "75-79",
        "80-84", "85-89", "90+")))  # fmt: skip
    # 200 deaths of 20 ages, and 3 without.
    tables = {"ages": ages, "sexes": by_sex(None, None, 203)}

    attacked(tmp_path, tables)


def test_a_cell_withheld_in_one_table_and_shown_in_another_is_found(tmp_path):
    tables = {"sexes": by_sex(None, None, 32), "women": rows("sex numerator", ("F", 2))}

    with pytest.raises(DisclosureError, match=r"sexes of june withholds it, women of june"):
        attacked(tmp_path, tables)


def shown_on_page(frame, name="sexes", link="sexes"):
    table = Table(protected(frame), ("sex",), "Deaths by sex", name, "strict")
    return table_html(table).replace(f"downloads/{name}.csv", f"downloads/{link}.csv")


def test_what_a_page_shows_of_its_download_is_no_leak(tmp_path):
    frame = by_sex(None, None, 32)

    attacked(tmp_path, {"sexes": frame}, shown=shown_on_page(frame), source=shown_on_page(frame))


@pytest.mark.parametrize("place", ["shown", "source"])
def test_a_table_that_shows_what_its_download_withholds_is_found(tmp_path, place):
    html = shown_on_page(by_sex(2, 30, 32))

    with pytest.raises(DisclosureError, match=r"page.*Deaths by sex.*Female: it shows what sexes"):
        held(tmp_path, {"sexes": by_sex(None, None, 32)}, **{place: html})


def test_a_table_on_a_page_without_a_download_is_found(tmp_path):
    html = shown_on_page(by_sex(2, 30, 32), link="nothing")

    with pytest.raises(DisclosureError, match=r"no download of the edition has them"):
        held(tmp_path, {"sexes": by_sex(None, None, 32)}, shown=html)


def test_a_custom_table_that_gives_a_cell_of_a_page_back_is_found(tmp_path):
    folder = release(tmp_path / "june", {"sexes": by_sex(None, None, 32)})
    given = given_out(tmp_path / "ledger", "t1", rows("month numerator", ("2020-03", 20),
                      ("2020-04", 10)), where={"sex": ["M"]})  # fmt: skip

    # 30 men in two months leave 2 of 32.
    with pytest.raises(DisclosureError, match=r"sex F .*is exactly 2"):
        attack_edition(folder, "june", LOOKUP, ledger=given)


def test_a_custom_table_that_says_nothing_new_is_no_alarm(tmp_path):
    folder = release(tmp_path / "june", {"regions": REGIONS})
    given = given_out(tmp_path / "ledger", "t1", rows("month numerator", ("2020-03", 20),
                      ("2020-04", 10)), where={"rgn20cd": ["E12000001"]})  # fmt: skip

    attack_edition(folder, "june", LOOKUP, ledger=given)


def test_a_custom_table_of_one_cause_leaves_a_rest_of_all_causes(tmp_path):
    folder = release(tmp_path / "june", {"sexes": by_sex(None, None, 32)})
    covid = {"cause": ["COVID-19"]}
    given = given_out(tmp_path / "ledger", "t1", by_sex(2, 30, 32), where=covid)

    # None of the 32 died of anything else.
    with pytest.raises(DisclosureError, match=r"sex F, .*is exactly 2"):
        attack_edition(folder, "june", LOOKUP, ledger=given)
    given_out(given, "t1", by_sex(5, 9, 14), where=covid)
    attack_edition(folder, "june", LOOKUP, ledger=given)


def test_counts_by_msoa_of_which_some_have_moved_are_true_of_their_authority(tmp_path):
    areas = AUTHORITIES.assign(numerator=[None, None, 60, 70, 80])
    folder = release(tmp_path / "june", {"areas": areas})
    msoas = rows("msoa11cd numerator", ("E02000001", 2), ("E02000002", 50), ("E02000003", 60),
                 ("E02000004", 70), ("W02000001", 80))  # fmt: skip
    given = given_out(tmp_path / "ledger", "msoas", msoas, rules="ons-user-guide")

    with pytest.raises(DisclosureError, match=r"E06000001"):
        attack_edition(folder, "june", LOOKUP, ledger=given)


def test_all_deaths_of_a_small_group_in_one_place_are_found(tmp_path):
    places = rows("sex place_of_death numerator", ("F", "Hospital", 4), ("F", "Home", 0),
                  ("M", "Hospital", 9), ("M", "Home", 8))  # fmt: skip
    totals = rows("sex place_of_death numerator", ("F", "All places", 4), ("M", "All places", 17))

    with pytest.raises(DisclosureError, match=r"sex F.*all 4 deaths are of place Hospital"):
        attacked(tmp_path, {"places": pd.concat([places, totals])})


def test_those_whose_sex_is_not_known_are_no_group_that_anybody_knows(tmp_path):
    groups = (("Not stated", 4, 0), ("M", 9, 8))
    places = [
        (sex, place, count)
        for sex, hospital, home in groups
        for place, count in (
            ("Hospital", hospital),
            ("Home", home),
            ("All places", hospital + home),
        )
    ]

    attacked(tmp_path, {"places": rows("sex place_of_death numerator", *places)})


def test_a_rate_of_few_people_is_found(tmp_path):
    rates = by_sex(10, 20, 30, denominator=[999, 1000, 1999], crude_rate=[1001.0, 2000.0, 1500.8])

    with pytest.raises(DisclosureError, match=r"sex F .*crude_rate of 999 people is shown"):
        attacked(tmp_path, {"rates": rates})


def test_a_table_of_which_nobody_says_what_it_counts_is_refused(tmp_path):
    folder = release(tmp_path / "june", {"sexes": by_sex(None, None, 32)})
    (folder / "downloads" / "other.csv").write_text(csv(by_sex(1, 2, 3)))

    with pytest.raises(
        DisclosureError, match=r"other.csv of june: neither a page nor its metadata"
    ):
        published_tables(folder)


def test_a_table_that_withholds_by_columns_unknown_here_is_refused(tmp_path):
    delays = rows("delay numerator", ("1", None), ("2", 8))

    with pytest.raises(DisclosureError, match=r"withholds 1 counts and goes by delay"):
        attacked(tmp_path, {"delays": delays})


def test_every_measure_is_a_fact_or_a_leak_or_harmless():
    told = {
        measure for ways in (facts.GIVEN_BACK, facts.INVOLVING_BACK) for measure in sum(ways, ())
    }
    told |= set(facts.LIMITS) | {limit for pair in facts.LIMITS.values() for limit in pair}

    assert told | facts.TELLING | facts.HARMLESS | {"numerator", "involving"} == set(MEASURES)
    assert not facts.TELLING & facts.HARMLESS
