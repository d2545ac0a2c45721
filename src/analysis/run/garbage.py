"""What Python does with objects that are not needed any more: seldom, and not at all at the end."""

import contextlib
import gc
import os
import sys
from typing import NoReturn


def collect_less() -> None:
    """Look seldom for cycles that nothing refers to; forked processes inherit it.

    What a command imports stays, and what it makes is used soon and let go by the end: at its own
    pace, Python spends a third of the time of the imports on looking through them.
    """
    gc.set_threshold(100_000, 20, 20)


def end(code: int) -> NoReturn:
    """End this process, and let the system take back at once what Python would tidy up in seconds.

    What is to be closed must be closed before; nothing registered to happen at the end happens.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # nobody reads it any more
            stream.flush()
    os._exit(code)
