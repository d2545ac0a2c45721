"""Answers of an edition that is made again: the same, whatever was given out since."""

import json
import shutil

import pytest

from analysis.params import load_edition
from analysis.run.asking import answer_edition, ledger_of, protected_beside
from analysis.run.custom import asked_for, give_table
from analysis.run.inputs import input_digests
from analysis.synthesis.demonstration import make_demonstration
from tests.conftest import ROOT

JUNE, JULY = (load_edition(ROOT / "params" / f"demo-2020-{day}.yml") for day in ("06-12", "07-24"))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Two public editions of a hundredth of the areas, and a table of June given out since."""
    root = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "_config.yml", root)
    make_demonstration(root / "data" / "raw" / "demo", size=0.01)
    for params in (JUNE, JULY):
        answer_edition(params, root)
        publish(params, root)
    wanted = asked_for(JUNE, ["sex", "age_group"], [], "area")
    give_table(JUNE, root, wanted, root / "table.csv")
    return root


def publish(params, root, **changed):
    """Put the answers of an edition on the site, with the part of its manifest that is read."""
    folder = root / "site" / "editions" / params.edition
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "_build" / params.edition / "answers", folder / "downloads")
    sources = {
        "parameters": params.as_published(),
        "inputs": input_digests(params, root),
        "protected_beside": protected_beside(params, root),
    }
    text = json.dumps({"sources": sources | changed})
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def answers(root):
    """What is given out of July, by the name of the file."""
    folder = root / "_build" / JULY.edition / "answers"
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


def given_out(root):
    return {f"{JUNE.edition}/{path.name}" for path in ledger_of(JUNE, root).glob("*.csv")}


def test_an_edition_is_protected_beside_the_one_before_and_says_so(project):
    june = project / "_build" / JUNE.edition / "answers"

    beside = protected_beside(JULY, project)

    assert set(beside) == {f"{JUNE.edition}/{path.name}" for path in june.glob("*.csv")}
    assert protected_beside(JUNE, project) == []


def test_a_public_edition_that_is_made_again_is_the_same_whatever_was_given_out_since(project):
    before = answers(project)
    release = JULY.release.model_copy(update={"contact": "Another team"})
    changed = JULY.model_copy(update={"release": release})
    shutil.rmtree(project / "_build" / JULY.edition / "answers")

    answer_edition(changed, project)

    assert len(given_out(project)) == 1
    assert answers(project) == before
    assert not given_out(project) & set(protected_beside(JULY, project))


def test_one_of_other_data_is_protected_beside_all_that_was_given_out(project):
    inputs = [row | {"sha256": "0" * 64} for row in input_digests(JULY, project)]
    publish(JULY, project, inputs=inputs)

    answer_edition(JULY, project)

    assert given_out(project) <= set(protected_beside(JULY, project))


def test_one_that_is_not_public_is_protected_beside_all_that_was_given_out(project):
    shutil.rmtree(project / "site" / "editions" / JULY.edition)

    answer_edition(JULY, project)

    assert given_out(project) <= set(protected_beside(JULY, project))
