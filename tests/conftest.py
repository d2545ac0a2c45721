"""What several rooms of tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published data and worked answers beside the project."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        reason = "published data and worked answers are not beside this copy of the project"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
