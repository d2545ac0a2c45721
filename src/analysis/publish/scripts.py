"""The scripts beside the downloads: each is made from downloads, and from nothing else.

They are made when a book is staged, and once more when what was built is read as a stranger would
read it: a script that is not what its download gives is not published.
"""

from collections.abc import Sequence
from pathlib import Path

from analysis.publish.cubes import write_cubes
from analysis.publish.find import write_searches


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
