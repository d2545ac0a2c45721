"""One run at a time in a project."""

import pytest

from analysis.errors import BulletinError
from analysis.run.lock import only_run


def test_a_second_run_is_refused_while_the_first_lasts(tmp_path):
    refused = pytest.raises(BulletinError, match="another run is under way")
    with only_run(tmp_path), refused, only_run(tmp_path):
        pass

    with only_run(tmp_path):  # and may start once that has ended
        pass


def test_a_run_that_fails_lets_go(tmp_path):
    with pytest.raises(ZeroDivisionError), only_run(tmp_path):
        raise ZeroDivisionError

    with only_run(tmp_path):
        pass
