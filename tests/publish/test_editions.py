import json
import re
from datetime import date
from hashlib import sha256
from xml.etree import ElementTree

import pytest

from analysis.errors import PublishError
from analysis.publish import editions as module
from analysis.publish.editions import list_editions, publish_editions
from analysis.publish.manifest import changed_files, write_manifest
from tests.publish.samples import info


@pytest.fixture
def site(tmp_path):
    return tmp_path / "site"


@pytest.fixture
def build(tmp_path):
    """Make the HTML of an edition: a start page that lists one other page, and a download."""

    def make(edition, released=date(2020, 6, 12), data="demonstration", text="Deaths", **sources):
        folder = tmp_path / "built" / edition
        (folder / "downloads").mkdir(parents=True, exist_ok=True)
        (folder / "downloads" / "deaths.csv").write_text(text)
        (folder / "downloads" / "deaths.js").write_text("what a search reads")
        (folder / "index.html").write_text(
            '<li class="toctree-l1"><a class="reference internal" href="msoa.html">'
            f"Small areas &amp; <em>rates</em></a></li>{text}"
        )
        (folder / "msoa.html").write_text(text)
        write_manifest(folder, info(edition=edition, released=released, data=data), sources)
        return folder

    return make


def read(site, name):
    return (site / name).read_text()


def test_an_edition_stands_under_its_name_and_the_newest_is_the_latest(site, build):
    publish_editions(site, [build("a", date(2020, 6, 12)), build("b", date(2020, 7, 24))])

    assert "Deaths" in read(site, "editions/a/msoa.html")
    assert 'content="0; url=../editions/b/msoa.html"' in read(site, "latest/msoa.html")
    assert read(site, "index.html").index("editions/b/") < read(site, "index.html").index(
        "editions/a/"
    )


def test_downloads_have_an_address_of_their_own_and_so_have_the_latest(site, build):
    publish_editions(site, [build("a"), build("b", date(2020, 7, 24), text="More")])

    assert read(site, "data/a/deaths.csv") == "Deaths"
    assert read(site, "data/latest/deaths.csv") == read(site, "data/b/deaths.csv") == "More"
    assert sorted(file.name for file in (site / "data" / "b").iterdir()) == [
        "deaths.csv",
        "index.html",
    ]
    listed = read(site, "data/latest/index.html")
    assert sha256(b"More").hexdigest() in listed
    assert 'href="../../editions/b/index.html"' in listed


def test_the_feed_has_an_entry_for_each_edition_with_an_id_that_stays(site, build):
    publish_editions(site, [build("a")])
    (before,) = entries(site)

    publish_editions(site, [build("b", date(2020, 7, 24))])

    newer, older = entries(site)
    assert older == before
    assert before["updated"] == "2020-06-12T00:00:00Z"
    assert newer["title"] == "Deaths by deprivation, 24 July 2020"
    assert newer["summary"] == "Provisional edition b. Invented data."
    assert newer["id"].startswith("urn:uuid:")
    assert newer["id"] != older["id"]
    feed = ElementTree.fromstring(read(site, "feed.xml"))
    assert feed.findtext(f"{ATOM}updated") == "2020-07-24T00:00:00Z"
    links = [link.get("href") for link in feed.findall(f"{ATOM}entry/{ATOM}link")]
    assert links == ["editions/b/index.html", "editions/a/index.html"]
    assert all((site / link).is_file() for link in links)


def test_an_edition_without_downloads_has_an_empty_list(site, build):
    folder = build("a")
    for file in (folder / "downloads").iterdir():
        file.unlink()
    (folder / "downloads").rmdir()

    publish_editions(site, [folder])

    assert "0 files" in read(site, "data/latest/index.html")


ATOM = "{http://www.w3.org/2005/Atom}"


def entries(site):
    """Entries of the feed as what each of their plain elements says."""
    feed = ElementTree.fromstring(read(site, "feed.xml"))
    return [
        {part.tag.removeprefix(ATOM): part.text for part in entry if part.text}
        for entry in feed.findall(f"{ATOM}entry")
    ]


