"""Running the pages of an edition: papermill on warm kernels, several pages at once.

A page is a notebook whose parameters cell declares exactly the parameters it is given. A page that
fails is kept with its error and the others finish; what it means for the edition is decided by the
caller.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode

from analysis.errors import BulletinError
from analysis.run.cleaning import clean_notebook
from analysis.run.declared import require_declared
from analysis.run.kernels import warm_kernels
from analysis.run.warm import end_processes

CELL_TIMEOUT = 600


@dataclass(frozen=True)
class PageJob:
    """A page to run: its name, its notebook, the values of its parameters, where it goes."""

    name: str
    notebook: Path
    parameters: dict[str, Any]
    output: Path


@dataclass(frozen=True)
class PageEvent:
    """Progress of one page: ``done`` of ``cells`` cells after ``seconds``."""

    name: str
    state: Literal["started", "cell", "done", "failed"]
    done: int
    cells: int
    seconds: float


@dataclass(frozen=True)
class PageResult:
    """How a page ended. ``error`` says why one that is not ``ok`` failed, without traceback."""

    name: str
    output: Path
    ok: bool
    seconds: float
    error: str = ""


def run_pages(
    jobs: Sequence[PageJob],
    workers: int = 2,
    on_event: Callable[[PageEvent], None] | None = None,
    check: Callable[[NotebookNode, str], None] | None = None,
    timeout: int = CELL_TIMEOUT,
    prepare: Callable[[PageJob], None] | None = None,
) -> list[PageResult]:
    """Run pages, ``workers`` at a time, and return their results in the order of ``jobs``.

    Parameters
    ----------
    jobs
        Each runs in the folder of its notebook, as in Jupyter and under nbval. The executed and
        cleaned notebook is written to ``output``; a failed one too, with its traceback, and its
        notebook metadata say ``{"bulletin": {"failed": true}}``.
    on_event
        Called with each ``PageEvent``, by one thread at a time.
    check
        Called with each executed and cleaned notebook and the page's name; a ``BulletinError``
        that it raises fails the page.
    timeout
        Seconds that one cell may take.
    prepare
        Called with each job, in order, before it may start, while earlier ones run: what a page
        needs, such as the counts of its edition, can be made then. What it raises ends the run.

    Raises
    ------
    PageError
        Before any page runs: parameters cells that do not declare what they are given. All of
        them are named.
    """
    require_declared([(job.notebook, job.parameters) for job in jobs])
    if not jobs:
        return []
    warm_kernels()
    logging.getLogger("papermill").setLevel(logging.CRITICAL + 1)  # faults are in the results
    tell = _one_at_a_time(on_event)
    with ThreadPoolExecutor(max_workers=max(1, min(workers, len(jobs)))) as pool:
        futures: list[Future[PageResult]] = []
        try:
            for job in jobs:
                if prepare is not None:
                    prepare(job)
                futures.append(pool.submit(_run_page, job, tell, check, timeout))
            return [future.result() for future in futures]
        except BaseException:  # such as an interrupt: do not wait for pages that nobody wants
            pool.shutdown(wait=False, cancel_futures=True)
            while not all(future.done() for future in futures):
                end_processes()  # again, since one may just have been starting
                time.sleep(0.1)
            raise


def _run_page(
    job: PageJob,
    tell: Callable[[PageEvent], None],
    check: Callable[[NotebookNode, str], None] | None,
    timeout: int,
) -> PageResult:
    progress = _Progress(job, tell)
    progress.report("started")
    try:
        notebook = clean_notebook(_execute_with_kernel(job, progress, timeout))
        if check is not None:
            check(notebook, job.name)
        nbformat.write(notebook, job.output)
    except Exception as fault:  # whatever it is, the other pages go on
        _mark_failed(job.output)
        progress.report("failed")
        return PageResult(job.name, job.output, False, progress.seconds, _in_words(job, fault))
    progress.report("done")
    return PageResult(job.name, job.output, True, progress.seconds)


def _execute_with_kernel(job: PageJob, progress: "_Progress", timeout: int) -> NotebookNode:
    """Execute a page; once more if its kernel never started.

    Jupyter chooses ports before the kernel takes them, and another program can be faster.
    """
    try:
        return _execute(job, progress, timeout)
    except RuntimeError as fault:
        if "died before replying" not in str(fault):
            raise
        return _execute(job, progress, timeout)


def _execute(job: PageJob, progress: "_Progress", timeout: int) -> NotebookNode:
    import papermill  # slow to import, and not needed to refuse a page

    from analysis.run.engine import ENGINE

    job.output.parent.mkdir(parents=True, exist_ok=True)
    job.output.unlink(missing_ok=True)
    return papermill.execute_notebook(
        _literal(job.notebook.resolve()),
        _literal(job.output.resolve()),
        job.parameters,
        engine_name=ENGINE,
        kernel_name="python3",
        language="python",
        request_save_on_cell_execute=False,
        progress_bar=False,
        execution_timeout=timeout,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(job.notebook.resolve().parent)}},
        on_cell_complete=progress.count,
    )


def _literal(path: Path) -> str:
    """papermill reads {name} in a path as a parameter."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _mark_failed(output: Path) -> None:
    try:
        notebook = nbformat.read(output, as_version=4)
    except (FileNotFoundError, nbformat.reader.NotJSONError):  # as on a full disk
        output.unlink(missing_ok=True)
        return
    notebook.metadata = NotebookNode(bulletin={"failed": True})
    nbformat.write(notebook, output)


def _in_words(job: PageJob, fault: Exception) -> str:
    if isinstance(fault, BulletinError):
        return f"{job.notebook}: {fault}"
    name, words = getattr(fault, "ename", type(fault).__name__), getattr(fault, "evalue", fault)
    if name in {kind.__name__ for kind in BulletinError.__subclasses__()}:
        return f"{job.notebook}: {words}"
    return f"{job.notebook}: {name}: {words}\nThe page, as far as it came, is {job.output}."


def _one_at_a_time(on_event: Callable[[PageEvent], None] | None) -> Callable[[PageEvent], None]:
    lock = threading.Lock()

    def tell(event: PageEvent) -> None:
        if on_event is not None:
            with lock:
                on_event(event)

    return tell


@dataclass
class _Progress:
    job: PageJob
    tell: Callable[[PageEvent], None]
    done: int = 0
    cells: int = 0
    begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        # papermill adds one cell
        self.cells = len(nbformat.read(self.job.notebook, as_version=4).cells) + 1

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun

    def count(self, cell: NotebookNode, cell_index: int) -> None:
        self.done = cell_index + 1
        self.report("cell")

    def report(self, state: str) -> None:
        done = self.cells if state == "done" else self.done
        self.tell(PageEvent(self.job.name, state, done, self.cells, self.seconds))
