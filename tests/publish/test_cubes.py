"""A cube holds every row of its download, to the letter, and nothing else."""

import json
import re

import ibis
import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.disclosure.measures import MEASURES
from analysis.errors import DisclosureError, PublishError
from analysis.publish.cube import Cube, read_cubes
from analysis.publish.cubes import place_builder, write_cubes
from analysis.publish.manifest import sha256
from analysis.publish.scan import scan_site
from analysis.publish.scripts import digests_of_scripts
from analysis.publish.signs import ABOVE, ALONE
from analysis.vocabulary import STATUSES
from tests.conftest import ROOT

CUBE = {
    "download": "areas",
    "page": "local_areas",
    "title": "Areas <and> sexes",
    "notes": "Deaths.",
    "dimensions": [
        {"code": "area_code", "name": "area_name", "group": "area_level", "total": "K04000001"},
        {"code": "month"},
    ],
    "measures": ["numerator", "asmr", "difference"],
    "start": {"rows": ["area_code"], "columns": "month"},
}
# Cells that are withheld, negative, of low reliability or not there; E2 has no row for April.
ROWS = """\
area_level,area_code,month,area_name,numerator,numerator_status,asmr,asmr_status,lower_ci,\
lower_ci_status,upper_ci,upper_ci_status,difference,difference_status
Region,E1,2020-03,"Ash, ""Elm"" or",5,,,[x],,[x],,[x],,[x]
Region,E1,2020-04,"Ash, ""Elm"" or",1200,,50.5,,48.0,,53.0,,higher,
Region,E2,2020-03,Ash | Oak,,[c],,[c],,[c],,[c],,[c]
All,K04000001,2020-03,All,12,,-0.5,[u],-1.0,[u],0.0,[u],similar,[u]
All,K04000001,2020-04,All,1213,,50.5,,48.0,,53.0,,similar,
"""


@pytest.fixture
def downloads(tmp_path):
    (tmp_path / "areas.csv").write_text(ROWS)
    return tmp_path


def read(path):
    """What a browser makes of the script."""
    packed = re.fullmatch(r"bulletinCube\((.*)\);\n", path.read_text(), re.DOTALL)[1]
    return json.loads(packed)


def table_of(packed):
    """The rows of the script as a download would have them, read by the rules of build.js."""
    half = len(packed["signs"]) // 2

    def steps(text):
        value = 0
        for sign in text:
            place = packed["signs"].index(sign)
            value = value * half + place % half
            if place < half:
                yield value
                value = 0

    def series(written, others=()):
        base, runs, text = written
        found, read = [], list(steps(text))
        if runs:
            pairs = zip(read[::2], read[1::2], strict=True)
            read = [step for step, more in pairs for _ in range(more + 1)]
        for step in read:
            before = (found[-1] if found else 0) if base == ABOVE else 0
            start = before if base in (ALONE, ABOVE) else others[base][len(found)]
            up = (step - 1) // 2 if step % 2 else -step // 2
            found.append(None if step == 0 else (start or 0) + up)
        return found

    def words(texts):
        if isinstance(texts, list):
            return texts
        found = [""]
        for text in texts.split(packed["between"]):
            found.append(found[-1][: packed["signs"].index(text[0])] + text[1:])
        return found[1:]

    sizes = [len(words(about["codes"])) for about in packed["dimensions"]]
    places = np.cumsum([gap + 1 for gap in series(packed["gaps"])]) - 1
    table = {}
    for about, at in zip(packed["dimensions"], np.unravel_index(places, sizes), strict=True):
        texts = [words(about["codes"])]
        texts += [words(about["names"])] if about["names"] else []
        if "group" in about:
            texts.append([about["groups"][group] for group in series(about["group"])])
        for column, values in zip(about["columns"], texts, strict=True):
            table[column] = [values[place] for place in at]
    values, statuses = [], []
    for about in packed["columns"]:
        values.append(series(about["value"], values))
        statuses.append(series(about["status"], statuses))
        scale, decimals = 10 ** about["decimals"], about["decimals"]
        table[about["name"]] = [
            ""
            if value is None
            else about["words"][value]
            if "words" in about
            else f"{value / scale:.{decimals}f}"
            for value in values[-1]
        ]
        table[f"{about['name']}_status"] = [list(packed["statuses"])[s] for s in statuses[-1]]
    return pd.DataFrame(table)[packed["order"]]


def in_order(frame):
    return frame.sort_values(list(frame)).reset_index(drop=True).astype("str")


