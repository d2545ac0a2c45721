"""From executed pages to an edition that may be published: its book, its seal, and its checks."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from analysis.errors import PublishError
from analysis.ingest.clean import clean_records
from analysis.ingest.load import load_inputs
from analysis.ingest.sources import open_records
from analysis.params import EditionParams
from analysis.publish.book import build_book, stage_book
from analysis.publish.info import EditionInfo
from analysis.publish.manifest import sha256, write_manifest
from analysis.publish.scan import scan_site
from analysis.run.apart import Step
from analysis.run.asking import protected_beside


@dataclass(frozen=True)
class Built:
    """A built edition: the folder of its HTML, and the digests of the scripts made for it."""

    folder: Path
    scripts: frozenset[str]


def build_edition(params: EditionParams, root: Path, step: Step) -> Built:
    """Build the book of an edition whose pages have run.

    Parameters
    ----------
    step
        As ``Screen.step``.

    Raises
    ------
    PublishError
        The book cannot be built.
    """
    with step(f"{params.edition}: building the book"):
        return _build(params, root)


def check_built(params: EditionParams, root: Path, built: Built, check: str, step: Step) -> None:
    """Refuse a built edition that does not pass one of ``CHECKS``.

    Raises
    ------
    DisclosureError
        The check finds what may not be published.
    """
    with step(f"{params.edition}: {check}"):
        CHECKS[check](params, built, root)


def look_for_records(params: EditionParams, built: Built, root: Path) -> None:
    """Refuse what was built if it holds a record; of the records only identifiers are read."""
    raw = open_records(root / params.inputs.records, params.inputs.layout)
    records = clean_records(raw, params.inputs.layout).select("record_id")
    scan_site(built.folder, records, root, built.scripts)


def look_at_words(params: EditionParams, built: Built, root: Path) -> None:
    """Refuse what was built if its sentences or charts say more than its downloads."""
    from analysis.publish.attack_edition import hold_words_against_downloads  # slow to import

    hold_words_against_downloads(built.folder, params.edition)


def look_at_tables(params: EditionParams, built: Built, root: Path) -> None:
    """Refuse what was built if its tables show more than the downloads that were attacked."""
    from analysis.publish.attack_edition import hold_tables_against_downloads  # slow to import

    made, shown = root / "_build" / params.edition / "downloads", built.folder / "downloads"
    if _digests(made) != _digests(shown):
        raise PublishError(
            f"{shown}: these are not the tables that the pages made.\n"
            "Something changed them while the book was built. Run the edition again."
        )
    hold_tables_against_downloads(built.folder, params.edition)


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path) for path in folder.glob("*.csv")}


# What a built edition must pass, what takes longest first. Each is given its parameters, what was
# built and the folder of the project, and raises what forbids to publish it.
CHECKS: dict[str, Callable[[EditionParams, Built, Path], None]] = {
    "holding its words against its downloads": look_at_words,
    "holding its tables against its downloads": look_at_tables,
    "looking for records in what was built": look_for_records,
}


def _build(params: EditionParams, root: Path) -> Built:
    folder = root / "_build" / params.edition
    info = EditionInfo.of(params, _code_version(root))
    staged = stage_book(
        folder / "pages", root / "book", folder / "book", info, folder / "downloads"
    )
    built = build_book(staged, folder / "html")
    sources = {
        "parameters": params.as_published(),
        "inputs": load_inputs(folder),
        "protected_beside": protected_beside(params, root),
        "lock": sha256(root / "requirements.lock"),
        "code": info.code_version,
    }
    write_manifest(built, info, sources)
    return Built(built, staged.scripts)


def _code_version(root: Path) -> str:
    """Version of the package and, in a clone, the commit it stands at."""
    asked = subprocess.run(
        ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=10"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    number = version("mortality-bulletin")
    return f"{number}, commit {asked.stdout.strip()}" if asked.returncode == 0 else number
