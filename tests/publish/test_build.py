"""What a reader meets who builds a table, on a page opened from disk."""

import csv
import io
import time
from itertools import product

import pytest

from analysis.publish.book import build_book, stage_book
from tests.conftest import ROOT
from tests.publish.browser import open_browser
from tests.publish.conftest import make_project
from tests.publish.samples import info

PAGE = "build_your_table"
AREAS = {
    "K04000001": ("England and Wales", "England and Wales"),
    "E92000001": ("Country", "England"),
    "E12000007": ("Region", "London"),
    **{f"E0600{area:04}": ("Local authority", f"Ynys {area:03}") for area in range(40)},
    "E07000001": ("Local authority", 'Môn "y"; Ash, Elm'),
}
SEXES, CAUSES = ("Persons", "F", "M"), ("All causes", "COVID-19", "Not COVID-19")
MONTHS = ("All months", "2020-03", "2020-04")
RATE = ("asmr", "lower_ci", "upper_ci")


def local_areas():
    """A download: 3 deaths and no rate in one area, a withheld number in another."""
    measures = ("numerator", "denominator", *RATE)
    head = ["area_level", "area_code", "sex", "cause", "month", "area_name"]
    lines = [[*head, *(word for m in measures for word in (m, f"{m}_status"))]]
    for place, (code, sex, cause, month) in enumerate(product(AREAS, SEXES, CAUSES, MONTHS)):
        level, name = AREAS[code]
        line = [level, code, sex, cause, month, name, 1200 + place, "", 54321, ""]
        rate = [50 + place / 10, "", 45 + place / 10, "", 55 + place / 10, ""]
        if code == "E06000003":
            line[6], rate = 3, ["", "[x]"] * 3
        if code == "E06000004":
            line[6:8], rate = ["", "[c]"], ["", "[c]"] * 3
        lines.append([*line, *rate])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def sex_month():
    """A download of deaths by sex, cause and month, that has nothing of men in April."""
    head = ",".join(f"{m},{m}_status" for m in ("numerator", "denominator", *RATE))
    rows = [
        f"{sex},{cause},{month},12,,500,,2400.0,,2000.0,,2800.0,"
        for sex, cause, month in product(SEXES, CAUSES, MONTHS)
        if (sex, month) != ("M", "2020-04")
    ]
    return "\n".join([f"sex,cause,month,{head}", *rows, ""])


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    project = make_project(tmp_path_factory.mktemp("project"))
    toc = project / "book" / "_toc.yml"
    own = f"      - file: {PAGE}\n      - file: quality\n        title: Quality of the data\n"
    toc.write_text(toc.read_text().replace("      - file: not_in", f"{own}      - file: not_in"))
    notebook = (ROOT / "notebooks" / f"{PAGE}.ipynb").read_text()
    (project / "pages" / f"{PAGE}.ipynb").write_text(notebook)
    (project / "downloads" / "local-areas.csv").write_text(local_areas())
    (project / "downloads" / "sex-month-rates.csv").write_text(sex_month())
    staged = stage_book(
        project / "pages", project / "book", project / "staged", info(), project / "downloads"
    )
    folder = build_book(staged, project / "editions" / "first")
    (project / "editions.js").write_text("")  # of the site
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with open_browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def visit(browser, built):
    """Open the page at an address; each time anew, not as a step within it."""

    def go(address="", **options):
        browser.open(built / "methods.html")
        browser.open(built / f"{PAGE}.html", place=address, **options)
        if options.get("scripts", True):
            wait(browser, "document.querySelector('.bulletin-built-foot').childElementCount > 0")
        return browser

    return go


def wait(browser, condition):
    end = time.monotonic() + 10
    while not browser.run(condition):
        assert time.monotonic() < end, condition
        time.sleep(0.05)


def table(browser):
    """The table as rows of cells, header first: what a reader sees."""
    return browser.run(
        """[...document.querySelectorAll("#built tr")].map((row) =>
            [...row.cells].map((cell) => cell.innerText.replaceAll(/\\s+/g, " ").trim()))"""
    )


