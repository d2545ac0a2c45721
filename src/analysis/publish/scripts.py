"""The scripts beside the downloads: each is made from downloads, and from nothing else.

They are made when a book is staged. What was built is published only with these, byte for byte.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.publish.cubes import write_cubes
from analysis.publish.find import write_searches
from analysis.publish.manifest import sha256


def write_scripts(pages: Sequence[Path], downloads: Path) -> dict[str, list[dict]]:
    """Write the scripts that pages load, and return what pages say of them as plain values.

    Parameters
    ----------
    pages
        Executed notebooks, which show tables of the downloads.
    downloads
        Folder of the downloads, where the scripts are written.
    """
    return {"searches": write_searches(pages, downloads), "cubes": write_cubes(downloads)}


def digests_of_scripts(written: Mapping[str, list[dict]], downloads: Path) -> frozenset[str]:
    """Return the digests of what ``write_scripts`` wrote, and said, and of nothing else there."""
    names = [f"{search['download']}.js" for search in written["searches"]]
    names += [f"{cube['download']}.cube.js" for cube in written["cubes"]]
    return frozenset(sha256(downloads / name) for name in names)
