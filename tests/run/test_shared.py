"""Editions of one run: what they have in common is read once, and gives the same counts."""

import filecmp
import shutil

import pandas as pd
import pytest

from analysis.params import load_edition
from analysis.run import shared as module
from analysis.run.asking import answer_edition
from analysis.run.plan import count_edition
from analysis.run.shared import Shared
from analysis.synthesis.demonstration import make_demonstration
from tests.conftest import ROOT


def edition(day):
    """An edition without the tables that take longest to protect."""
    params = load_edition(ROOT / "params" / f"demo-2020-{day}.yml")
    pages = {name: page for name, page in params.pages.items() if name not in SLOW}
    return params.model_copy(update={"pages": pages})


SLOW = ("daily", "questions")
EDITIONS = [edition(day) for day in ("06-12", "07-24")]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "_config.yml", root)
    make_demonstration(root / "data" / "raw" / "demo", size=0.02)
    return root


@pytest.fixture
def reads(monkeypatch):
    """The files that are read, as they are read."""
    seen = []
    for name in ("read_lookup", "read_population", "open_records"):
        read = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda path, *a, read=read: seen.append(path.name) or read(path, *a)
        )
    return seen


def counts(root, edition):
    folder = root / "_build" / edition.edition / "counts"
    return {path.name: path for path in folder.iterdir() if path.is_file()}


def answers(root, edition):
    folder = root / "_build" / edition.edition / "answers"
    return {path.name for path in folder.iterdir()}


def count(root):
    with Shared(root) as shared:
        for edition in EDITIONS:
            count_edition(edition, root, shared)
            answer_edition(edition, root, shared)


def test_editions_counted_together_are_counted_as_if_alone(project):
    for edition in EDITIONS:
        count_edition(edition, project)
        answer_edition(edition, project)
    alone = project / "alone"
    shutil.move(project / "_build", alone / "_build")

    count(project)

    for edition in EDITIONS:
        files, before = counts(project, edition), counts(alone, edition)
        assert files.keys() == before.keys()
        differing = [n for n in files if not filecmp.cmp(files[n], before[n], shallow=False)]
        assert differing == []
        assert "answers.json" in answers(project, edition)


def test_each_input_is_read_once(project, reads):
    shutil.rmtree(project / "_build", ignore_errors=True)

    count(project)

    assert len(reads) == len(set(reads)) == 5  # records, areas, three populations


def test_an_input_that_has_changed_is_read_again(project, reads):
    shutil.rmtree(project / "_build", ignore_errors=True)
    file = project / "data" / "raw" / "demo" / "population_occupation.parquet"
    people, sound = pd.read_parquet(file), file.read_bytes()
    try:
        with Shared(project) as shared:
            count_edition(EDITIONS[0], project, shared)
            people.assign(population=people["population"] + 1).to_parquet(file)
            count_edition(EDITIONS[1], project, shared)
    finally:
        file.write_bytes(sound)

    assert reads.count(file.name) == 2
    first, second = (
        pd.read_parquet(counts(project, edition)["population_occupation.parquet"])
        for edition in EDITIONS
    )
    assert (second["population"] == first["population"] + 1).all()


def test_nothing_is_left_when_all_are_counted(project):
    shutil.rmtree(project / "_build", ignore_errors=True)

    count(project)

    assert {path.name for path in (project / "_build").iterdir()} == {
        edition.edition for edition in EDITIONS
    }
