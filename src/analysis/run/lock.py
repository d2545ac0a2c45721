"""One run at a time in a project: two would count and publish into each other's files."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.errors import BulletinError


@contextmanager
def only_run(root: Path) -> Iterator[None]:
    """Hold the project of ``root`` for one run; the system lets go of it however the run ends.

    Raises
    ------
    BulletinError
        Another run holds it.
    """
    (root / "_build").mkdir(exist_ok=True)
    with (root / "_build" / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BulletinError(
                f"{root}: another run is under way in this project.\n"
                "Two at once would write into each other's files. Wait until it has ended."
            ) from None
        yield
