"""Leaks planted in sentences, charts and sources of a page, each found with its place."""

import json
import re
from html import escape

import pytest

from analysis.disclosure.protect import protect
from analysis.disclosure.table import Table
from analysis.errors import DisclosureError
from analysis.publish.attack_edition import hold_pages_against_downloads
from analysis.publish.evidence import published_tables
from analysis.publish.saying import said_beyond
from analysis.show import charts
from analysis.show.prose import Prose, points, say
from tests.publish.small_edition import csv, protected, release, rows

# Deaths in Hartlepool are withheld; there were 2.
SHOWN = rows("area_name numerator", ("Ash", 40), ("Elm", 12), ("Hartlepool", None), ("Oak", 71))
TRUE = rows("area_name numerator", ("Ash", 40), ("Elm", 12), ("Hartlepool", 2), ("Oak", 71))


def table(frame=SHOWN):
    return Table(protected(frame), ("area_name",), "Deaths by area", "areas", "strict")


def deaths(of, area):
    return say(
        "There were {n} deaths in {area}.",
        n=of.value("numerator", area_name=area), area=of.label("area_name", area_name=area),
    )  # fmt: skip


def chart(of):
    return charts.ranked(of, "area_name", measure="numerator", highest=2, lowest=1)


def output(shown):
    data, about = shown._repr_mimebundle_()
    return {"output_type": "execute_result", "data": data, "metadata": about}


def cell(code, *shown):
    return {"cell_type": "code", "source": code, "metadata": {}, "outputs": [*map(output, shown)]}


def cells():
    """A page that says nothing but what its download shows."""
    main = [deaths(table(), "Ash"), say("At ages 20 to 64 {n} areas.", n=table().rows())]
    return [
        {"cell_type": "markdown", "source": "# Deaths\n\nOf 20 such areas, 1 is here by chance."},
        cell('points(say("At ages 20 to 64 {n} areas."))', points(*main)),
        cell("chart", chart(table())),
    ]


def page_of(page):
    """The HTML that the cells of a page become."""
    for one in page:
        yield f"<p>{escape(one['source'])}</p>"
        for data in (shown["data"] for shown in one.get("outputs", []) if "data" in shown):
            alt = data["text/plain"].partition("\n[chart")[0]
            yield (
                f"<p>{data['text/markdown']}</p>"
                if "text/markdown" in data
                else (f'<img src="x.svg" alt="{escape(alt)}">')
            )


def beyond(tmp_path, page, html=""):
    folder = release(tmp_path / "june", {"areas": SHOWN}, shown=f"{''.join(page_of(page))}{html}")
    (folder / "_sources" / "page.ipynb").write_text(json.dumps({"cells": page}), "utf-8")
    return said_beyond(folder, published_tables(folder))


def only(found, words):
    """Every line has the words; there is one at least."""
    assert found
    assert all(re.search(words, line) for line in found), found


def test_what_downloads_show_is_no_leak(tmp_path):
    assert beyond(tmp_path, cells()) == []


def test_a_sentence_that_says_a_withheld_count_is_found_with_its_cell(tmp_path):
    page = [cell("say(...)", deaths(table(TRUE), "Hartlepool"))]

    only(
        beyond(tmp_path, page),
        r"page.ipynb, cell 1: it says 2, and area_name Hartlepool \(numerator in areas\) "
        r"shows \[c\]",
    )


def test_a_typed_number_beside_a_withheld_group_is_found(tmp_path):
    text = "There were 2 deaths in Hartlepool."

    for page in (
        [cell(f'say("{text}")', say(text))],
        [{"cell_type": "markdown", "source": f"Few died. {text}"}],
        [cell(f"deaths  # {text}")],
    ):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        only(beyond(folder, page), "cell 1: .*says 2 beside Hartlepool, of which areas withholds")


def test_a_paper_by_an_author_with_the_name_of_a_place_is_no_leak(tmp_path):
    paper = "Garwood F and Hartlepool HO (1961), Significance tests, JASA 56, 223-234"

    assert beyond(tmp_path / "1", [{"cell_type": "markdown", "source": f"{paper}."}]) == []
    only(
        beyond(tmp_path / "2", [{"cell_type": "markdown", "source": f"{paper}, for 2 deaths."}]),
        "beside Hartlepool",
    )


