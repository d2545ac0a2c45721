"""In which order pages run and editions are finished."""

from pathlib import Path

import pytest

from analysis.errors import DisclosureError, PublishError
from analysis.params import load_edition
from analysis.publish import bulletin
from analysis.publish.finish import Built, look_at_tables
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
        for step, words in (("count_edition", "counted"), ("answer_edition", "answered")):
            monkeypatch.setattr(
                bulletin, step,
                lambda params, *_, words=words: told.append((words, params.edition)),
            )  # fmt: skip
        with Screen() as screen:
            failures = bulletin._run(
                EDITIONS, tmp_path, screen, 2, lambda params: told.append(("finished", params))
            )
        return told, failures

    return run


def named(told, kind):
    return [name for what, name in told if what == kind]


def test_the_page_that_shows_most_begins_first_and_those_with_answers_last(run):
    told, _ = run()

    first = [name.split()[1] for name in named(told, "begins")[: len(EDITIONS[0].pages)]]
    sizes = {name: (ROOT / "notebooks" / f"{name}.ipynb").stat().st_size for name in first}
    waiting = {"daily", "questions", "build_your_table"}
    assert set(first[-3:]) == waiting
    for names in (first[:-3], first[-3:]):
        assert [sizes[name] for name in names] == sorted(map(sizes.get, names), reverse=True)
    assert sorted(first) == sorted(EDITIONS[0].pages)


def test_each_edition_is_counted_and_answered_once(run):
    told, _ = run()

    names = [edition.edition for edition in EDITIONS]
    assert named(told, "counted") == named(told, "answered") == names


def test_an_edition_is_finished_when_its_own_pages_are_done(run):
    told, _ = run()

    first, last = (told.index(("finished", edition)) for edition in EDITIONS)
    ends = [place for place, (what, _) in enumerate(told) if what == "ends"]
    pages = len(EDITIONS[0].pages)
    assert ends[pages - 1] < first < ends[pages]
    assert last > ends[-1]


def test_an_edition_of_which_a_page_failed_is_not_finished(run):
    page = f"{EDITIONS[0].edition} msoa"

    told, failures = run(failing=[page])

    assert named(told, "finished") == EDITIONS[1:]
    assert [result.name for result in failures[EDITIONS[0].edition]] == [page]


def built_as(name):
    return Built(Path(name), frozenset())


def test_an_edition_is_attacked_once_the_pages_of_those_before_it_are_done(monkeypatch, tmp_path):
    done = []

    def apart(work, *args, step):
        done.append((work, args))
        return built_as(args[0].edition) if work is bulletin.build_edition else None

    monkeypatch.setattr(bulletin, "run_apart", apart)
    monkeypatch.setattr(bulletin, "to_attack", lambda root, made: [each.edition for each in made])
    june, july = EDITIONS
    with Screen() as screen, bulletin._Finishing(EDITIONS, tmp_path, screen) as finishing:
        finishing.begin(july)  # the later one is done first
        finishing.begin(june)
        built = finishing.results()

    attacked = [args[1:] for work, args in done if work is bulletin.attack_made]
    assert attacked == [([june], june.edition), ([june, july], july.edition)]
    assert built == {each.edition: Path(each.edition) for each in EDITIONS}


def test_what_was_built_is_checked_and_a_fault_ends_the_run(monkeypatch, tmp_path):
    def apart(work, *args, step):
        if work is bulletin.check_built:
            raise DisclosureError(f"{args[2].folder} holds a record")
        return built_as(args[0].edition) if work is bulletin.build_edition else None

    monkeypatch.setattr(bulletin, "run_apart", apart)
    with Screen() as screen, bulletin._Finishing(EDITIONS[:1], tmp_path, screen) as finishing:
        finishing.begin(EDITIONS[0])
        with pytest.raises(DisclosureError, match="holds a record"):
            finishing.results()


def test_tables_that_changed_while_the_book_was_built_are_refused(tmp_path):
    built = tmp_path / "html"
    for folder, rows in ((tmp_path / "_build" / EDITIONS[0].edition, "F,30\n"), (built, "F,2\n")):
        (folder / "downloads").mkdir(parents=True)
        (folder / "downloads" / "sexes.csv").write_text(f"sex,numerator\n{rows}")

    with pytest.raises(PublishError, match="not the tables that the pages made"):
        look_at_tables(EDITIONS[0], Built(built, frozenset()), tmp_path)
