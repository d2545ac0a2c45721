"""How fast two editions are made, against the plain way, side by side in one run.

    python benchmarks/edition.py [--params A.yml B.yml] [--repeat N]

The plain way is what one would type without this project's runner: the papermill command on each
notebook in turn, each with a kernel of its own, then the jupyter-book build command. Both ways
start from nothing but the inputs, count the same records, protect the same tables beside those of
the edition before, and end with the same HTML. Only ours reads and attacks it before it is
published. They run in a copy of the project that is thrown away.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from analysis.params import EditionParams, load_edition
from analysis.publish.book import stage_book
from analysis.publish.info import EditionInfo

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
DEFAULT = ["params/demo-2020-06-12.yml", "params/demo-2020-07-24.yml"]
PROVISIONER = "JUPYTER_DEFAULT_PROVISIONER_NAME"


def main() -> None:
    """Measure both ways, alternating, and print seconds and ratios."""
    arguments = _arguments()
    console = Console(highlight=False)
    one, both = arguments.params[:1], arguments.params
    for turn in range(1, arguments.repeat + 1):
        plain_one, plain_both = _plain(both, console)
        ours_one, ours_both = _ours(one), _ours(both)
        table = Table("", "Plain, s", "bulletin run, s", "Times faster", title=f"Run {turn}")
        for words, plain, ours in (
            ("one edition", plain_one, ours_one),
            (f"{len(both)} editions", plain_both, ours_both),
        ):
            table.add_row(words, f"{plain:.1f}", f"{ours:.1f}", f"{plain / ours:.1f}")
        console.print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--params", nargs="+", default=DEFAULT, help="parameter files")
    parser.add_argument("--repeat", type=int, default=1, help="how often to measure")
    return parser.parse_args()


def _plain(params: list[str], console: Console) -> tuple[float, float]:
    """Seconds of the plain way for the first edition and for all."""
    seconds = []
    with tempfile.TemporaryDirectory(prefix="bulletin-") as folder:
        project = _copy(Path(folder))
        for place, file in enumerate(params, start=1):
            edition = load_edition(ROOT / file)
            parts = {
                # Protected beside the editions before it, whose own counts are up to date.
                "count": _run(project, BIN / "bulletin", "count", *params[:place]),
                "pages": sum(_papermill(project, edition, page) for page in edition.pages),
                "book": _jupyter_book(project, edition),
            }
            words = ", ".join(f"{name} {took:.1f} s" for name, took in parts.items())
            console.print(f"plain way, {edition.edition}: {words}")
            seconds.append(sum(parts.values()))
    return seconds[0], sum(seconds)


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
