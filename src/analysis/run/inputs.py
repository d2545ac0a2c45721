"""What a folder of results was made from, and making it anew only if that has changed."""

import hashlib
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from analysis.errors import InputError
from analysis.params import EditionParams

# Rooms whose code decides what counts and answers are.
COUNTING = ("standards", "ingest", "disclosure", "tables", "run")


def input_digests(params: EditionParams, root: Path) -> list[dict]:
    """Return for each input of an edition its ``name file bytes sha256``.

    Raises
    ------
    InputError
        Files are missing; all of them are named.
    """
    named = {"records": params.inputs.records, "lookup": params.inputs.lookup}
    named |= {
        f"population, {kind}": population.path
        for kind, population in params.inputs.populations.items()
    }
    if params.inputs.published:
        named["published figures"] = params.inputs.published
    if params.inputs.weekly:
        named["weekly deaths of the years before"] = params.inputs.weekly
    missing = [file for file in named.values() if not (root / file).exists()]
    if missing:
        listed = "\n".join(f"  {file}" for file in missing)
        raise InputError(
            f"edition {params.edition}: {len(missing)} input files are missing.\n{listed}\n"
            "Make them with `bulletin data demo` or `bulletin data synthesise`, or correct the "
            "paths in the parameter file."
        )
    return [{"name": name, "file": file, **digest(root / file)} for name, file in named.items()]


def digest(path: Path) -> dict[str, int | str]:
    """Return ``bytes`` and ``sha256`` of a file, or of a folder's files in order of their names."""
    whole, size = hashlib.sha256(), 0
    for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
        size += file.stat().st_size
    return {"bytes": size, "sha256": whole.hexdigest()}


def key_of(*parts: str) -> str:
    """Return the key of what is made of ``parts`` by the code as it is."""
    whole = hashlib.sha256("\n".join(parts).encode())
    for room in COUNTING:
        for file in sorted(Path(str(files("analysis"))).joinpath(room).rglob("*")):
            if file.suffix in {".py", ".yml", ".csv"}:
                whole.update(file.read_bytes())
    return whole.hexdigest()


def make_folder(folder: Path, key: str, make: Callable[[Path], None]) -> bool:
    """Make a folder, whole or not at all; return False if it is there, with the same key.

    ``make`` is given an empty folder beside it, which takes its place in the end.
    """
    if (folder / "key").is_file() and (folder / "key").read_text() == key:
        return False
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        make(part)
        (part / "key").write_text(key, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return True
