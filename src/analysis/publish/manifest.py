"""The manifest that seals an edition: what it is, what it was made from, what it consists of."""

import hashlib
import json
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

from analysis.errors import PublishError
from analysis.publish.info import EditionInfo

NAME = "manifest.json"
_PAGE = re.compile(
    r'<li class="toctree-l1[^"]*">'
    r'<a class="[^"]*reference internal" href="([\w-]+)\.html">(.*?)</a>'
)
_TAG = re.compile(r"<[^>]+>")


def write_manifest(built: Path, info: EditionInfo, sources: Mapping[str, Any]) -> Path:
    """Write ``manifest.json`` into the folder of a built edition and return its path.

    Parameters
    ----------
    built
        The HTML of the edition, complete.
    sources
        What it was made from, as plain values: digests of inputs, parameters, lock file.

    The manifest holds what the site says of the edition, its pages with their titles in reading
    order, ``sources``, and the SHA-256 of every file but itself.
    """
    pages = {"index": info.title}
    contents = (built / "index.html").read_text(encoding="utf-8")
    pages |= {name: unescape(_TAG.sub("", title)) for name, title in _PAGE.findall(contents)}
    files = sorted(path for path in built.rglob("*") if path.is_file() and path.name != NAME)
    manifest = {
        "edition": info.as_context(),
        "pages": pages,
        "sources": dict(sources),
        "outputs": {path.relative_to(built).as_posix(): sha256(path) for path in files},
    }
    path = built / NAME
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the edition in ``folder``.

    Raises
    ------
    PublishError
        There is none, or it cannot be read.
    """
    try:
        return json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError) as fault:
        raise PublishError(
            f"{folder / NAME}: {'missing' if isinstance(fault, FileNotFoundError) else 'damaged'}."
            "\nAn edition without its manifest is not published: run it again."
        ) from None


def changed_files(folder: Path) -> list[str]:
    """Return the files of an edition that are not what its manifest says, or are not in it."""
    known = read_manifest(folder)["outputs"]
    found = {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in folder.rglob("*")
        if path.is_file() and path.name != NAME
    }
    return sorted(name for name in known | found if known.get(name) != found.get(name))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