def test_a_cube_is_its_download_to_the_letter(downloads):
    write_cubes(downloads, [Cube.of(CUBE)])

    packed = read(downloads / "areas.cube.js")

    whole = pd.read_csv(downloads / "areas.csv", dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(in_order(table_of(packed)), in_order(whole))


def test_what_is_no_plain_number_comes_back_as_it_was_written(downloads):
    text = ROWS.replace(",5,,", ",-0,,")  # -0 is not the number 0
    (downloads / "areas.csv").write_text(text)

    write_cubes(downloads, [Cube.of(CUBE)])

    assert "-0" in set(table_of(read(downloads / "areas.cube.js"))["numerator"])


def test_the_total_stands_first_and_codes_are_shown_in_words(downloads):
    write_cubes(downloads, [Cube.of(CUBE)])

    areas, months = read(downloads / "areas.cube.js")["dimensions"]

    assert areas["total"] == 0
    assert areas["names"] == ["All", 'Ash, "Elm" or', "Ash | Oak"]
    assert (areas["label"], areas["groups"]) == ("Area", ["All", "Region"])
    assert "March 2020" in months["shown"]


def test_a_measure_has_the_labels_of_the_other_pages_and_brings_its_limits(downloads):
    write_cubes(downloads, [Cube.of(CUBE)])

    packed = read(downloads / "areas.cube.js")

    assert packed["measures"] == [
        {"columns": [0], "labels": ["Deaths"]},
        {"columns": [1, 2, 3], "labels": ["Rate", "Confidence interval"]},
        {"columns": [4], "labels": ["Compared with all"]},
    ]
    assert packed["statuses"] == STATUSES


def test_the_rule_of_a_table_comes_with_it(downloads):
    write_cubes(downloads, [Cube.of(CUBE)])
    assert read(downloads / "areas.cube.js")["rule"] == ""

    metadata = {"notes": [{"rule": "strict, by region and month"}, {"symbols": {}}]}
    (downloads / "areas.csv-metadata.json").write_text(json.dumps(metadata))
    write_cubes(downloads, [Cube.of(CUBE)])

    assert read(downloads / "areas.cube.js")["rule"] == "strict, by region and month"


def test_areas_of_one_name_are_told_apart_by_their_codes(downloads):
    (downloads / "areas.csv").write_text(ROWS.replace("Ash | Oak", '"Ash, ""Elm"" or"'))

    write_cubes(downloads, [Cube.of(CUBE)])

    shown = read(downloads / "areas.cube.js")["dimensions"][0]["shown"]
    # A name is written after a sign for the letters that it shares with the one before.
    assert 'sh, "Elm" or (E1)|' in shown
    assert shown.endswith("2)")


def test_a_cube_without_its_download_is_left_out(tmp_path):
    assert write_cubes(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_cube_whose_download_has_other_columns_is_left_out(downloads):
    by_week = Cube.of(CUBE | {"dimensions": [*CUBE["dimensions"], {"code": "week"}]})
    ratios = Cube.of(CUBE | {"measures": ["numerator", "ratio"]})  # a ratio brings its limits

    assert write_cubes(downloads, [by_week, ratios]) == []
    assert [path.name for path in downloads.iterdir()] == ["areas.csv"]


def test_a_cube_that_names_a_total_that_its_download_does_not_have_is_refused(downloads):
    dimensions = [{"code": "area_code", "total": "E9"}, {"code": "month"}]

    with pytest.raises(PublishError, match="areas: its download has no area_code E9"):
        write_cubes(downloads, [Cube.of(CUBE | {"dimensions": dimensions})])


def test_a_script_follows_its_download_when_that_changes(downloads):
    write_cubes(downloads, [Cube.of(CUBE)])
    before = read(downloads / "areas.cube.js")
    (downloads / "areas.csv").write_text(ROWS.replace("1213", "1214"))

    write_cubes(downloads, [Cube.of(CUBE)])

    assert read(downloads / "areas.cube.js") != before


def test_two_rows_in_one_place_are_refused(downloads):
    cube = Cube.of(CUBE | {"dimensions": CUBE["dimensions"][:1]})

    with pytest.raises(PublishError, match="two rows have the same area_code"):
        write_cubes(downloads, [cube])


def test_the_list_of_ready_tables_has_their_downloads_and_their_pages(downloads):
    html = place_builder(write_cubes(downloads, [Cube.of(CUBE)]))

    assert "<noscript><p>Building a table needs scripts" in html
    assert "Areas &lt;and&gt; sexes" in html
    assert '<a href="downloads/areas.csv" download>' in html
    assert "(CSV, 5 rows, 1 kB)" in html
    assert '<a href="local_areas.html">About these numbers' in html


def test_an_edition_without_cubes_says_so():
    assert place_builder([]) == "<p>This edition has no tables to build from.</p>\n"


@pytest.mark.parametrize("cube", read_cubes(), ids=lambda cube: cube.download)
def test_what_is_offered_is_known_to_the_book(cube):
    codes = {dimension.code for dimension in cube.dimensions}
    start = cube.start

    assert set(cube.measures) <= set(MEASURES)
    assert set(start["measures"]) <= set(cube.measures)
    assert {*start["rows"], *start.get("where", {})} <= codes
    assert start.get("columns") in {None, *codes} - set(start["rows"])
    assert f"file: {cube.page}\n" in (ROOT / "book" / "_toc.yml").read_text()
    assert f"  {cube.page}: " in (ROOT / "params" / "demo-2020-06-12.yml").read_text()


def test_every_cube_has_a_name_of_its_own():
    names = [cube.download for cube in read_cubes()]

    assert len(set(names)) == len(names)


def test_the_largest_cube_and_the_script_of_the_page_are_small(tmp_path):
    # 7,201 areas by cause: 1.5 MB of CSV. All cubes of an edition: tests/test_edition.py.
    areas = pd.DataFrame({"area_code": [f"E0200{area:04}" for area in range(7201)]})
    random = np.random.default_rng(1)
    areas["area_name"] = [f"Ynys {area // 20} {area % 20:03}" for area in range(7201)]
    areas["region_name"] = [f"Region {area // 720}" for area in range(7201)]
    areas["denominator"] = random.integers(5_000, 12_000, 7201)
    frame = areas.merge(pd.DataFrame({"cause": ["All causes", "COVID-19"]}), how="cross")
    deaths = random.poisson(25, len(frame))
    rates = {"asmr": 1.0, "lower_ci": 0.7, "upper_ci": 1.4}
    for column, part in rates.items():
        frame[column] = (deaths / frame["denominator"] * 100_000 * part).map("{:.1f}".format)
    frame["numerator"] = deaths
    for column in ("denominator", "numerator", *rates):
        frame[f"{column}_status"] = np.where((deaths < 20) & (column in rates), "[u]", "")
    frame.to_csv(tmp_path / "msoa.csv", index=False)

    write_cubes(tmp_path)

    script = (tmp_path / "msoa.cube.js").stat().st_size
    assert script < (tmp_path / "msoa.csv").stat().st_size / 5
    assert script < 300_000
    assert (ROOT / "book" / "_static" / "build.js").stat().st_size < 40_000


def test_a_script_that_is_not_what_its_download_gives_is_not_published(tmp_path):
    folder = tmp_path / "html"
    (folder / "downloads").mkdir(parents=True)
    csv = folder / "downloads" / "sex-month-rates.csv"
    head = ",".join(f"{c},{c}_status" for c in ("numerator", "denominator", "asmr"))
    row = "Persons,All causes,All months,51104,,59442394,,89.1,,88.3,,89.9,"
    csv.write_text(
        f"sex,cause,month,{head},lower_ci,lower_ci_status,upper_ci,upper_ci_status\n{row}\n"
    )
    (folder / "index.html").write_text(
        '<details class="bulletin-stamp"><table><caption>Downloads</caption>'
        f"<tr><td>{sha256(csv)}</td></tr></table></details>"
    )
    written = {"searches": [], "cubes": write_cubes(folder / "downloads")}
    scripts = digests_of_scripts(written, folder / "downloads")
    records = ibis.memtable(pd.DataFrame({"record_id": ["D5a1f0c3e77"]}))
    scan_site(folder, records, tmp_path / "project", scripts)

    script = folder / "downloads" / "sex-month-rates.cube.js"
    script.write_text(script.read_text().replace("!All causes", "!All deaths"))
    with pytest.raises(DisclosureError, match=r"sex-month-rates\.cube\.js: 1 files of data"):
        scan_site(folder, records, tmp_path / "project", scripts)


def test_the_page_has_a_place_for_the_builder():
    notebook = json.loads((ROOT / "notebooks" / "build_your_table.ipynb").read_text())
    contents = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text())

    cells = ["".join(cell["source"]) for cell in notebook["cells"]]

    assert "```{build-table}\n```" in cells
    assert "build_your_table" in json.dumps(contents)
