import re
from html.parser import HTMLParser

import nbformat
import pytest
import yaml
from nbformat.v4 import new_markdown_cell

from analysis.errors import PublishError
from analysis.publish.book import build_book, stage_book
from tests.publish.samples import info, page


def stage(project, name="staged", **changes):
    return stage_book(
        project / "pages",
        project / "book",
        project / name,
        info(**changes),
        downloads=project / "downloads",
    )


@pytest.fixture
def built(project):
    return build_book(stage(project), project / "html")


class Addresses(HTMLParser):
    """What a browser would load by itself: all that is not a link to click on."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        if tag != "a":
            self.found += [value for name, value in attributes if name in ("src", "href")]


def test_a_page_loads_nothing_from_another_host(built):
    pages = sorted(built.glob("*.html"))

    addresses = Addresses()
    for file in pages:
        addresses.feed(file.read_text())

    assert len(pages) == 4  # index, deprivation, methods, search
    assert "_static/bulletin.css" in {(found or "").partition("?")[0] for found in addresses.found}
    assert [found for found in addresses.found if re.match(r"(\w+:)?//", found or "")] == []


def test_formulae_are_mathml_without_any_script(built):
    methods = (built / "methods.html").read_text()

    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in methods
    assert "<mfrac>" in methods
    assert "(1)" in methods
    assert not re.search(r"<script[^>]*mathjax", methods, re.IGNORECASE)


def test_a_chart_is_a_numbered_figure_with_the_words_of_its_data(built):
    html = (built / "deprivation.html").read_text()

    assert 'alt="A square, 9 wide."' in html
    assert re.search(r'<figure[^>]* id="square">', html)
    assert '<span class="caption-number">Figure 1 </span>' in html
    assert "Figure 1" in (built / "index.html").read_text()


def test_every_page_says_what_edition_it_belongs_to(built):
    for name in ("index", "deprivation", "methods"):
        html = (built / f"{name}.html").read_text()
        assert '<html lang="en-GB"' in html
        assert 'aria-label="About the data">Invented data</aside>' in html
        assert '<time datetime="2020-06-12">12 June 2020</time>' in html
        assert '<time datetime="2020-07-24">24 July 2020</time>' in html
        assert "Provisional" in html
        assert '<a href="mailto:team@example.org">team@example.org</a>' in html
        assert "Made by version <code>0.1.0</code>" in html
        assert '<script defer src="./../../editions.js"></script>' in html


def test_an_edition_of_no_banner_has_none(project):
    built = build_book(stage(project, banner=""), project / "html")

    assert "bulletin-banner" not in (built / "index.html").read_text()


def test_hidden_code_has_a_label(built):
    html = (built / "deprivation.html").read_text()

    assert re.search(r'<summary>\n<p class="collapsed[^"]*">Show code</p>', html)


def test_downloads_stand_beside_the_pages(built):
    assert (built / "downloads" / "deaths.csv").read_text().endswith("1,426\n")


def test_the_same_edition_built_twice_is_the_same_to_the_byte(project, built):
    again = build_book(stage(project, "another folder"), project / "again")

    first, second = files(built), files(again)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert ".buildinfo" not in first


def files(folder):
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_entries_without_a_page_are_left_out_of_the_contents(project):
    contents = yaml.safe_load((stage(project).folder / "_toc.yml").read_text())

    assert contents["parts"] == [
        {"caption": "Results", "chapters": [{"file": "deprivation"}]},
        {"caption": "About", "chapters": [{"file": "methods"}]},
    ]


def test_words_about_a_page_that_is_left_out_are_no_link_and_its_card_is_not_shown(project):
    card = ":::{grid-item-card} Nowhere\n:link: nowhere\n:link-type: doc\nCard of nowhere.\n:::\n"
    (project / "book" / "index.md").write_text(
        f"# Deaths\n\nSee {{doc}}`not_in_this_edition` and {{doc}}`this page <nowhere>`.\n\n"
        f"::::{{grid}} 1\n{card}{card.replace('nowhere', 'methods')}::::\n"
    )

    html = (build_book(stage(project), project / "html") / "index.html").read_text()

    assert "<p>See <span>Left out</span> and <span" in html
    assert "Card of methods." in html
    assert "Card of nowhere." not in html


def test_a_page_without_a_place_in_the_contents_is_refused(project):
    nbformat.write(page(), project / "pages" / "stray.ipynb")

    with pytest.raises(PublishError, match=r"_toc\.yml: no entry for stray"):
        stage(project)


def test_a_failed_page_is_not_published(project):
    failed = page()
    failed.metadata["bulletin"] = {"failed": True}
    nbformat.write(failed, project / "pages" / "deprivation.ipynb")

    with pytest.raises(PublishError, match="1 pages failed when they ran: deprivation"):
        stage(project)


def test_a_warning_stops_the_build_and_what_was_there_stays(project, built):
    broken = page(new_markdown_cell("See {doc}`no_such_page` and {numref}`nothing`."))
    nbformat.write(broken, project / "pages" / "deprivation.ipynb")
    before = files(built)

    with pytest.raises(PublishError, match=r"2 warnings.*\n.*deprivation.*no_such_page"):
        build_book(stage(project), built)

    assert files(built) == before
    assert not list(project.glob(".*building"))


def test_building_prints_nothing(project, capfd):
    build_book(stage(project), project / "html")

    assert capfd.readouterr() == ("", "")
