"""The stamp: what a page was made from, and the downloads that it writes."""

import hashlib
import json

import pandas as pd
import pytest

from analysis.disclosure.protect import protect
from analysis.errors import DisclosureError
from analysis.params import load_edition
from analysis.show.provenance import moved, origin, provenance
from tests.conftest import ROOT


@pytest.fixture
def params(tmp_path, monkeypatch):
    (tmp_path / "_config.yml").touch()
    counts = tmp_path / "_build" / "demo-2020-06-12" / "counts"
    counts.mkdir(parents=True)
    inputs = [{"name": "records", "file": "r.parquet", "bytes": 12, "sha256": "abc"}]
    (counts / "inputs.json").write_text(json.dumps(inputs))
    monkeypatch.chdir(tmp_path)
    return load_edition(ROOT / "params" / "demo-2020-06-12.yml").page("msoa")


@pytest.fixture
def table():
    frame = pd.DataFrame({"sex": ["F", "M"], "numerator": [12, 34]})
    return protect(frame, ["sex"], "ons-user-guide", title="Deaths", name="deaths")


def test_it_shows_parameters_inputs_and_what_the_data_are(params, table):
    html = provenance(params, [table])._repr_mimebundle_()[0]["text/html"]

    for shown in ("Invented data", "registered_by", "2020-06-06", "abc", table.digest):
        assert shown in html


def test_downloads_are_written_with_the_digest_that_it_states(params, table):
    provenance(params, [table])

    written = (params.path / "downloads" / "deaths.csv").read_bytes()
    assert hashlib.sha256(written).hexdigest() == table.digest


def test_each_download_has_its_rule_and_a_file_that_says_so_to_programs(params, table):
    html = provenance(params, [table])._repr_mimebundle_()[0]["text/html"]

    downloads = html.partition("<caption>Downloads</caption>")[2]
    about = (params.path / "downloads" / "deaths.csv-metadata.json").read_bytes()
    assert "<td>ons-2020, country: counts are printed</td>" in downloads
    assert hashlib.sha256(about).hexdigest() in downloads
    told = json.loads(about)
    assert told["notes"][0]["rule"] == "ons-2020, country: counts are printed"
    assert told["dc:description"].startswith("Invented data")
    counted = told["notes"][-1]["bulletin"]
    assert (counted["deaths"], counted["date_to"]) == ("msoa", "2020-05-31")


def test_real_records_are_stamped(params):
    stamp = provenance(params.model_copy(update={"data": "records"}))

    assert "Not protected, do not release" in stamp._repr_mimebundle_()[0]["text/html"]


def test_only_protected_tables_are_downloads(params, table):
    with pytest.raises(DisclosureError, match="protected tables"):
        provenance(params, [table.frame])
    with pytest.raises(DisclosureError, match="a name of its own"):
        provenance(params, [table, table])
    assert not (params.path / "downloads").exists()


def test_the_first_line_says_what_the_data_are(params):
    opened = params.model_copy(update={"data": "open", "population_origin": "estimate"})
    occupation = opened.model_copy(
        update={"population": "occupation", "population_origin": "invented"}
    )

    assert origin(params).text.startswith("**Invented data.**")
    assert "agree with published totals" in origin(opened).text
    assert origin(occupation).text.startswith("**The occupations on this page are invented.**")


def test_a_page_by_small_area_says_who_moved_deaths(params):
    said = params.path / "counts" / "moved.json"
    said.write_text(json.dumps({"before": None}))
    assert "moved between neighbouring areas of the same local authority" in moved(params).text

    said.write_text(json.dumps({"before": "ONS moved them."}))
    assert moved(params).text == "ONS moved them."
