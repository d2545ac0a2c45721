"""Cubes: the downloads from which readers build tables of their own.

``cubes.yml`` says which downloads of an edition are cubes. Each gets a script beside it,
``downloads/<name>.cube.js``, made from the download, which is a protected table, and from nothing
else; a page loads it when a reader chooses it. Nothing is added up here or in the browser: totals
are rows of the download, and a number that it withholds is not in the script.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from analysis.disclosure.csv_text import read_text
from analysis.disclosure.metadata import SUFFIX
from analysis.publish.cube import Cube, read_cubes
from analysis.publish.packing import packed


def write_cubes(downloads: Path, cubes: Iterable[Cube] | None = None) -> list[dict]:
    """Write the scripts of the cubes that an edition has, and return these as plain values.

    Parameters
    ----------
    downloads
        Folder of the downloads, where the scripts are written.
    cubes
        What may be offered; by default all of ``cubes.yml``. One without a download is left out,
        and so is one whose download has other columns: a small edition may answer a question by
        country where a larger one does so by region.

    Raises
    ------
    PublishError
        A download does not have a total that its cube names, or two of its rows are in one place.
    """
    there = []
    for cube in read_cubes() if cubes is None else cubes:
        path = downloads / f"{cube.download}.csv"
        metadata = path.with_name(cube.download + SUFFIX)
        if not path.is_file():
            continue
        data = path.read_bytes()
        script, rows = _script(cube, data, metadata.read_bytes() if metadata.is_file() else b"")
        if script:
            path.with_name(f"{cube.download}.cube.js").write_text(script, encoding="utf-8")
            about = {"download": cube.download, "page": cube.page, "title": cube.title}
            there.append(about | {"rows": rows, "bytes": len(data)})
    return there


def place_builder(cubes: Sequence[Mapping]) -> str:
    """Return the HTML of the place where readers build tables.

    Without scripts it is a list of ready tables, from which ``build.js`` learns what there is.
    """
    if not cubes:
        return "<p>This edition has no tables to build from.</p>\n"
    return (
        '<div class="bulletin-build">\n<noscript><p>Building a table needs scripts, which are '
        "switched off in this browser. These are the ready tables that it reads.</p></noscript>\n"
        f'<ul class="bulletin-ready">\n{"".join(map(_ready, cubes))}</ul>\n</div>\n'
    )


def _ready(cube: Mapping) -> str:
    """A table as it is, with its download and the page that says how it was made."""
    title = escape(cube["title"])
    of_it = f'<span class="visually-hidden">: {title}</span>'
    about = f"CSV, {cube['rows']:,} rows, {_size(cube['bytes'])}"
    return (
        f'<li data-cube="{cube["download"]}" data-title="{title}">{title}. '
        f'<a href="downloads/{cube["download"]}.csv" download>Download{of_it}</a> ({about}). '
        f'<a href="{cube["page"]}.html">About these numbers{of_it}</a>.</li>\n'
    )


def _script(cube: Cube, download: bytes, metadata: bytes) -> tuple[str, int]:
    """The script of a download, empty where that has other columns, and how many rows it has."""
    frame = read_text(download)
    if not set(cube.columns) <= set(frame):
        return "", len(frame)
    known = packed(cube, frame) | {"rule": _rule(metadata)}
    text = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
    return f"bulletinCube({text});\n", len(frame)


def _rule(metadata: bytes) -> str:
    """The rule that a download was protected under, which stands in its metadata."""
    notes = json.loads(metadata)["notes"] if metadata else []
    return next((note["rule"] for note in notes if "rule" in note), "")


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(count // 1000, 1)} kB"
