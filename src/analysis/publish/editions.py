"""The site: every edition under its name, the latest one, downloads, and an index of all.

The new site is made whole beside the old one and takes its place in one step. Whatever goes wrong
before that leaves the old site as it was.
"""

import ctypes
import json
import os
import shutil
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from analysis.errors import PublishError
from analysis.publish.manifest import read_manifest
from analysis.publish.site import data_page, feed, index_page, redirect_page

# Which of two editions of one day stands first.
_KINDS = ("records", "open", "demonstration")
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_HERE = -100  # AT_FDCWD


def publish_editions(site: Path, built: Sequence[Path]) -> Path:
    """Put built editions on the site and return the path of its index.

    Parameters
    ----------
    site
        Folder of the site; need not exist. Editions that are on it stay, unless one of the same
        name is among ``built``.
    built
        Folders of HTML, each with its ``manifest.json``.

    Raises
    ------
    PublishError
        A folder has no manifest, or two hold the same edition. The site is as it was.
    """
    new = {_name(folder): folder for folder in built}
    if len(new) != len(built):
        raise PublishError(f"{site}: two of {len(built)} editions have one name: publish one.")
    site.parent.mkdir(parents=True, exist_ok=True)
    aside, old = site.with_name(f".{site.name}.new"), site.with_name(f".{site.name}.old")
    _recover(site, old)
    shutil.rmtree(aside, ignore_errors=True)
    try:
        editions = aside / "editions"
        editions.mkdir(parents=True)
        for folder in sorted((site / "editions").glob("*/")):
            if folder.name not in new:
                shutil.copytree(folder, editions / folder.name, copy_function=_link_or_copy)
        for name, folder in new.items():
            shutil.copytree(folder, editions / name)
        _write_site(aside)
        _exchange(aside, site, old)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return site / "index.html"


def list_editions(site: Path) -> list[dict[str, Any]]:
    """Return the editions on a site, latest first: what each manifest says, and its pages."""
    manifests = [read_manifest(folder) for folder in (site / "editions").glob("*/")]
    editions = [
        manifest["edition"] | {"pages": list(manifest["pages"]), "titles": manifest["pages"]}
        for manifest in manifests
    ]
    editions.sort(key=lambda edition: edition["edition"])
    editions.sort(key=lambda edition: _rank(edition["data"]))
    editions.sort(key=lambda edition: edition["released"], reverse=True)
    return editions


def _write_site(site: Path) -> None:
    editions = list_editions(site)
    latest = editions[0]["edition"]
    listed = {"latest": latest, "editions": [_public(edition) for edition in editions]}
    text = json.dumps(listed, indent=1, ensure_ascii=False) + "\n"
    (site / "editions.json").write_text(text, encoding="utf-8")
    (site / "editions.js").write_text(f"window.bulletinEditions = {text.rstrip()};\n", "utf-8")
    (site / "index.html").write_text(index_page(editions), encoding="utf-8")
    (site / "feed.xml").write_text(feed(editions), encoding="utf-8")

    folder = site / "latest"
    folder.mkdir()
    for name, title in editions[0]["titles"].items():
        to = f"../editions/{latest}/{name}.html"
        (folder / f"{name}.html").write_text(redirect_page(to, title), encoding="utf-8")
    for edition in editions:
        _write_data(site, edition)
    shutil.copytree(site / "data" / latest, site / "data" / "latest", copy_function=_link_or_copy)


def _write_data(site: Path, edition: dict[str, Any]) -> None:
    """Put the downloads of an edition under an address of their own, with a list of them."""
    name = edition["edition"]
    folder, built = site / "data" / name, site / "editions" / name
    folder.mkdir(parents=True)
    known = read_manifest(built)["outputs"]
    files = []
    for file in sorted((built / "downloads").glob("*")):
        if file.suffix == ".js":  # what the search of a page reads
            continue
        _link_or_copy(str(file), str(folder / file.name))
        digest = known.get(f"downloads/{file.name}", "")
        files.append({"name": file.name, "bytes": file.stat().st_size, "sha256": digest})
    (folder / "index.html").write_text(data_page(edition, files), encoding="utf-8")


def _public(edition: dict[str, Any]) -> dict[str, Any]:
    """What the switcher and other programs need; a series is what an edition is compared within."""
    keys = ("edition", "data", "title", "status", "banner", "released", "released_words")
    kept = {key: edition[key] for key in (*keys, "next_release", "pages")}
    return kept | {"series": edition["data"], "url": f"editions/{edition['edition']}/index.html"}


def _name(folder: Path) -> str:
    name = read_manifest(folder)["edition"]["edition"]
    if not (folder / "index.html").is_file():
        raise PublishError(f"{escape(str(folder))}: no index.html.\nBuild edition {name} again.")
    return name


def _rank(data: str) -> int:
    return _KINDS.index(data) if data in _KINDS else len(_KINDS)


def _link_or_copy(source: str, to: str) -> None:
    """Files of an edition never change in place, so two sites can share them."""
    try:
        os.link(source, to)
    except OSError:
        shutil.copy2(source, to)


def _exchange(aside: Path, site: Path, old: Path) -> None:
    """Let ``aside`` become ``site``: in one step where the system can, else in two quick ones."""
    if not site.exists():
        aside.rename(site)
        return
    if not _renamed_at_once(aside, site):
        site.rename(old)
        aside.rename(site)


def _renamed_at_once(aside: Path, site: Path) -> bool:
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return rename(_HERE, os.fsencode(aside), _HERE, os.fsencode(site), _EXCHANGE) == 0


def _recover(site: Path, old: Path) -> None:
    """A run that was killed between the two steps has left the site under another name."""
    if old.is_dir() and not site.exists():
        old.rename(site)