def text(browser, selector):
    return browser.run(f"document.querySelector({selector!r}).innerText")


def choose(browser, control, value):
    browser.run(
        f"""(() => {{ const made = document.getElementById({control!r}); made.focus();
        made.value = {value!r}; made.dispatchEvent(new Event("change")); }})()"""
    )


def tick(browser, control):
    browser.run(f"document.getElementById({control!r}).click()")


def address(browser):
    return browser.run("decodeURIComponent(window.location.hash)")


def downloaded(browser, kind):
    link = f"document.getElementById('build-{kind}').href"
    return browser.run(f"fetch({link}).then((answer) => answer.text())")


def test_a_table_is_shown_at_once_without_a_fault_or_another_host(visit):
    browser = visit()

    assert browser.faults == []
    assert [url for url in browser.asked if not url.startswith(("file:", "data:"))] == []
    assert text(browser, "#built caption").split("\n") == [
        "Deaths and rate by area and sex", "Cause: COVID-19. Month: All months.",
    ]  # fmt: skip
    rows = table(browser)
    assert rows[0] == ["Area", "Persons", "Female", "Male"]
    assert rows[1] == ["Deaths", "Rate", "Confidence interval"] * 3
    assert [row[0] for row in rows[2:]] == ["England and Wales", "England", "London"]
    assert rows[2][:4] == ["England and Wales", "1,203", "50.3", "45.3 to 55.3"]


def test_only_the_cube_that_is_chosen_is_loaded(visit):
    browser = visit()
    cubes = [url.split("/")[-1] for url in browser.asked if ".cube.js" in url]
    assert cubes == ["local-areas.cube.js"]

    choose(browser, "build-table", "sex-month-rates")
    wait(browser, "document.querySelector('#built caption').innerText.includes('by month')")

    cubes = [url.split("/")[-1] for url in browser.asked if ".cube.js" in url]
    assert cubes == ["local-areas.cube.js", "sex-month-rates.cube.js"]
    assert address(browser).startswith("#table=sex-month-rates&rows=month&columns=cause")
    assert browser.faults == []


def test_no_other_page_loads_the_builder(browser, built):
    browser.open(built / "methods.html")

    assert not [url for url in browser.asked if "build.js" in url or ".cube.js" in url]


def test_rows_columns_filters_and_measures_are_chosen(visit):
    browser = visit()

    choose(browser, "build-rows", "3")
    choose(browser, "build-one-2", "0")
    tick(browser, "build-measure-1")

    assert text(browser, "#built caption").split("\n") == [
        "Deaths by month and sex", "Area: England and Wales. Cause: All causes.",
    ]  # fmt: skip
    assert table(browser) == [
        ["Month", "Persons", "Female", "Male"],
        ["All months", "1,200", "1,209", "1,218"],
        ["March 2020", "1,201", "1,210", "1,219"],
        ["April 2020", "1,202", "1,211", "1,220"],
    ]
    assert browser.run("document.activeElement.id") != ""  # the keyboard has not lost its place
    assert browser.faults == []


def test_a_dimension_that_moves_gives_its_place_to_what_stood_there(visit):
    browser = visit()

    choose(browser, "build-columns", "0")  # areas were rows

    assert address(browser).startswith("#table=local-areas&rows=sex&columns=area_code&")
    assert [row[0] for row in table(browser)[2:]] == ["Persons", "Female", "Male"]


def test_rows_stand_within_rows(visit):
    browser = visit("#table=local-areas&rows=sex~month&measures=denominator&sex=F~M&month=*")

    rows = table(browser)

    assert rows[0] == ["Sex", "Month", "Population"]
    assert rows[1:3] == [["Female", "All months", "54,321"], ["Female", "March 2020", "54,321"]]
    assert len(rows) == 1 + 2 * 3


