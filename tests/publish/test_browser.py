"""What a reader meets who opens the site from disk: pages, switcher, filter and search."""

import time
from datetime import date

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from analysis.disclosure.html import LONGEST
from analysis.publish.book import build_book, stage_book
from analysis.publish.editions import publish_editions
from analysis.publish.manifest import write_manifest
from tests.publish.browser import open_browser
from tests.publish.conftest import make_project
from tests.publish.samples import areas_table, info, page, shown

ODD = "`Ynys` ${Môn}\\n"  # signs of the language that the search is written in


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Two editions with a table of 40 rows, taken from a download too long for a page."""
    project = make_project(tmp_path_factory.mktemp("project"))
    whole = areas_table(LONGEST + 1, first=ODD)
    some = whole.select("some", "Some areas", area_code=[f"E06{area:06}" for area in range(20)])
    data, metadata = some.show(["area_name", "cause", "numerator", "asmr"])._repr_mimebundle_()
    cell = new_code_cell("some", outputs=[shown(data, **metadata["bulletin"])], execution_count=1)
    nbformat.write(page(cell), project / "pages" / "deprivation.ipynb")
    (project / "downloads" / "areas.csv").write_text(whole.to_csv())
    built = []
    for name, day in (("first", date(2020, 6, 12)), ("second", date(2020, 7, 24))):
        about = info(edition=name, released=day, data="demonstration")
        downloads = project / "downloads"
        staged = stage_book(
            project / "pages", project / "book", project / f"{name} staged", about, downloads
        )
        built.append(build_book(staged, project / name))
        write_manifest(built[-1], about, {})
    publish_editions(project / "site", built)
    return project / "site"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with open_browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def areas(browser, site):
    """The page with the table of areas, of the first edition."""
    browser.open(site / "editions" / "first" / "deprivation.html")
    return browser


def type_into(browser, box, text):
    """Type, and return what the page says to it when it has answered."""
    browser.run(
        f"""(async () => {{
            const box = document.querySelector({box!r});
            box.value = {text!r};
            box.dispatchEvent(new Event("input"));
            await new Promise((resolve) => setTimeout(resolve, 300));
        }})()"""
    )
    return browser.run(f"document.querySelector({box!r}).parentElement.innerText")


def test_every_page_opens_from_disk_without_a_fault_or_another_host(browser, site):
    pages = sorted(site.rglob("*.html"))

    for file in pages:
        browser.open(file)
        assert browser.faults == [], file
        assert [url for url in browser.asked if not url.startswith(("file:", "data:"))] == []

    # start, deprivation, methods, search; three lists of downloads, four redirections but search
    assert len(pages) == 2 * 4 + 1 + 3 + 3


def test_no_page_moves_sideways_on_a_telephone(browser, site):
    for file in [site / "index.html", *(site / "editions" / "first").glob("*.html")]:
        browser.open(file, width=390)
        assert browser.run("document.documentElement.scrollWidth") <= 390, file


def test_the_switcher_leads_to_the_same_page_of_another_edition(areas):
    options = areas.run(
        '[...document.querySelectorAll("#bulletin-editions option")].map(o => o.value)'
    )

    assert [url.split("/")[-2:] for url in options] == [
        ["second", "deprivation.html"],
        ["first", "deprivation.html"],
    ]
    notice = areas.run('document.querySelector(".bulletin-newer").innerText')
    assert notice == "This is not the latest edition. See the edition of 24 July 2020."


@pytest.mark.parametrize("scripts", [True, False])
def test_the_latest_edition_is_where_the_address_says_and_at_the_same_place(browser, site, scripts):
    browser.open(site / "latest" / "deprivation.html", place="#areas", scripts=scripts)
    address = "latest"
    for _ in range(100):  # until it is led, and what the browser tells of that page is read
        time.sleep(0.1)
        loaded = "latest" not in address and browser.run("document.readyState") == "complete"
        address = browser.run("location.href")
        if loaded:
            break

    # Without scripts a browser leads to the top of the page.
    assert address.split("/")[-2:] == ["second", f"deprivation.html{'#areas' * scripts}"]


def test_a_reader_finds_an_area_that_the_page_does_not_show(areas):
    said = type_into(areas, "#find-areas", "400 ash")

    assert "1 area found, in 2 rows. [u] low reliability; [x] not calculated." in said
    assert "Ash 400\tAll causes\t2\t[x]\t[x]\tE06000400\tWales" in said
    assert areas.run('document.querySelector(".bulletin-found").getAttribute("role")') == "status"
    assert areas.faults == []


def test_a_name_is_found_without_its_accents_and_shown_as_it_is(areas):
    assert ODD in type_into(areas, "#find-areas", "ynys mon")


def test_a_search_for_nothing_says_so_and_a_single_letter_waits(areas):
    assert "No area has “xyz” in its name or code." in type_into(areas, "#find-areas", "xyz")
    assert "found" not in type_into(areas, "#find-areas", "a")


def test_a_long_table_shows_the_rows_that_a_reader_asks_for(areas):
    said = type_into(areas, ".bulletin-filter input", "ash 007")

    assert "2 rows" in said
    shown = 'document.querySelectorAll("#some tbody tr:not([hidden])").length'
    assert areas.run(shown) == 2
