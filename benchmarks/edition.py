"""How fast two editions are made, against two plain ways, side by side in one run.

    python benchmarks/edition.py [--params A.yml B.yml] [--repeat N]

A plain way is what one would type without this project's runner: the papermill command on each
notebook in turn, each with a kernel of its own, then the jupyter-book build command. In the first
nothing is shared between pages: each is made as if it were the only one of its edition, and the
records are counted for it. In the second an edition is counted once, and its pages share that, as
they do in ours. Counting is the command ``bulletin count`` in both.

All ways start from nothing but the inputs and end with the same pages. The first protects what a
page shows, and no more; the others protect all tables of an edition together, and beside those of
the edition before. Only ours reads and attacks what it publishes. They run in a copy of the project
that is thrown away.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from analysis.params import EditionParams, as_yaml, load_edition
from analysis.publish.book import stage_book
from analysis.publish.info import EditionInfo
from analysis.tables.asked import pages_of_answers

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
DEFAULT = ["params/demo-2020-06-12.yml", "params/demo-2020-07-24.yml"]
PROVISIONER = "JUPYTER_DEFAULT_PROVISIONER_NAME"

Count = Callable[[Path, list[str], str], float]


def main() -> None:
    """Measure the three ways, one after the other, and print seconds and ratios."""
    arguments = _arguments()
    console = Console(highlight=False)
    one, both = arguments.params[:1], arguments.params
    for turn in range(1, arguments.repeat + 1):
        plain = {words: _plain(both, words, console) for words in PLAIN}
        ours = {1: _ours(one), len(both): _ours(both)}
        columns = (f"{words}, s" for words in (*PLAIN, "bulletin run"))
        table = Table("Editions", *columns, "Times faster", title=f"Run {turn}")
        for editions, seconds in ours.items():
            took = [sum(each[:editions]) for each in plain.values()]
            ratios = ", ".join(f"{each / seconds:.1f}" for each in took)
            table.add_row(str(editions), *(f"{each:.1f}" for each in (*took, seconds)), ratios)
        console.print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--params", nargs="+", default=DEFAULT, help="parameter files")
    parser.add_argument("--repeat", type=int, default=1, help="how often to measure")
    return parser.parse_args()


def _plain(params: list[str], way: str, console: Console) -> list[float]:
    """Seconds of one of ``PLAIN`` for each edition."""
    seconds = []
    with tempfile.TemporaryDirectory(prefix="bulletin-") as folder:
        project = _copy(Path(folder))
        for place, file in enumerate(params, start=1):
            edition = load_edition(ROOT / file)
            parts = dict.fromkeys(("counting", "pages", "book"), 0.0)
            for page in edition.pages:
                parts["counting"] += PLAIN[way](project, params[:place], page)
                parts["pages"] += _papermill(project, edition, page)
            parts["book"] = _jupyter_book(project, edition)
            words = ", ".join(f"{name} {took:.1f} s" for name, took in parts.items())
            console.print(f"{way}, {edition.edition}: {words}")
            seconds.append(sum(parts.values()))
    return seconds


def _count_for_page(project: Path, params: list[str], page: str) -> float:
    """Seconds of counting for a page that is the only one of the last edition."""
    edition = load_edition(ROOT / params[-1])
    kinds = {"area", edition.pages[page].deaths} & set(edition.deaths)
    if page in pages_of_answers():
        kinds = set(edition.deaths)
    deaths = {kind: edition.deaths[kind] for kind in sorted(kinds)}
    alone = edition.model_copy(update={"pages": {page: edition.pages[page]}, "deaths": deaths})
    file = project / "params" / f"{page}.yml"
    file.write_text(as_yaml(alone), encoding="utf-8")
    return _run(project, BIN / "bulletin", "count", file)


def _count_once(project: Path, params: list[str], page: str) -> float:
    """Seconds of counting for all pages of the last edition, before its first page."""
    if page != next(iter(load_edition(ROOT / params[-1]).pages)):
        return 0.0
    # Protected beside the editions before it, whose own counts are up to date.
    return _run(project, BIN / "bulletin", "count", *params)


PLAIN: dict[str, Count] = {
    "plain, each page by itself": _count_for_page,
    "plain, counted once": _count_once,
}


def _ours(params: list[str]) -> float:
    with tempfile.TemporaryDirectory(prefix="bulletin-") as folder:
        return _run(_copy(Path(folder)), BIN / "bulletin", "run", *params)


def _papermill(project: Path, edition: EditionParams, page: str) -> float:
    pages = project / "_build" / edition.edition / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    values = pages.with_name(f"{page}.yml")
    values.write_text(yaml.safe_dump(edition.page(page).as_cell()), encoding="utf-8")
    notebook, output = project / "notebooks" / f"{page}.ipynb", pages / f"{page}.ipynb"
    options = ("-f", values, "--cwd", notebook.parent, "--no-progress-bar")
    return _run(project, BIN / "papermill", notebook, output, *options)


def _jupyter_book(project: Path, edition: EditionParams) -> float:
    build = project / "_build" / edition.edition
    staged = stage_book(
        build / "pages",
        project / "book",
        build / "book",
        EditionInfo.of(edition),
        downloads=build / "downloads",
    )
    return _run(
        project, BIN / "jupyter-book", "build", staged.folder, "--path-output", build / "html"
    )


def _copy(folder: Path) -> Path:
    """A project that has inputs and nothing made of them."""
    project = folder / "project"
    project.mkdir()
    for name in ("_config.yml", "requirements.lock"):
        shutil.copy(ROOT / name, project / name)
    for name in ("book", "notebooks", "params"):
        shutil.copytree(ROOT / name, project / name)
    (project / "data").symlink_to(ROOT / "data")
    return project


def _run(project: Path, *command: str | Path) -> float:
    """Seconds that a command takes."""
    environment = {name: value for name, value in os.environ.items() if name != PROVISIONER}
    begun = time.monotonic()
    done = subprocess.run(
        [str(word) for word in command], cwd=project, env=environment, capture_output=True
    )
    took = time.monotonic() - begun
    if done.returncode:
        said = (done.stdout + done.stderr).decode(errors="replace")[-2_000:]
        raise SystemExit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{said}")
    return took


if __name__ == "__main__":
    main()