def test_the_address_changes_with_the_table_and_brings_it_back(visit):
    browser = visit()
    assert browser.run("window.location.hash") == ""
    tick(browser, "build-sum-0")
    tick(browser, "build-group-0-4")  # all local authorities
    tick(browser, "build-value-0-5")
    tick(browser, "build-group-0-1")
    choose(browser, "build-one-3", "1")
    there, before = browser.run("window.location.hash"), table(browser)

    assert address(browser) == (
        "#table=local-areas&rows=area_code&columns=sex&measures=numerator~asmr"
        "&area_code=@Country~@Region~@Local authority~-E06000002&sex=*&cause=COVID-19&month=2020-03"
    )
    assert browser.run("document.getElementById('build-address').value").endswith(there)
    assert table(visit(there)) == before


def test_a_step_back_in_the_browser_undoes_a_layout(visit):
    browser = visit()
    choose(browser, "build-rows", "3")
    assert table(browser)[2][0] == "All months"

    browser.run("window.history.back()")

    wait(browser, "document.querySelector('#built tbody th').innerText === 'England and Wales'")


def test_an_address_of_what_is_not_there_says_so_and_shows_the_rest(visit):
    browser = visit("#table=nowhere&rows=area_code")
    assert "This edition has no table nowhere; here is its first one." in text(
        browser, ".bulletin-build > .bulletin-found"
    )

    browser = visit("#table=local-areas&rows=area_code&area_code=E99~E12000007&cause=%zz")
    assert table(browser)  # an address that cannot be read is one of the first table

    browser = visit("#table=local-areas&rows=area_code&area_code=E99~E12000007")
    assert "left out: E99." in text(browser, ".bulletin-build > .bulletin-found")
    assert [row[0] for row in table(browser)] == ["Area", "London"]
    assert browser.faults == []


def test_an_area_is_found_by_name_or_code_without_its_accents(visit):
    browser = visit()
    tick(browser, "build-sum-0")
    found = """(() => {{ const box = document.getElementById("build-search-0");
        box.value = {!r}; box.dispatchEvent(new Event("input"));
        return document.querySelector(".bulletin-chooser .list").innerText; }})()"""

    assert browser.run(found.format("mon ash")).strip() == 'Môn "y"; Ash, Elm'
    assert browser.run(found.format("e06000011")).strip() == "Ynys 011"
    browser.run(found.format("xyz"))
    assert "None has “xyz” in its name or code." in text(browser, ".bulletin-chooser")


def test_symbols_are_explained_where_they_occur_and_only_there(visit):
    browser = visit()
    assert "[" not in text(browser, ".bulletin-table-foot")

    browser = visit("#table=local-areas&rows=area_code&area_code=E06000003~E06000004")

    assert table(browser)[1:] == [
        ["Ynys 003", "3", "[x]", "[x]"],
        ["Ynys 004", "[c]", "[c]", "[c]"],
    ]
    foot = text(browser, ".bulletin-table-foot")
    assert foot.startswith("[x] not calculated; [c] confidential. Download this table")


def test_what_the_download_does_not_cross_is_marked_or_said(visit):
    browser = visit("#table=sex-month-rates&rows=sex&columns=month&measures=numerator")
    assert table(browser)[3] == ["Male", "12", "12", "[z]"]
    assert "[z] not applicable." in text(browser, ".bulletin-table-foot")

    browser.run("window.location.hash = '#table=sex-month-rates&rows=cause&sex=M&month=2020-04'")

    wait(browser, "document.querySelector('.bulletin-build > .bulletin-table-wrap').hidden")
    assert "There are no numbers for this choice" in text(browser, ".bulletin-build > p")


def test_nothing_chosen_is_said(visit):
    browser = visit()
    tick(browser, "build-sum-1")
    tick(browser, "build-group-1-0")

    said = text(browser, ".bulletin-build > .bulletin-found")
    assert said == "Nothing is chosen under Sex. Choose at least one."


