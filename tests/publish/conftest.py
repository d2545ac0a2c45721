"""A small book for the tests of publishing."""

from pathlib import Path

import nbformat
import pytest

from tests.publish.samples import TOC, page

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path):
    """A folder with the words of a book, executed pages, downloads, and the real settings."""
    return make_project(tmp_path)


def make_project(tmp_path):
    """Fill a folder with all that a small book is made of, and return it."""
    (tmp_path / "_config.yml").write_text((ROOT / "_config.yml").read_text())
    book = tmp_path / "book"
    (book / "_static").mkdir(parents=True)
    (book / "_toc.yml").write_text(TOC)
    (book / "index.md").write_text("# Deaths\n\n{numref}`square` shows a square.\n")
    (book / "methods.md").write_text("# Methods\n\n$$\nx = \\frac{1}{2}\n$$ (half)\n\n{eq}`half`\n")
    for file in (ROOT / "book" / "_static").iterdir():
        (book / "_static" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "pages").mkdir()
    nbformat.write(page(), tmp_path / "pages" / "deprivation.ipynb")
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "deaths.csv").write_text("imd_decile,numerator\n1,426\n")
    return tmp_path
