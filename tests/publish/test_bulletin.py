"""In which order pages run and editions are finished."""

from pathlib import Path

import pytest

from analysis.params import load_edition
from analysis.publish import bulletin
from analysis.run.pages import PageEvent, PageResult
from analysis.run.screen import Screen
from tests.conftest import ROOT

EDITIONS = [load_edition(ROOT / "params" / f"demo-2020-{day}.yml") for day in ("06-12", "07-24")]


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Tell of pages as they would begin and end; return what was done, and what failed."""

    def run(failing=()):
        told = []

        def pages(jobs, workers, on_event, check, prepare):
            names = [job.name for job in jobs]
            for job in jobs:
                prepare(job)
            # Two at once: one begins before the one before it ends.
            for before, name in zip([None, *names], [*names, None], strict=True):
                if name:
                    told.append(("begins", name))
                    on_event(PageEvent(name, "started", 0, 1, 0.0))
                if before:
                    told.append(("ends", before))
                    state = "failed" if before in failing else "done"
                    on_event(PageEvent(before, state, 1, 1, 0.0))
            return [PageResult(name, Path(), name not in failing, 0.0) for name in names]

        monkeypatch.setattr(bulletin, "run_pages", pages)
        monkeypatch.setattr(bulletin, "page_folder", lambda root: ROOT / "notebooks")
        monkeypatch.setattr(
            bulletin, "count_edition", lambda params, *_: told.append(("counted", params.edition))
        )
        with Screen() as screen:
            failures = bulletin._run(
                EDITIONS, tmp_path, screen, 2, lambda params: told.append(("finished", params))
            )
        return told, failures

    return run


def named(told, kind):
    return [name for what, name in told if what == kind]


def test_the_page_that_shows_most_begins_first(run):
    told, _ = run()

    first = [name.split()[1] for name in named(told, "begins")[: len(EDITIONS[0].pages)]]
    sizes = [(ROOT / "notebooks" / f"{name}.ipynb").stat().st_size for name in first]
    assert sizes == sorted(sizes, reverse=True)
    assert sorted(first) == sorted(EDITIONS[0].pages)


def test_each_edition_is_counted_once(run):
    told, _ = run()

    assert named(told, "counted") == [edition.edition for edition in EDITIONS]


def test_editions_are_finished_when_no_page_has_still_to_begin(run):
    told, _ = run()

    last = max(place for place, (what, _) in enumerate(told) if what == "begins")
    finished = [place for place, (what, _) in enumerate(told) if what == "finished"]
    assert named(told, "finished") == EDITIONS
    assert last < finished[0] < len(told) - 2  # and before the last page has ended


def test_an_edition_of_which_a_page_failed_is_not_finished(run):
    page = f"{EDITIONS[0].edition} msoa"

    told, failures = run(failing=[page])

    assert named(told, "finished") == EDITIONS[1:]
    assert [result.name for result in failures[EDITIONS[0].edition]] == [page]