def test_a_number_of_which_nobody_says_where_it_was_read_is_found(tmp_path):
    page = [cell("points(found)", Prose("In one area 2 people died."))]

    only(beyond(tmp_path, page), "cell 1: .*says 2, and not in which cell")


def test_a_sentence_on_another_cell_than_its_metadata_say_is_found(tmp_path):
    said = deaths(table(), "Ash")
    page = [cell("say(...)", Prose(said.text.replace("40", "2"), said.said))]

    assert "it does not say '40'" in beyond(tmp_path, page)[0]


def test_a_number_of_a_table_without_a_download_is_found(tmp_path):
    other = Table(protected(TRUE), ("area_name",), "Deaths", "others", "strict")
    page = [cell("say(...)", deaths(other, "Ash"))]

    only(beyond(tmp_path, page), r"\((numerator|area_name) in others\) is in no download")


def test_a_chart_of_withheld_values_is_found(tmp_path):
    found = beyond(tmp_path, [cell("chart", chart(table(TRUE)))])

    assert (
        "cell 1: it draws other values than are shown of every group (numerator in areas)"
        in (found[0])
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Hartlepool 2.", "its alt text names Hartlepool, of which no value is shown"),
        ("Ash 2.", "its alt text says 2 beside Ash"),
        ("Lowest: Elm 71.", "its alt text says 71 beside Elm"),
    ],
)
def test_alt_text_that_says_another_value_is_found(tmp_path, said, words):
    page = cells()
    change(page[2], "alt", lambda alt: f"{alt} {said}")

    assert any(words in line for line in beyond(tmp_path, page))


def test_a_caption_with_a_withheld_count_is_found(tmp_path):
    page = cells()
    change(page[2], "caption", lambda caption: "Deaths: 2 in Hartlepool")

    only(beyond(tmp_path, page), "cell 3: .* says 2 beside Hartlepool, of which areas withholds")


def change(one, name, how):
    """Change a word of a chart wherever the output has it."""
    about = one["outputs"][0]["metadata"]["bulletin"]
    before, about[name] = about[name], how(about[name])
    data = one["outputs"][0]["data"]
    for form, text in data.items():
        data[form] = text.replace(escape(before, quote=False), escape(about[name], quote=False))


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        ('<g data-deaths="2"/>', "holds <g data-deaths>"),
        ("<metadata>2</metadata>", "holds <metadata>"),
        ("<!-- Hartlepool 2 -->", "holds <!--"),
        ('<text x="1">Hartlepool 2</text>', "its picture says 2 beside Hartlepool"),
        ('<text x="1">Ash 237</text>', "its picture says 237 beside Ash"),
        ('<text x="1">237</text>', "its picture says 237"),
        ("<desc>Hartlepool 2</desc>", "the desc of its picture is not its alt"),
    ],
)
def test_what_is_hidden_in_a_picture_is_found(tmp_path, planted, words):
    page = cells()
    data = page[2]["outputs"][0]["data"]
    data["image/svg+xml"] = data["image/svg+xml"].replace("</svg>", f"{planted}</svg>")

    assert any(f"page.ipynb, cell 3: {words}" in line or words in line
               for line in beyond(tmp_path, page))  # fmt: skip


def test_more_in_the_metadata_of_an_output_is_found(tmp_path):
    page = cells()
    page[1]["outputs"][0]["metadata"]["bulletin"]["said"][0]["before"] = 2
    page[2]["outputs"][0]["metadata"]["bulletin"]["points"] = [40, 2, 71]
    page[2]["metadata"]["mystnb"] = {"image": {"alt": "Hartlepool 2"}}

    found = "\n".join(beyond(tmp_path, page))

    assert "cell 2: its metadata hold before" in found
    assert "cell 3: its metadata hold points" in found
    assert "cell 3: the metadata of its cell says 2" in found


def test_what_the_gate_refuses_is_found_in_the_source_of_a_page(tmp_path):
    page = cells()
    page[1]["outputs"].append({"output_type": "stream", "name": "stdout", "text": "Hartlepool 2"})
    page[0]["attachments"] = {"deaths.txt": {"text/plain": "2"}}

    found = beyond(tmp_path, page)

    assert found == [
        "_sources/page.ipynb: cell 1: it has attachments",
        "_sources/page.ipynb: cell 2: printed text (stdout)",
    ]


