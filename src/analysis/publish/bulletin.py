"""From parameters to the site: count, run the pages, build the books, check them, publish.

Pages of several editions run at once, and an edition is built and checked while the next is counted
and its pages run. Editions are published together, in one step, and only if every page of every one
succeeded and nothing that was built gives away or holds a record. What was on the site before stays
until then.
"""

import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import takewhile
from os import cpu_count
from pathlib import Path
from typing import Any, Self

from analysis.disclosure.gate import check_page
from analysis.errors import ParamsError
from analysis.params import EditionParams
from analysis.publish.attack_site import attack_made, to_attack
from analysis.publish.editions import publish_editions
from analysis.publish.finish import CHECKS, Built, build_edition, check_built
from analysis.run.apart import run_apart
from analysis.run.asking import answer_edition
from analysis.run.kernels import warm_kernels
from analysis.run.pages import PageEvent, PageJob, PageResult, run_pages
from analysis.run.plan import count_edition, page_folder
from analysis.run.screen import Screen
from analysis.run.shared import Shared
from analysis.run.warm import end_processes
from analysis.tables.asked import pages_of_answers

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
    editions = sorted(editions, key=lambda params: params.registered_by)
    with _Finishing(editions, root, screen) as finishing:
        made = Made(failures=_run(editions, root, screen, workers, finishing.begin))
        if made.failures:
            return made
        built = finishing.results()
    made.kept_out = [params.edition for params in editions if params.data == "records"]
    public = [folder for name, folder in built.items() if name not in made.kept_out]
    if public:
        made.site = publish_editions(root / "site", public)
    screen.done()
    return made


def _run(
    editions: Sequence[EditionParams], root: Path, screen: Screen, workers: int,
    finish: Callable[[EditionParams], None],
) -> dict[str, list[PageResult]]:  # fmt: skip
    """Run the pages of all editions together; return those that failed, by edition.

    An edition is counted just before its first page, and what it is asked for answered just before
    the first page that shows answers, while other pages still run. It is handed on to ``finish``
    when its pages are done.
    """
    jobs, owners = [], {}
    for params in editions:
        folder = root / "_build" / params.edition
        for stale in ("pages", "downloads"):
            shutil.rmtree(folder / stale, ignore_errors=True)
        for name in _in_order(params, root):
            job = PageJob(
                name=f"{params.edition} {name}",
                notebook=page_folder(root) / f"{name}.ipynb",
                parameters=params.page(name).as_cell(),
                output=folder / "pages" / f"{name}.ipynb",
            )
            jobs.append(job)
            owners[job.name] = (params, name)
    shared, done = Shared(root), set()
    missing = {params.edition: set(params.pages) for params in editions}

    def prepare(job: PageJob) -> None:
        params, name = owners[job.name]
        steps = {"counting records": count_edition}
        if name in pages_of_answers():
            steps["answering what people asked for"] = answer_edition
        for words, make in steps.items():
            if (params.edition, words) not in done:
                done.add((params.edition, words))
                with screen.step(f"{params.edition}: {words}"):
                    make(params, root, shared)

    def note(event: PageEvent) -> None:
        screen.page(event)
        params, name = owners[event.name]
        if event.state == "done":
            missing[params.edition].remove(name)
            if not missing[params.edition]:
                finish(params)

    # One more page than processors: a kernel waits a part of its time.
    workers = workers or (cpu_count() or 1) + 1
    failures: dict[str, list[PageResult]] = {}
    with shared:
        results = run_pages(jobs, workers, note, check_page, prepare=prepare)
    for result in results:
        if not result.ok:
            failures.setdefault(owners[result.name][0].edition, []).append(result)
    return failures


def _in_order(params: EditionParams, root: Path) -> list[str]:
    """The pages of an edition, the longest first, but those that wait for answers last.

    A page that shows much takes long, and is not left for the end.
    """
    files = {name: page_folder(root) / f"{name}.ipynb" for name in params.pages}
    size = {name: file.stat().st_size if file.is_file() else 0 for name, file in files.items()}
    return sorted(files, key=lambda name: (name in pages_of_answers(), -size[name]))


class _Finishing:
    """Editions that are attacked, built and checked, each step in a process of its own.

    An edition is attacked once its pages and those of editions before it are done, as a reader has
    them all.
    """

    def __init__(self, editions: Sequence[EditionParams], root: Path, screen: Screen) -> None:
        self._root, self._screen = root, screen
        self._pool = ThreadPoolExecutor(max_workers=cpu_count() or 1)
        self._editions = {params.edition: params for params in editions}
        self._built: dict[str, Built] = {}
        self._begun: list[Future[None]] = []
        self._done: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End what is still under way: nobody waits for it any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        while not all(step.done() for step in self._begun):
            end_processes()  # again, since one may just have been starting
            time.sleep(0.1)

    def begin(self, params: EditionParams) -> None:
        """Begin with an edition whose pages are done."""
        before = self._attackable()
        self._done.add(params.edition)
        self._begun.append(self._pool.submit(self._build, params))
        after = self._attackable()
        for place in range(len(before), len(after)):
            made = [self._editions[name] for name in after[: place + 1]]
            self._begun.append(self._pool.submit(self._attack, after[place], made))

    def results(self) -> dict[str, Path]:
        """Return the folders of all editions once they are built and have passed every check."""
        for name in self._editions.keys() - self._done:
            self.begin(self._editions[name])
        for step in self._begun:  # which grows
            step.result()
        made = list(self._editions.values())
        rest = [name for name in to_attack(self._root, made) if name not in self._editions]
        for name in rest:
            self._attack(name, made)
        return {name: self._built[name].folder for name in self._editions}

    def _build(self, params: EditionParams) -> None:
        self._built[params.edition] = self._apart(build_edition, params, self._root)
        asked = params, self._root, self._built[params.edition]
        for check in CHECKS:
            self._begun.append(self._pool.submit(self._apart, check_built, *asked, check))

    def _attack(self, name: str, made: Sequence[EditionParams]) -> None:
        self._apart(attack_made, self._root, made, name)

    def _attackable(self) -> list[str]:
        return list(takewhile(self._done.__contains__, self._editions))

    def _apart(self, work: Callable, *args: Any) -> Any:
        return run_apart(work, *args, step=self._screen.step)
