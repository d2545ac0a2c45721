import os
import signal
import subprocess
import sys
import threading
import time

import nbformat
import pytest
from jupyter_client import KernelManager
from nbclient import NotebookClient

from analysis.run import kernels
from analysis.run.kernels import PROVISIONER, WarmKernel, WarmProvisioner, warm_kernels


@pytest.fixture(scope="module", autouse=True)
def _warm():
    warm_kernels()


def outputs_of(source):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3", shutdown_kernel="immediate").execute()
    return notebook.cells[0].outputs


def test_jupyter_finds_the_provisioner_and_kernels_keep_their_name():
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    try:
        assert isinstance(manager.provisioner, WarmProvisioner)
        assert isinstance(manager.provisioner.process, WarmKernel)
        assert os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] == PROVISIONER
    finally:
        manager.shutdown_kernel(now=True)


def test_libraries_are_there_before_a_page_imports_them():
    outputs = outputs_of("import sys; print('pandas' in sys.modules, 'analysis' in sys.modules)")

    assert outputs[0].text == "True True\n"


def test_a_chart_comes_out():
    outputs = outputs_of("import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")

    assert [sorted(output.data) for output in outputs] == [["image/png", "text/plain"]]


def test_a_kernel_takes_environment_and_folder_of_its_launch(tmp_path, monkeypatch):
    monkeypatch.setenv("OF_THE_LAUNCH", "yes")
    monkeypatch.chdir(tmp_path)

    outputs = outputs_of("import os; print(os.environ['OF_THE_LAUNCH'], os.getcwd())")

    assert outputs[0].text == f"yes {tmp_path}\n"


def test_two_kernels_do_not_share_random_numbers():
    source = "import numpy, random; print(numpy.random.random(), random.random())"

    assert outputs_of(source) != outputs_of(source)


def test_a_stock_kernel_is_used_where_the_interpreter_is_another():
    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv = ["/usr/bin/env", *manager.kernel_spec.argv]
    manager.kernel_spec.argv[1] = sys.executable
    manager.start_kernel()
    try:
        assert isinstance(manager.provisioner.process, subprocess.Popen)
    finally:
        manager.shutdown_kernel(now=True)


def python(script: str) -> subprocess.Popen:
    """A process that runs a script, and hears an interrupt even where its parent does not."""
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    command = [sys.executable, "-c", heard + script]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_kernel_outlives_the_process_that_asked_for_it(end):
    script = (
        "from jupyter_client import KernelManager; from analysis.run.kernels import warm_kernels\n"
        "import time\n"
        "warm_kernels(); manager = KernelManager(kernel_name='python3'); manager.start_kernel()\n"
        "print(manager.provisioner.process.pid, flush=True); time.sleep(60)"
    )
    asker = python(script)
    kernel = int(asker.stdout.readline())

    asker.send_signal(end)
    asker.wait(10)

    assert ends(kernel)


def ends(pid):
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_heartbeat_without_a_port_says_nothing_and_other_threads_do(capsys):
    fault = ValueError("Address already in use")
    for name in ("Heartbeat", "mine"):
        thread = threading.Thread(name=name)
        kernels._thread_fault(threading.ExceptHookArgs((ValueError, fault, None, thread)))

    said = capsys.readouterr().err
    assert "thread mine" in said
    assert "Heartbeat" not in said
