"""nbval holds the committed pages: a changed number, sentence, table or chart is found."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from analysis.run.kernels import PROVISIONER, VARIABLE
from tests.conftest import ROOT

PAGE = "quality"

pytestmark = pytest.mark.xdist_group("kernels")


@pytest.fixture
def validate():
    """Run nbval on a page of which some outputs were changed."""
    folder = ROOT / "_build" / "nbval"
    folder.mkdir(parents=True, exist_ok=True)

    def changed(change):
        notebook = json.loads((ROOT / "notebooks" / f"{PAGE}.ipynb").read_text(encoding="utf-8"))
        change([o for cell in notebook["cells"] for o in cell.get("outputs", [])])
        path = folder / f"{PAGE}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", str(path)],
            cwd=ROOT,
            env=os.environ | {VARIABLE: PROVISIONER},
            capture_output=True,
            text=True,
            check=False,
        )

    yield changed
    shutil.rmtree(folder)


def first(outputs, form):
    return next(output["data"] for output in outputs if form in output["data"])


def replace(form, old, new):
    def change(outputs):
        data = first(outputs, form)
        text = "".join(data[form])
        assert old in text
        data[form] = text.replace(old, new, 1)

    return change


def test_the_page_as_it_is_committed_passes(validate):
    run = validate(lambda outputs: None)

    assert run.returncode == 0, run.stdout[-3000:]


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        ("text/html", "<td>", "<td>1"),  # a number of a table
        ("text/markdown", "records", "deaths"),  # a sentence
        ("image/svg+xml", 'd="M ', 'd="M 1'),  # a mark of a chart
        ("text/plain", "sha256 ", "sha256 0"),  # the digest of a table's download
    ],
)
def test_a_change_is_found(validate, form, old, new):
    run = validate(replace(form, old, new))

    assert run.returncode == 1
    assert run.stdout.count("FAILED ") == 1
