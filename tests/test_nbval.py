"""nbval holds the committed pages: a changed number, sentence, table or chart is found."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from analysis.run.kernels import PROVISIONER, VARIABLE
from tests.conftest import ROOT

PAGE = "quality"

pytestmark = pytest.mark.xdist_group("kernels")


@pytest.fixture
def validate():
    """Run nbval on a page of which some outputs were changed."""
    (ROOT / "_build").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="nbval-", dir=ROOT / "_build"))

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


def replace(form, old, new):
    def change(outputs):
        shown = [o["data"] for o in outputs if old in "".join(o["data"].get(form, ""))]
        shown[0][form] = "".join(shown[0][form]).replace(old, new, 1)

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
    ids=["table", "sentence", "chart", "download"],
)
def test_a_change_is_found(validate, form, old, new):
    run = validate(replace(form, old, new))

    assert run.returncode == 1
    assert run.stdout.count("FAILED ") == 1
