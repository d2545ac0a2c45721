"""A small invented edition from end to end: records in, a site out."""

import filecmp
import hashlib
import json
import shutil

import pandas as pd
import pytest

from analysis.errors import DisclosureError, InputError
from analysis.params import load_edition
from analysis.publish import bulletin
from analysis.publish.bulletin import make_bulletin
from analysis.run.screen import Screen
from analysis.synthesis.demonstration import make_demonstration
from tests.conftest import ROOT
from tests.publish.browser import open_browser

EDITIONS = ("demo-2020-06-12", "demo-2020-07-24")

pytestmark = pytest.mark.xdist_group("kernels")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project with a tenth of the areas of England and Wales."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("book", "notebooks", "params"):
        shutil.copytree(ROOT / folder, root / folder)
    for file in ("_config.yml", "requirements.lock"):
        shutil.copy(ROOT / file, root / file)
    make_demonstration(root / "data" / "raw" / "demo", size=0.1)
    return root


def edition(name, **changes):
    return load_edition(ROOT / "params" / f"{name}.yml").model_copy(update=changes)


def make(root, *editions):
    with Screen() as screen:
        return make_bulletin(editions, root, screen)


@pytest.fixture(scope="module")
def made(project):
    return make(project, *map(edition, EDITIONS))


@pytest.fixture(scope="module")
def site(made):
    assert made.failures == {}
    return made.site.parent


