"""From parameters to the site: count, run the pages, build the books, look for records, publish.

Editions are published together, in one step, and only if every page of every one succeeded and
nothing that was built holds a record. What was on the site before stays until then.
"""

import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

from analysis.disclosure.gate import check_page
from analysis.errors import ParamsError
from analysis.ingest.clean import clean_records
from analysis.ingest.load import load_inputs
from analysis.ingest.sources import open_records
from analysis.params import EditionParams
from analysis.publish.book import build_book, stage_book, warm_sphinx
from analysis.publish.editions import publish_editions
from analysis.publish.info import EditionInfo
from analysis.publish.manifest import sha256, write_manifest
from analysis.publish.scan import scan_site
from analysis.run.kernels import warm_kernels
from analysis.run.pages import PageJob, PageResult, run_pages
from analysis.run.plan import count_edition, page_folder
from analysis.run.screen import Screen


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
    with ThreadPoolExecutor(max_workers=1) as background:
        warm_kernels()
        sphinx = background.submit(warm_sphinx)
        made = Made(failures=_run(editions, root, screen, workers))
        sphinx.result()
    if made.failures:
        return made

    public = []
    for params in editions:
        with screen.step(f"{params.edition}: building the book"):
            built = _build(params, root)
        with screen.step(f"{params.edition}: looking for records in what was built"):
            _scan(params, built, root)
        if params.data == "records":
            made.kept_out.append(params.edition)
        else:
            public.append(built)
    if public:
        made.site = publish_editions(root / "site", public)
    screen.done()
    return made


def _run(
    editions: Sequence[EditionParams], root: Path, screen: Screen, workers: int
) -> dict[str, list[PageResult]]:
    """Run the pages of all editions together; return those that failed, by edition.

    An edition is counted just before its first page, while pages of the one before still run.
    """
    jobs, owners, uncounted = [], [], {params.edition: params for params in editions}
    for params in editions:
        folder = root / "_build" / params.edition
        for stale in ("pages", "downloads"):
            shutil.rmtree(folder / stale, ignore_errors=True)
        for name in params.pages:
            jobs.append(
                PageJob(
                    name=f"{params.edition} {name}",
                    notebook=page_folder(root) / f"{name}.ipynb",
                    parameters=params.page(name).as_cell(),
                    output=folder / "pages" / f"{name}.ipynb",
                )
            )
            owners.append(params.edition)

    def count(job: PageJob) -> None:
        params = uncounted.pop(job.parameters["edition"], None)
        if params is not None:
            with screen.step(f"{params.edition}: counting records"):
                count_edition(params, root)

    # One more page than processors: a kernel waits a part of its time.
    workers = workers or (cpu_count() or 1) + 1
    results = run_pages(jobs, workers, screen.page, check_page, prepare=count)
    failures: dict[str, list[PageResult]] = {}
    for owner, result in zip(owners, results, strict=True):
        if not result.ok:
            failures.setdefault(owner, []).append(result)
    return failures


def _build(params: EditionParams, root: Path) -> Path:
    folder = root / "_build" / params.edition
    info = EditionInfo.of(params, _code_version(root))
    staged = stage_book(
        folder / "pages", root / "book", folder / "book", info, folder / "downloads"
    )
    built = build_book(staged, folder / "html")
    sources = {
        "parameters": params.model_dump(mode="json", exclude={"protection": {"secret"}}),
        "inputs": load_inputs(folder),
        "lock": sha256(root / "requirements.lock"),
        "code": info.code_version,
    }
    write_manifest(built, info, sources)
    return built


def _scan(params: EditionParams, built: Path, root: Path) -> None:
    """Refuse what was built if it holds a record; of the records only identifiers are read."""
    raw = open_records(root / params.inputs.records, params.inputs.layout)
    records = clean_records(raw, params.inputs.layout).select("record_id")
    scan_site(built, records, root)


def _code_version(root: Path) -> str:
    """Version of the package and, in a clone, the commit it stands at."""
    asked = subprocess.run(
        ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=10"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    number = version("mortality-bulletin")
    return f"{number}, commit {asked.stdout.strip()}" if asked.returncode == 0 else number
