"""Work in a process of its own, forked from the warm server, while the run goes on.

The work tells its steps, so that they are shown as they come, and gives back a value or the error
that ended it.
"""

import os
import pickle
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from analysis.errors import BulletinError
from analysis.run.warm import WarmProcess, context

Step = Callable[[str], AbstractContextManager]

_BEGUN, _ENDED, _DONE, _FAILED = range(4)


def run_apart(work: Callable, *args: Any, step: Step) -> Any:
    """Return ``work(*args, step)``, called in a warm process of its own.

    Parameters
    ----------
    work
        A function of a module. It, its arguments and what it returns are pickled.
    step
        As ``Screen.step``: given the words of a step, a context manager that lasts as long as it.

    Raises
    ------
    BulletinError
        The process was ended before its work was done.
    Exception
        Whatever ``work`` raised, with its traceback as a note unless it is one of our own.
    """
    ours, theirs = context.Pipe(duplex=False)
    process = WarmProcess(_work, theirs, str(Path.cwd()), work, args)
    theirs.close()
    try:
        with ExitStack() as steps:
            while True:
                state, value = ours.recv()
                if state == _BEGUN:
                    steps.enter_context(step(value))
                elif state == _ENDED:
                    steps.close()
                elif state == _DONE:
                    return value
                else:
                    raise value
    except EOFError:
        raise BulletinError(
            f"{work.__name__}: its process was ended (code {process.wait()}) before it was done.\n"
            "It may have been stopped, or the machine may be short of memory. Run it again."
        ) from None
    finally:
        process.kill()


def _work(to: Connection, folder: str, work: Callable, args: tuple) -> None:
    @contextmanager
    def step(words: str) -> Iterator[None]:
        to.send((_BEGUN, words))
        yield
        to.send((_ENDED, words))

    os.chdir(folder)
    try:
        told = (_DONE, work(*args, step))
    except Exception as fault:
        told = (_FAILED, _sendable(fault))
    to.send(told)


def _sendable(fault: Exception) -> Exception:
    """The fault, if it can be pickled; with the traceback that it would lose on the way."""
    words = "".join(traceback.format_exception(fault))
    if not isinstance(fault, BulletinError):
        fault.add_note(words)
    try:
        pickle.loads(pickle.dumps(fault))
    except Exception:
        return RuntimeError(words)
    return fault
