"""The book of an edition: its pages and words put together, and built into HTML.

Pages are not run here; they come executed. A warning of the build is an error. The same pages give
the same HTML to the byte, and no page of it asks anything of another host.
"""

import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from analysis.errors import PublishError
from analysis.publish.contents import absent_pages, contents_of
from analysis.publish.info import EditionInfo
from analysis.publish.scripts import digests_of_scripts, write_scripts

_SHOWN = 10
# What a build leaves that differs from build to build, or that no page uses.
_LEFTOVERS = (".buildinfo*", "_static/locales", "_static/**/*.map", "_static/*macros.html")


@dataclass(frozen=True)
class Staged:
    """What a book is built from: its folder, and the digests of the scripts of its downloads."""

    folder: Path
    scripts: frozenset[str] = frozenset()


def stage_book(
    pages_dir: Path,
    book_dir: Path,
    out: Path,
    info: EditionInfo,
    downloads: Path | None = None,
    config: Path | None = None,
) -> Staged:
    """Gather what the book of one edition is made of, in the folder ``out``.

    Parameters
    ----------
    pages_dir
        Executed notebooks, ``<page>.ipynb``.
    book_dir
        The words of the book, ``_toc.yml`` and ``_static``. Entries of ``_toc.yml`` that this
        edition has no page for are left out.
    out
        Written anew; what was there is deleted.
    info
        What every page says about the edition.
    downloads
        Files that readers may download, to stand in ``downloads/`` beside the pages.
    config
        Settings of every book; by default ``_config.yml`` in the folder above ``book_dir``.

    Raises
    ------
    PublishError
        A page failed when it ran, or has no place in ``_toc.yml``.
    """
    pages = sorted(pages_dir.glob("*.ipynb"))
    _refuse_failed(pages)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(book_dir, out, ignore=shutil.ignore_patterns("_build", "_toc.yml", ".*"))
    for page in pages:
        shutil.copyfile(page, out / page.name)
    settings = _settings(config or book_dir.parent / "_config.yml", info)
    sphinx = settings["sphinx"]["config"]
    sphinx["bulletin"]["absent"] = absent_pages(book_dir / "_toc.yml", out)
    scripts: frozenset[str] = frozenset()
    if downloads is not None and downloads.is_dir():
        extra = out / "_extra" / "downloads"
        shutil.copytree(downloads, extra)
        sphinx["html_extra_path"] = ["_extra"]
        written = write_scripts(pages, extra)
        scripts = digests_of_scripts(written, extra)
        sphinx["bulletin"] |= written
    _write_yaml(out / "_config.yml", settings)
    _write_yaml(out / "_toc.yml", contents_of(book_dir / "_toc.yml", out, pages))
    return Staged(out, scripts)


def build_book(staged: Staged, out: Path) -> Path:
    """Build the staged book into HTML and return its folder ``out``.

    Runs in this process, as ``jupyter-book build --warningiserror`` does in one of its own, and
    prints nothing.

    Raises
    ------
    PublishError
        The build failed or warned; the message has the first warnings. What was in ``out`` stays.
    """
    work = out.parent / f".{out.name}.building"
    shutil.rmtree(work, ignore_errors=True)
    settings = yaml.safe_load((staged.folder / "_config.yml").read_text(encoding="utf-8"))
    epoch = settings["sphinx"]["config"]["bulletin"]["epoch"]
    try:
        with _environment(SOURCE_DATE_EPOCH=str(epoch)):
            _run_sphinx(staged.folder, work)
        built = work / "html"
        for pattern in _LEFTOVERS:
            for leftover in list(built.glob(pattern)):
                leftover.unlink() if leftover.is_file() else shutil.rmtree(leftover)
        shutil.rmtree(out, ignore_errors=True)
        built.rename(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return out


def _run_sphinx(staged: Path, work: Path) -> None:
    """Build with the settings that Jupyter Book derives, on streams of our own.

    Its command writes to the standard output of the whole process, where progress is shown.
    """
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    warnings = io.StringIO()
    source = staged.resolve()
    command_line = {
        "external_toc_path": (source / "_toc.yml").as_posix(),
        "latex_individualpages": False,
    }
    settings, _ = get_final_config(
        user_yaml=source / "_config.yml", sourcedir=source, cli_config=command_line
    )
    try:
        with patch_docutils(None), docutils_namespace():
            app = Sphinx(
                srcdir=source,
                confdir=None,
                outdir=work / "html",
                doctreedir=work / "doctrees",
                buildername="html",
                confoverrides=settings,
                status=None,
                warning=warnings,
                freshenv=True,
                warningiserror=True,
                keep_going=True,
            )
            app.build()
    except OSError:  # a full disk is not a fault of the page
        raise
    except Exception as fault:
        raise PublishError(_failure(source, f"{warnings.getvalue()}\nERROR: {fault}")) from fault
    if app.statuscode:
        raise PublishError(_failure(source, warnings.getvalue()))


def _failure(source: Path, said: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said).replace(f"{source}/", "")
    marked = re.findall(r"^.*\b(?:WARNING|ERROR|CRITICAL)\b.*$", plain, flags=re.MULTILINE)
    more = f"\n  ... and {len(marked) - _SHOWN} more" if len(marked) > _SHOWN else ""
    listed = "\n".join(f"  {line}" for line in marked[:_SHOWN])
    return (
        f"{source}: the book was not built ({len(marked)} warnings, each of which is an error).\n"
        f"{listed}{more}\nCorrect the page or the text that each line names."
    )


def _refuse_failed(pages: list[Path]) -> None:
    failed = [
        page.name
        for page in pages
        if json.loads(page.read_bytes())["metadata"].get("bulletin", {}).get("failed")
    ]
    if failed:
        raise PublishError(
            f"{pages[0].parent}: {len(failed)} pages failed when they ran: {', '.join(failed)}.\n"
            "Run the edition again until every page succeeds."
        )


def _settings(config: Path, info: EditionInfo) -> dict:
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    sphinx = settings.setdefault("sphinx", {}).setdefault("config", {})
    sphinx["bulletin"] = {"brand": settings["title"], **info.as_context()}
    settings["title"] = info.title
    return settings


def _write_yaml(path: Path, values: dict) -> None:
    path.write_text(yaml.safe_dump(values, sort_keys=False, allow_unicode=True), encoding="utf-8")


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
