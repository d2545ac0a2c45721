"""The local-area workbook, read."""

import openpyxl
import pytest

from analysis.errors import InputError
from analysis.ingest.published import read_local_area, read_msoa_counts

FOLDER = "real/ons-deaths-local-area-deprivation"
MONTHS = ("March", "April", "4 month - March to June")
MEASURES = ("Deaths", "Rate", None, "Lower CI", "Upper CI", None)


def sheet(book, title, heads, rows):
    """A sheet laid out like those of the release: headings over groups of columns, then rows."""
    page = book.create_sheet(title)
    page.append(["Back to contents page"])
    page.append([f"{title}: Number of deaths"])
    page.append([])
    page.append([*heads, None, *(cell for month in MONTHS for cell in (month, *[None] * 5))])
    page.append([*[None] * len(heads), None, *MEASURES * 3])
    for row in rows:
        page.append(row)
    page.append([])
    page.append(["Footnotes"])


def cells(*figures):
    return [
        cell for deaths, rate, mark in figures for cell in (deaths, rate, mark, rate, rate, None)
    ]


FIGURES = ((7, 82.3, "u"), (2, ":", ""), (9, 90.1, "u"))


def workbook(path, without=None):
    book = openpyxl.Workbook()
    names = ["Cause of death", "Sex"]
    first = ["All causes", "Persons"]
    tables = {
        "Table 1": ([*names, "code", "name"], [*first, "K04000001, J99000001", "ENGLAND, WALES"]),
        "Table 2": ([*names, "type", "code", "name"],
                    ["COVID-19", "Males", "London Borough", "E09000001", "City of London"]),
        "Table 3": ([*names, "Decile"], [*first, "1 (most deprived)"]),
        "Table 4": ([*names, "Quintile"], ["Non COVID-19", "Females", 5]),
    }  # fmt: skip
    for title, (heads, row) in tables.items():
        if title != without:
            sheet(book, title, heads, [[*row, None, *cells(*FIGURES)]])
    page = book.create_sheet("Table 5")
    page.append([None, None, None, None, "COVID-19", None, None, "Non COVID-19", None])
    page.append(["MSOA code", "ONS name", "Name", None, "March", "April", None, "March", "April"])
    page.append(["E02000001", "City of London 001", "City", None, 1, 2, None, 6, 0])
    page.append(["1 Footnote"])
    book.save(path)
    return path


def test_a_row_is_a_published_cell(tmp_path):
    tables = read_local_area(workbook(tmp_path / "book.xlsx"))

    city = tables[tables["table"] == "Table 2"]
    assert city["month"].tolist() == ["2020-03", "2020-04", "All months"]
    assert set(zip(city["area_code"], city["cause"], city["sex"], strict=True)) == {
        ("E09000001", "COVID-19", "M")
    }
    assert city["numerator"].tolist() == [7, 2, 9]
    assert city["asmr"].tolist() == [82.3, pytest.approx(float("nan"), nan_ok=True), 90.1]


def test_marks_say_why_there_is_no_rate(tmp_path):
    tables = read_local_area(workbook(tmp_path / "book.xlsx"))

    assert tables.loc[tables["table"] == "Table 2", "status"].tolist() == ["u", ":", "u"]


def test_codes_are_plain(tmp_path):
    tables = read_local_area(workbook(tmp_path / "book.xlsx"))

    codes = tables.groupby("table")["area_code"].first()
    assert codes.tolist() == ["K04000001", "E09000001", "1", "5"]


def test_counts_by_msoa_have_a_row_for_each_cause_and_month(tmp_path):
    counts = read_msoa_counts(workbook(tmp_path / "book.xlsx"))

    assert counts[["cause", "month", "numerator"]].to_numpy().tolist() == [
        ["COVID-19", "2020-03", 1],
        ["COVID-19", "2020-04", 2],
        ["Not COVID-19", "2020-03", 6],
        ["Not COVID-19", "2020-04", 0],
    ]


def test_a_missing_sheet_is_named(tmp_path):
    path = workbook(tmp_path / "book.xlsx", without="Table 3")

    with pytest.raises(InputError, match="sheet 'Table 3'"):
        read_local_area(path)


def test_a_missing_or_broken_workbook_says_what_to_do(tmp_path):
    (tmp_path / "broken.xlsx").write_bytes(b"not a workbook")

    with pytest.raises(InputError, match="no such file"):
        read_local_area(tmp_path / "none.xlsx")
    with pytest.raises(InputError, match="not a readable workbook"):
        read_local_area(tmp_path / "broken.xlsx")


def test_the_published_workbook_sums_to_its_own_totals(shared):
    path = shared / FOLDER / "granular_mortality_file_mar-jun2020.xlsx"
    tables, msoas = read_local_area(path), read_msoa_counts(path)

    total = tables.query("table == 'Table 1' and month == 'All months' and sex == 'Persons'")
    by_area = total.set_index(["area_code", "cause"])["numerator"]
    assert by_area["K04000001", "All causes"] == 220_636
    assert by_area["K04000001", "COVID-19"] == 50_574
    # Residents only: 251 fewer, 74 of them with COVID-19
    whole = msoas[msoas["month"] == "All months"].groupby("cause")["numerator"].sum()
    assert whole["All causes"] == 220_636 - 251
    assert whole["COVID-19"] == 50_574 - 74
    deciles = tables.query("table == 'Table 3' and month == 'All months' and sex == 'Persons'")
    assert (
        deciles.groupby("cause")["numerator"].sum()["COVID-19"] == by_area["E92000001", "COVID-19"]
    )
    assert msoas["msoa11cd"].nunique() == 7_201
