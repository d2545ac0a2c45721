"""From parameters to the site: count, run the pages, build the books, check them, publish.

Pages of several editions run at once, and an edition is built and checked while those of the next
still run. Editions are published together, in one step, and only if every page of every one
succeeded and nothing that was built holds a record. What was on the site before stays until then.
"""

import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from os import cpu_count
from pathlib import Path
from typing import Self

from analysis.disclosure.gate import check_page
from analysis.errors import ParamsError
from analysis.params import EditionParams
from analysis.publish.attack_site import attack_built, to_attack
from analysis.publish.editions import publish_editions
from analysis.publish.finish import finish_edition
from analysis.run.apart import run_apart
from analysis.run.kernels import warm_kernels
from analysis.run.pages import PageEvent, PageJob, PageResult, run_pages
from analysis.run.plan import count_edition, page_folder
from analysis.run.screen import Screen
from analysis.run.shared import Shared
from analysis.run.warm import end_processes

PRELOAD = "analysis.publish.preload"


@dataclass
class Made:
    """What a run has made.

    ``site`` is the index of the site, None if nothing was published; ``failures`` the pages that
    failed, by edition; ``kept_out`` the editions made from records that are not invented.
    """

    site: Path | None = None
    failures: dict[str, list[PageResult]] = field(default_factory=dict)
    kept_out: list[str] = field(default_factory=list)


def make_bulletin(
    editions: Sequence[EditionParams], root: Path, screen: Screen, workers: int = 0
) -> Made:
    """Make editions, from their records to their place on the site.

    Parameters
    ----------
    editions
        Their parameters, each with a name of its own.
    root
        Folder of the project.
    screen
        Where progress is shown.
    workers
        Pages run at once; 0 for one a processor.

    Raises
    ------
    ParamsError
        Two editions have one name.
    DisclosureError
        What was built holds what may not be published. No edition is published.
    InputError, PageError, PublishError
        As counting, running and building say. A page that fails raises nothing: it is listed.
    """
    names = [params.edition for params in editions]
    if len(set(names)) != len(names):
        raise ParamsError(f"{', '.join(names)}: two editions have one name. Name each file once.")
    warm_kernels(PRELOAD)
    with _Finishing(root, screen) as finishing:
        made = Made(failures=_run(editions, root, screen, workers, finishing.begin))
        if made.failures:
            return made
        built = {params.edition: finishing.result(params) for params in editions}

    _attack(root, list(built.values()), screen)
    made.kept_out = [params.edition for params in editions if params.data == "records"]
    public = [folder for name, folder in built.items() if name not in made.kept_out]
    if public:
        made.site = publish_editions(root / "site", public)
    screen.done()
    return made


def _attack(root: Path, built: list[Path], screen: Screen) -> None:
    """Attack what would be public, an edition in each of as many processes as there are cores."""

    def one(name: str) -> None:
        run_apart(attack_built, root, built, name, step=screen.step)

    with ThreadPoolExecutor(max_workers=cpu_count() or 1) as pool:
        list(pool.map(one, to_attack(root, built)))


def _run(
    editions: Sequence[EditionParams], root: Path, screen: Screen, workers: int,
    finish: Callable[[EditionParams], None],
) -> dict[str, list[PageResult]]:  # fmt: skip
    """Run the pages of all editions together; return those that failed, by edition.

    An edition is counted just before its first page, while pages of the one before still run, and
    handed on to ``finish`` when its pages are done and no page of another has still to begin: in
    the end editions are finished side by side, and no processor waits for the last one.
    """
    jobs, owners = [], {}
    for params in editions:
        folder = root / "_build" / params.edition
        for stale in ("pages", "downloads"):
            shutil.rmtree(folder / stale, ignore_errors=True)
        for name in _longest_first(params, root):
            job = PageJob(
                name=f"{params.edition} {name}",
                notebook=page_folder(root) / f"{name}.ipynb",
                parameters=params.page(name).as_cell(),
                output=folder / "pages" / f"{name}.ipynb",
            )
            jobs.append(job)
            owners[job.name] = params
    shared, uncounted = Shared(root), {params.edition for params in editions}
    missing = {params.edition: set(params.pages) for params in editions}
    waiting, ready = set(owners), []

    def count(job: PageJob) -> None:
        params = owners[job.name]
        if params.edition in uncounted:
            uncounted.remove(params.edition)
            with screen.step(f"{params.edition}: counting records"):
                count_edition(params, root, shared)
            if not uncounted:
                shared.forget()

    def note(event: PageEvent) -> None:
        screen.page(event)
        params = owners[event.name]
        waiting.discard(event.name)
        if event.state == "done":
            missing[params.edition].remove(event.name.removeprefix(f"{params.edition} "))
            if not missing[params.edition]:
                ready.append(params)
        while ready and not waiting:
            finish(ready.pop(0))

    # One more page than processors: a kernel waits a part of its time.
    workers = workers or (cpu_count() or 1) + 1
    failures: dict[str, list[PageResult]] = {}
    with shared:
        results = run_pages(jobs, workers, note, check_page, prepare=count)
    for result in results:
        if not result.ok:
            failures.setdefault(owners[result.name].edition, []).append(result)
    return failures


def _longest_first(params: EditionParams, root: Path) -> list[str]:
    """The pages of an edition: one that shows much takes long, and is not left for the end."""
    files = {name: page_folder(root) / f"{name}.ipynb" for name in params.pages}
    size = {name: file.stat().st_size if file.is_file() else 0 for name, file in files.items()}
    return sorted(files, key=size.get, reverse=True)


class _Finishing:
    """Editions that are being built and checked, each in a process of its own."""

    def __init__(self, root: Path, screen: Screen) -> None:
        self._root, self._screen = root, screen
        self._pool = ThreadPoolExecutor(max_workers=cpu_count() or 1)
        self._editions: dict[str, Future[Path]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End what is still under way: nobody waits for it any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        while not all(edition.done() for edition in self._editions.values()):
            end_processes()  # again, since one may just have been starting
            time.sleep(0.1)

    def begin(self, params: EditionParams) -> None:
        """Begin with an edition whose pages are done."""
        self._editions[params.edition] = self._pool.submit(
            run_apart, finish_edition, params, self._root, step=self._screen.step
        )

    def result(self, params: EditionParams) -> Path:
        """Return the folder of an edition once it is built and has passed its checks."""
        if params.edition not in self._editions:
            self.begin(params)
        return self._editions[params.edition].result()