def files(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_site_has_both_editions_and_leads_to_the_latest(site):
    listed = json.loads((site / "editions.json").read_text())

    assert [e["edition"] for e in listed["editions"]] == [EDITIONS[1], EDITIONS[0]]
    assert listed["latest"] == EDITIONS[1]
    assert EDITIONS[1] in (site / "latest" / "index.html").read_text()


def test_every_page_says_that_its_data_are_invented(site):
    for name in load_edition(ROOT / "params" / f"{EDITIONS[0]}.yml").pages:
        html = (site / "editions" / EDITIONS[0] / f"{name}.html").read_text()
        assert "Invented data" in html


def test_every_table_has_a_download_that_is_there(site):
    folder = site / "editions" / EDITIONS[0]
    for page in folder.glob("*.html"):
        for link in page.read_text().split('href="downloads/')[1:]:
            assert (folder / "downloads" / link.split('"')[0]).is_file()


def test_a_download_has_the_digest_that_its_page_states(site):
    folder = site / "editions" / EDITIONS[0]
    csv = (folder / "downloads" / "local-areas.csv").read_bytes()

    assert hashlib.sha256(csv).hexdigest() in (folder / "local_areas.html").read_text()


def test_all_that_the_builder_of_tables_loads_is_under_a_megabyte(site):
    folder = site / "editions" / EDITIONS[1]
    scripts = {file.name: file.stat().st_size for file in folder.glob("downloads/*.cube.js")}

    # These areas are a tenth of those of England and Wales.
    many = ("msoa.cube.js", "msoa-month.cube.js", "local-areas.cube.js")
    data = sum(size * (10 if name in many else 1) for name, size in scripts.items())

    assert {*many, "sex-age-rates.cube.js"} <= set(scripts)
    assert data + (folder / "_static" / "build.js").stat().st_size < 1_000_000, scripts


def test_every_download_has_its_rule_beside_it_and_on_its_page(site):
    folder = site / "editions" / EDITIONS[0]
    pages = "".join(page.read_text() for page in folder.glob("*.html"))
    for download in (folder / "downloads").glob("*.csv"):
        about = json.loads(download.with_name(f"{download.name}-metadata.json").read_text())
        assert f"<td>{about['notes'][0]['rule']}</td>" in pages, download.name


def test_counts_by_msoa_add_up_to_their_authority_and_some_are_not_the_true_ones(project, site):
    lookup = pd.read_parquet(project / "data" / "raw" / "demo" / "lookup.parquet")
    home = lookup.drop_duplicates("msoa11cd").set_index("msoa11cd")["lad20cd"]
    counts = pd.read_parquet(project / "_build" / EDITIONS[0] / "counts" / "area.parquet")
    counts = counts.dropna(subset=["msoa11cd", "age_band"])  # those that a rate has a place for
    true = counts[counts["covid19"] != "none"].groupby("msoa11cd")["numerator"].sum()
    true = true.reindex(home.index, fill_value=0)

    downloads = site / "editions" / EDITIONS[0] / "downloads"
    table, monthly = (pd.read_csv(downloads / f"{name}.csv") for name in ("msoa", "msoa-month"))
    shown = table.query("cause == 'COVID-19'").set_index("area_code")["numerator"]
    by_month = monthly.query("cause == 'COVID-19'").groupby("area_code")["numerator"].sum()

    assert shown.groupby(home).sum().to_dict() == true.groupby(home).sum().to_dict()
    assert shown.sort_index().to_dict() == by_month.sort_index().to_dict()
    assert 0 < (shown.sort_index() != true.sort_index()).mean() < 0.5


def test_nothing_asks_another_host_for_anything(site):
    for page in site.rglob("*.html"):
        text = page.read_text()
        for attribute in ('src="http', 'src="//', 'rel="stylesheet" href="http', "url(http"):
            assert attribute not in text, page


def test_every_page_opens_in_a_browser_from_disk(site, tmp_path):
    with open_browser(tmp_path) as browser:
        for page in [site / "index.html", *(site / "editions" / EDITIONS[0]).glob("*.html")]:
            browser.open(page)
            assert browser.faults == [], page
            assert [url for url in browser.asked if not url.startswith(("file:", "data:"))] == []
            wide = browser.run(
                """[...document.querySelectorAll(".bulletin-table-wrap")]
                .filter((wrap) => wrap.scrollWidth > wrap.clientWidth)
                .map((wrap) => wrap.querySelector("table").id)"""
            )
            assert wide == [], f"{page.name}: these tables are wider than a page of 1300 pixels"


def test_the_same_edition_made_twice_is_the_same_to_the_byte(project, site, tmp_path):
    first = tmp_path / "first"
    shutil.copytree(site, first)

    again = make(project, *map(edition, EDITIONS))

    assert files(site) == files(first)
    _, different, unread = filecmp.cmpfiles(first, site, files(first), shallow=False)
    assert (different, unread) == ([], [])
    assert again.site == site / "index.html"


def test_an_edition_of_records_is_stamped_and_kept_out_of_the_site(project, site):
    records = edition(EDITIONS[0], edition="records-2020-06-12", data="records")

    made = make(project, records)

    assert made.kept_out == ["records-2020-06-12"]
    assert not (site / "editions" / "records-2020-06-12").exists()
    built = project / "_build" / "records-2020-06-12" / "html"
    for name in records.pages:
        assert "Not protected, do not release" in (built / f"{name}.html").read_text()


def test_a_record_in_the_words_of_the_book_is_not_published(project, site, monkeypatch):
    methods, before = project / "book" / "methods.md", files(site)
    sound = methods.read_text()
    record = pd.read_parquet(project / "data" / "raw" / "demo" / "records.parquet").iloc[0]
    methods.write_text(f"{sound}\n{record.record_id}, {record.death_date}, {record.lsoa11cd}\n")
    monkeypatch.setattr(bulletin, "_run", lambda *_: {})  # its pages were run above
    try:
        with pytest.raises(DisclosureError) as refusal:
            make(project, edition(EDITIONS[0]))
    finally:
        methods.write_text(sound)

    message = str(refusal.value)
    assert "methods.html: 1 identifiers of records" in message
    assert "methods.html: 1 rows that join a day with an LSOA or an MSOA" in message
    assert record.record_id not in message
    assert files(site) == before


def test_a_page_that_fails_leaves_the_site_as_it_was(project, site):
    notebook = project / "notebooks" / "msoa.ipynb"
    sound, before = notebook.read_text(), files(site)
    notebook.write_text(sound.replace("count_deaths(deaths, population,", "count_deaths(nothing,"))
    try:
        made = make(project, edition(EDITIONS[0]))
    finally:
        notebook.write_text(sound)

    (failed,) = made.failures[EDITIONS[0]]
    assert failed.name.endswith("msoa")
    assert "NameError" in failed.error
    assert made.site is None
    assert files(site) == before
    assert (project / "_build" / EDITIONS[0] / "pages" / "summary.ipynb").is_file()


def test_a_page_that_shows_a_frame_is_refused(project, site):
    notebook = project / "notebooks" / "msoa.ipynb"
    sound = notebook.read_text()
    page = json.loads(sound)
    page["cells"][-1]["source"] = "counts"
    notebook.write_text(json.dumps(page))
    try:
        made = make(project, edition(EDITIONS[0]))
    finally:
        notebook.write_text(sound)

    (failed,) = made.failures[EDITIONS[0]]
    assert "would show what is not protected" in failed.error


def test_missing_inputs_are_named_together_and_nothing_is_counted(project):
    gone = edition(EDITIONS[0], edition="gone")
    inputs = gone.inputs.model_copy(update={"records": "data/raw/none.csv", "lookup": "no.csv"})

    with pytest.raises(InputError, match="2 input files are missing"):
        make(project, gone.model_copy(update={"inputs": inputs}))
    assert not (project / "_build" / "gone").exists()
