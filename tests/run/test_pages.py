import time

import nbformat
import pytest

from analysis.errors import DisclosureError, InputError, PageError
from analysis.run.pages import PageJob, run_pages


@pytest.fixture
def job(write_page, tmp_path):
    """Make the job of a page with the given cells."""

    def make(name, *cells, given=None, **options):
        output = tmp_path / "out" / f"{name}.ipynb"
        return PageJob(
            name, write_page(name, *cells, **options), given or {"edition": "demo"}, output
        )

    return make


def read(result):
    return nbformat.read(result.output, as_version=4)


def test_pages_run_with_their_parameters_and_results_keep_their_order(job):
    jobs = [job("slow", "import time; time.sleep(1)\nedition"), job("quick", "edition")]

    results = run_pages(jobs)

    assert [(result.name, result.ok, result.error) for result in results] == [
        ("slow", True, ""),
        ("quick", True, ""),
    ]
    assert [read(r).cells[1].outputs[0].data["text/plain"] for r in results] == ["'demo'"] * 2


def test_a_page_runs_in_the_folder_of_its_notebook(job, tmp_path):
    (result,) = run_pages([job("page", "import os; os.getcwd()")])

    assert read(result).cells[1].outputs[0].data["text/plain"] == repr(str(tmp_path))


def test_the_published_parameters_cell_holds_the_values_used(job):
    (result,) = run_pages([job("page", "edition")])

    first, second = read(result).cells
    assert (first.source, first.metadata.tags) == ('edition = "demo"', ["parameters"])
    assert (first.execution_count, second.execution_count) == (1, 2)


def test_a_failed_page_is_kept_with_its_error_and_the_others_finish(job):
    results = run_pages([job("bad", "1 / 0", "edition"), job("good", "edition")])

    assert [result.ok for result in results] == [False, True]
    assert "bad.ipynb: ZeroDivisionError: division by zero" in results[0].error
    bad = read(results[0])
    assert bad.metadata == {"bulletin": {"failed": True}}
    assert "error" in [o.output_type for c in bad.cells for o in c.get("outputs", [])]


def test_the_message_of_our_own_errors_is_given_as_it_is(job):
    cell = "from analysis.errors import RatesError\nraise RatesError('sex F: no counts.\\nStart.')"

    (result,) = run_pages([job("page", cell)])

    assert result.error.endswith("page.ipynb: sex F: no counts.\nStart.")


@pytest.mark.parametrize(
    ("cell", "timeout", "name"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 60, "DeadKernelError"),
        ("import time; time.sleep(30)", 1, "CellTimeoutError"),
    ],
)
def test_a_dead_kernel_or_a_timeout_marks_the_page(job, cell, timeout, name):
    (result,) = run_pages([job("page", "edition", cell, "edition")], timeout=timeout)

    assert not result.ok
    assert name in result.error
    errors = [o for c in read(result).cells for o in c.get("outputs", []) if "ename" in o]
    assert [error.ename for error in errors] == [name]


def test_a_page_that_the_check_refuses_fails(job):
    def refuse(notebook, name):
        raise DisclosureError(f"Page {name!r} shows {len(notebook.cells)} cells.")

    (result,) = run_pages([job("page", "edition")], check=refuse)

    assert not result.ok
    assert result.error.endswith("Page 'page' shows 2 cells.")
    assert read(result).metadata == {"bulletin": {"failed": True}}


def test_progress_is_told_cell_by_cell(job):
    events = []

    run_pages([job("page", "edition", "edition")], on_event=events.append)

    # three cells and the one that papermill adds
    assert [(event.state, event.done, event.cells) for event in events] == [
        ("started", 0, 4),
        *(("cell", done, 4) for done in (1, 2, 3, 4)),
        ("done", 4, 4),
    ]


def test_a_page_starts_when_what_it_needs_is_made(job, tmp_path):
    needs = "import pathlib; pathlib.Path('{}').read_text()"
    jobs = [job(name, needs.format(name)) for name in ("one", "two")]

    results = run_pages(jobs, prepare=lambda job: (tmp_path / job.name).write_text("made"))

    assert [result.ok for result in results] == [True, True]


def test_a_run_ends_when_what_a_page_needs_cannot_be_made(job):
    def prepare(job):
        if job.name == "two":
            raise InputError("records.parquet: no such file.")

    begun = time.monotonic()
    with pytest.raises(InputError, match="no such file"):
        run_pages([job("one", "import time; time.sleep(60)"), job("two")], prepare=prepare)

    assert time.monotonic() - begun < 30


def test_a_page_run_twice_is_the_same_to_the_byte(job):
    one = job("page", "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])", "edition")

    first = run_pages([one])[0].output.read_bytes()
    second = run_pages([one])[0].output.read_bytes()

    assert first == second


def test_braces_in_a_path_are_not_parameters(job, tmp_path):
    page = job("page", "edition")
    output = tmp_path / "{edition}" / "page.ipynb"

    (result,) = run_pages([PageJob("page", page.notebook, page.parameters, output)])

    assert result.ok
    assert output.exists()


def test_no_page_runs_if_a_parameters_cell_is_not_what_it_is_given(job):
    good = job("good", "edition")
    odd = job("odd", "x", parameters="edition = 1\nedition = 2\nage = 3", given={"sex": "F"})

    with pytest.raises(PageError, match=r"odd\.ipynb: missing: sex") as fault:
        run_pages([good, odd])

    assert "odd.ipynb: unknown: age, edition" in str(fault.value)
    assert "odd.ipynb: given twice: edition" in str(fault.value)
    assert "good" not in str(fault.value)
    assert not good.output.exists()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (None, "0 cells have the tag 'parameters'"),
        ("edition =", "not Python: line 1"),
        ("edition = 1\nprint(edition)", "line 2: not of the form name = value"),
    ],
)
def test_a_parameters_cell_only_gives_values_to_names(job, parameters, words):
    with pytest.raises(PageError, match=words):
        run_pages([job("page", parameters=parameters)])


def test_a_notebook_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PageError, match=r"gone\.ipynb: no such notebook"):
        run_pages([PageJob("gone", tmp_path / "gone.ipynb", {}, tmp_path / "out.ipynb")])
