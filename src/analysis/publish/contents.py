"""The contents of a book: the order of its pages, without those that an edition does not have."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from analysis.errors import PublishError


def contents_of(template: Path, out: Path, pages: list[Path]) -> dict:
    """Return the contents of the book staged in ``out``, as Jupyter Book reads them.

    Parameters
    ----------
    template
        ``_toc.yml`` of every book. What ``out`` has no file for is left out, and so is a part of
        which nothing is left.
    pages
        Pages of this book, each of which must have a place.

    Raises
    ------
    PublishError
        A page has no entry in ``template``.
    """
    contents = yaml.safe_load(template.read_text(encoding="utf-8"))
    listed = {entry["file"] for entry in _entries(contents)}
    homeless = sorted(page.stem for page in pages if page.stem not in listed)
    if homeless:
        raise PublishError(
            f"{template}: no entry for {', '.join(homeless)}.\nAdd `- file: {homeless[0]}` where "
            "the page belongs."
        )
    return _only_present(contents, out)


def absent_pages(template: Path, out: Path) -> dict[str, str]:
    """Return the pages that the book staged in ``out`` does not have, each with its title."""
    contents = yaml.safe_load(template.read_text(encoding="utf-8"))
    return {
        entry["file"]: entry.get("title", entry["file"])
        for entry in _entries(contents)
        if not _there(entry, out)
    }


def _entries(entry: dict | list) -> Iterator[dict]:
    """All entries that name a file, at any depth."""
    if isinstance(entry, dict) and "file" in entry:
        yield entry
    for value in entry if isinstance(entry, list) else entry.values():
        if isinstance(value, dict | list):
            yield from _entries(value)


def _only_present(entry: dict, out: Path) -> dict:
    """The entry without files that are not there and parts that are left empty."""
    kept = dict(entry)
    for key in ("parts", "chapters", "sections", "subtrees", "entries"):
        children = [_only_present(child, out) for child in entry.get(key, []) if _there(child, out)]
        kept.pop(key, None)
        if children := [child for child in children if len(child.keys() - {"caption"})]:
            kept[key] = children
    return kept


def _there(entry: dict, out: Path) -> bool:
    name = entry.get("file")
    return name is None or any((out / f"{name}{kind}").is_file() for kind in ("", ".md", ".ipynb"))