def test_lists_of_editions_for_programs_and_for_pages_opened_from_disk_agree(site, build):
    publish_editions(site, [build("a"), build("b", date(2020, 7, 24))])

    listed = json.loads(read(site, "editions.json"))
    script = re.fullmatch(r"window\.bulletinEditions = (.*);\n", read(site, "editions.js"), re.S)
    assert json.loads(script[1]) == listed
    assert listed["latest"] == "b"
    assert [edition["edition"] for edition in listed["editions"]] == ["b", "a"]
    assert listed["editions"][0]["pages"] == ["index", "msoa"]


def test_of_two_editions_of_one_day_real_data_come_first(site, build):
    kinds = {"x": "demonstration", "y": "records", "z": "open"}

    publish_editions(site, [build(name, data=data) for name, data in kinds.items()])

    assert [edition["edition"] for edition in list_editions(site)] == ["y", "z", "x"]


def test_titles_of_pages_are_those_of_the_book(site, build):
    publish_editions(site, [build("a")])

    assert list_editions(site)[0]["titles"] == {
        "index": "Deaths by deprivation",
        "msoa": "Small areas & rates",
    }
    assert "Small areas &amp; rates</a>" in read(site, "index.html")


def test_editions_on_the_site_stay_and_one_of_the_same_name_is_replaced(site, build):
    publish_editions(site, [build("a"), build("b")])

    publish_editions(site, [build("b", text="Corrected"), build("c")])

    names = sorted(folder.name for folder in (site / "editions").iterdir())
    assert names == ["a", "b", "c"]
    assert "Corrected" in read(site, "editions/b/msoa.html")


def test_the_site_that_was_there_stays_on_failure(site, build, monkeypatch):
    publish_editions(site, [build("a")])
    before = contents(site)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write_site", full)
    with pytest.raises(OSError, match="No space left"):
        publish_editions(site, [build("b")])

    assert contents(site) == before
    assert [path.name for path in site.parent.glob(".site*")] == []


def test_an_edition_without_manifest_is_refused(site, build):
    folder = build("a")
    (folder / "manifest.json").unlink()

    with pytest.raises(PublishError, match=r"manifest\.json: missing"):
        publish_editions(site, [folder])

    assert not site.exists()


def test_the_site_is_exchanged_in_two_steps_where_one_is_not_to_be_had(site, build, monkeypatch):
    monkeypatch.setattr(module, "_renamed_at_once", lambda *_: False)
    publish_editions(site, [build("a")])

    publish_editions(site, [build("b")])

    assert sorted(folder.name for folder in (site / "editions").iterdir()) == ["a", "b"]
    assert [path.name for path in site.parent.glob(".site*")] == []


def test_a_site_that_a_killed_run_left_aside_is_found_again(site, build):
    publish_editions(site, [build("a")])
    site.rename(site.with_name(".site.old"))

    publish_editions(site, [build("b")])

    assert sorted(folder.name for folder in (site / "editions").iterdir()) == ["a", "b"]


def test_the_same_editions_give_the_same_site_to_the_byte(site, build, tmp_path):
    built = [build("a"), build("b")]
    publish_editions(site, built)
    publish_editions(tmp_path / "again", built)

    assert contents(site) == contents(tmp_path / "again")


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_manifest_has_sources_and_finds_what_changed(build):
    folder = build("a", lock="ab" * 32)
    assert json.loads(read(folder, "manifest.json"))["sources"] == {"lock": "ab" * 32}
    assert changed_files(folder) == []

    (folder / "msoa.html").write_text("forged")
    (folder / "more.html").write_text("added")
    (folder / "downloads" / "deaths.csv").unlink()

    assert changed_files(folder) == ["downloads/deaths.csv", "more.html", "msoa.html"]


def test_pages_of_the_site_name_no_other_host(site, build):
    publish_editions(site, [build("a")])

    for name in ("index.html", "latest/index.html", "latest/msoa.html", "data/a/index.html"):
        assert not re.search(r'(src|href)="(\w+:)?//', read(site, name))