def test_a_chart_of_a_table_without_a_download_says_values_of_the_same_measure_only(tmp_path):
    folder = release(tmp_path / "june", {"others": SHOWN})
    for frame, found in ((SHOWN, False), (TRUE.assign(numerator=[40, 12, 2, 73]), True)):
        page = {"cells": [cell("chart", chart(table(frame)))]}
        (folder / "_sources" / "page.ipynb").write_text(json.dumps(page), "utf-8")
        assert bool(said_beyond(folder, published_tables(folder))) == found


def test_plain_text_that_says_more_than_its_output_is_found(tmp_path):
    page = cells()
    page[1]["outputs"][0]["data"]["text/plain"] += " Hartlepool 2"

    only(beyond(tmp_path, page), "cell 2: its plain text says 2")


@pytest.mark.parametrize(
    "planted",
    [
        "<p>There were 2 deaths in Hartlepool.</p>",
        '<p title="Hartlepool: 2 deaths">Deaths</p>',
        '<p data-deaths="2">Hartlepool</p>',
        "<!-- Hartlepool: 2 deaths -->",
        '<meta name="description" content="There, 2 died">',
        '<img src="x.svg" alt="Hartlepool 2">',
    ],
)
def test_html_that_says_what_its_source_does_not_is_found(tmp_path, planted):
    only(beyond(tmp_path, cells(), planted), "^page.html, .*(2|Hartlepool)")


def test_a_page_of_words_and_its_html_are_read(tmp_path):
    folder = release(tmp_path / "june", {"areas": SHOWN})
    text = "There were 2 deaths in Hartlepool."
    (folder / "_sources" / "index.md").write_text(f"# Deaths\n\n{text}\n", encoding="utf-8")
    (folder / "index.html").write_text(f"<p>{text}</p>", encoding="utf-8")

    found = said_beyond(folder, published_tables(folder))

    assert [line.partition(",")[0] for line in found] == ["_sources/index.md", "index.html"]


def test_a_picture_of_no_chart_is_found(tmp_path):
    folder = release(tmp_path / "june", {"areas": SHOWN})
    (folder / "_images").mkdir()
    (folder / "_images" / "deaths.svg").write_text("<svg>Hartlepool 2</svg>", encoding="utf-8")

    assert said_beyond(folder, published_tables(folder)) == [
        "_images/deaths.svg: it is the picture of no chart of a page"
    ]


def test_the_attack_fails_and_names_page_place_and_cell(tmp_path):
    sexes = rows("sex numerator", ("F", None), ("M", None), ("Persons", 32))
    folder = release(tmp_path / "june", {"sexes": sexes})
    leaky = Table(protected(sexes.assign(numerator=[2, 30, 32])), ("sex",), "D", "sexes", "strict")
    page = [cell("say", say("{n} women died.", n=leaky.value("numerator", sex="F")))]
    (folder / "_sources" / "page.ipynb").write_text(json.dumps({"cells": page}), "utf-8")

    with pytest.raises(DisclosureError, match=r"page.ipynb, cell 1: it says 2, and sex F \(num"):
        hold_pages_against_downloads(folder, "june")


def test_values_of_parts_of_a_table_are_found_again_in_its_download(tmp_path):
    frame = TRUE.assign(numerator=[40, 12, 0, 71], sex="F")
    whole = protect(frame, ["area_name", "sex"], "ons-user-guide", title="Deaths", name="areas")
    part = whole.select("some", "Some", area_name=["Ash", "Elm", "Oak"], sex="F")
    most = part.top(2, "numerator", "most", "Most")
    said = say("{n}, {m}, {c}.", n=part.highest("numerator").value("numerator"),
               m=most.lowest("numerator").label("area_name"), c=most.rows())  # fmt: skip
    folder = release(tmp_path / "june", {"areas": frame[["area_name", "sex", "numerator"]]})
    page = [cell("say", said), cell("chart", chart(most))]
    (folder / "_sources" / "page.ipynb").write_text(json.dumps({"cells": page}), "utf-8")

    assert said.text == "71, Ash, 2."
    assert whole.to_csv() == csv(frame[["area_name", "sex", "numerator"]])
    assert said_beyond(folder, published_tables(folder)) == []
