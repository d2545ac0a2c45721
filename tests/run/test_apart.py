"""Work in a process of its own."""

import os
import signal
import threading
import time
from contextlib import contextmanager

import pytest

from analysis.errors import BulletinError, DisclosureError
from analysis.run.apart import run_apart
from analysis.run.warm import WarmProcess, end_processes
from tests.run.test_kernels import ends, python


class Told:
    """Notes the steps as a screen would show them."""

    def __init__(self):
        self.steps = []

    @contextmanager
    def step(self, words):
        self.steps.append(("begun", words))
        yield
        self.steps.append(("ended", words))


def add(a, b, step):
    with step("adding"):
        total = a + b
    return total, os.getpid(), os.getcwd()


def refuse(step):
    with step("refusing"):
        raise DisclosureError("a.html: 1 record.")


def divide(step):
    return 1 / 0


def cannot_be_sent(step):
    class Local(Exception):
        pass

    raise Local("of this process")


def die(step):
    os.kill(os.getpid(), signal.SIGKILL)


def wait(step):
    with step(f"{os.getpid()}"):
        time.sleep(60)


def test_work_is_done_elsewhere_and_tells_its_steps(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = Told()

    total, process, folder = run_apart(add, 1, 2, step=told.step)

    assert (total, folder) == (3, str(tmp_path))
    assert process != os.getpid()
    assert told.steps == [("begun", "adding"), ("ended", "adding")]


def test_our_own_errors_come_back_as_they_are():
    told = Told()

    with pytest.raises(DisclosureError) as fault:
        run_apart(refuse, step=told.step)

    assert str(fault.value) == "a.html: 1 record."
    assert not hasattr(fault.value, "__notes__")
    assert told.steps == [("begun", "refusing")]


def test_another_error_comes_back_with_its_traceback():
    with pytest.raises(ZeroDivisionError) as fault:
        run_apart(divide, step=Told().step)

    assert "return 1 / 0" in fault.value.__notes__[0]


def test_an_error_that_cannot_be_sent_is_told_in_words():
    with pytest.raises(RuntimeError, match="of this process"):
        run_apart(cannot_be_sent, step=Told().step)


def test_a_process_that_dies_is_told():
    with pytest.raises(BulletinError, match="die: its process was ended"):
        run_apart(die, step=Told().step)


def test_work_that_nobody_wants_is_ended():
    told = Told()
    faults = []

    def work():
        try:
            run_apart(wait, step=told.step)
        except BulletinError as fault:
            faults.append(fault)

    thread = threading.Thread(target=work)
    thread.start()
    while not told.steps:
        time.sleep(0.05)
    end_processes()
    thread.join(10)

    assert len(faults) == 1
    assert ends(int(told.steps[0][1]))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_work_outlives_the_process_that_asked_for_it(end):
    script = (
        "from contextlib import contextmanager; from analysis.run.apart import run_apart\n"
        "from tests.run.test_apart import wait\n"
        "@contextmanager\n"
        "def step(words):\n"
        "    print(words, flush=True)\n"
        "    yield\n"
        "run_apart(wait, step=step)"
    )
    asker = python(script)
    worker = int(asker.stdout.readline())

    asker.send_signal(end)
    asker.wait(10)

    assert ends(worker)


def test_a_process_that_ends_while_it_is_told_to_is_no_fault(monkeypatch):
    process = WarmProcess(time.sleep, 0)
    process.wait(20)
    monkeypatch.setattr(process, "poll", lambda: None)  # as it looked a moment before

    process.kill()

    monkeypatch.undo()
    assert process.poll() is not None