@pytest.mark.parametrize(
    "place",
    [
        "",
        "#table=local-areas&rows=area_code~month&measures=numerator&area_code=*&month=*",
        "#table=local-areas&rows=area_code&columns=month&measures=numerator~asmr~denominator",
    ],
)
def test_the_csv_is_what_is_shown(visit, place):
    browser = visit(place)

    rows = list(csv.reader(io.StringIO(downloaded(browser, "shown"))))

    caption = text(browser, "#built caption").split("\n")[1].rstrip(".").split(". ")
    filters = [said.split(": ")[1] for said in caption]
    heads = browser.run("document.querySelectorAll('#built tbody tr:first-child th').length")
    shown = browser.run(
        """[...document.querySelectorAll("#built tbody tr")].map((row) => [...row.cells].map(
            (cell) => cell.textContent))"""
    )
    assert [row[:heads] + row[heads + len(filters) :] for row in rows[1:]] == [
        row[:heads] + [cell.replace(",", "") for cell in row[heads:]] for row in shown
    ]
    assert all(row[heads : heads + len(filters)] == filters for row in rows[1:])
    assert len(set(rows[0])) == len(rows[0]) == len(rows[1])


def test_the_tidy_csv_has_rows_of_the_download_to_the_letter(visit):
    place = "#table=local-areas&rows=area_code&columns=sex&measures=numerator~asmr~denominator"
    browser = visit(f"{place}&area_code=@Local authority&sex=F~M&cause=COVID-19&month=2020-03")

    head, *rows = downloaded(browser, "tidy").splitlines()

    whole = local_areas().splitlines()
    assert head == whole[0]
    wanted = (",F,COVID-19,2020-03,", ",M,COVID-19,2020-03,")
    assert rows == [
        line
        for line in whole
        if line.startswith("Local authority") and any(words in line for words in wanted)
    ]


def test_a_reader_who_hears_the_page_is_told_what_it_is(visit):
    browser = visit()
    nameless = browser.run(
        """[...document.querySelectorAll(".bulletin-build :is(input, select)")]
        .filter((made) => !made.labels.length).map((made) => made.id)"""
    )
    legends = browser.run(
        "[...document.querySelectorAll('.bulletin-build legend')].map((legend) => legend.innerText)"
    )
    ids = "[...document.querySelectorAll('[id]')].map((made) => made.id)"
    scopes = "[...document.querySelectorAll('#built th')].filter((cell) => !cell.scope).length"

    assert nameless == []
    assert legends == ["Layout", "Measures", "What is shown"]
    assert browser.run(scopes) == 0
    assert len(set(browser.run(ids))) == len(browser.run(ids))
    status = browser.run(
        """(() => { const said = document.querySelector(".bulletin-build > .bulletin-found");
        return [said.getAttribute("role"), said.textContent]; })()"""
    )
    assert status == [
        "status",
        "3 rows and 9 columns of numbers are shown. Deaths and rate by area and sex. "
        "Cause: COVID-19. Month: All months.",
    ]


def test_it_does_not_move_sideways_on_a_telephone(visit):
    browser = visit(width=390)
    tick(browser, "build-sum-0")

    assert browser.run("document.documentElement.scrollWidth") <= 390


def test_without_scripts_there_is_a_list_of_ready_tables(visit, built):
    browser = visit(scripts=False)

    said = text(browser, ".bulletin-build")
    links = browser.run("[...document.querySelectorAll('.bulletin-ready a')].map((a) => a.href)")

    assert said.startswith("Building a table needs scripts, which are switched off")
    assert "Countries, regions and local authorities, by sex, cause and month." in said
    files = [link.split("/")[-1] for link in links]
    assert files == [
        "local-areas.csv", "local_areas.html", "sex-month-rates.csv", "sex_and_age.html",
    ]  # fmt: skip
    assert (built / "downloads" / files[0]).is_file()


def test_a_cube_that_cannot_be_loaded_leads_to_its_download(visit, built):
    script = built / "downloads" / "sex-month-rates.cube.js"
    away = script.with_suffix(".away")
    browser = visit()
    script.rename(away)
    try:
        choose(browser, "build-table", "sex-month-rates")
        wait(browser, "document.querySelector('.bulletin-whole').open")
    finally:
        away.rename(script)

    said = text(browser, ".bulletin-build > .bulletin-found")
    assert "“Months, by sex and cause” could not be loaded." in said
