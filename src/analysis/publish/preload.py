"""What building a book imports, imported once, in the process that builds are forked from.

Importing this module has effects on purpose: it is a preload of the fork server, after that of the
pages, whose rules it keeps (``run.preload``).
"""

import importlib
from contextlib import suppress

LIBRARIES = (
    "jupyter_book",
    "jupyter_book.config",
    "sphinx.application",
    "sphinx.builders.html",
    "sphinx.environment.adapters.toctree",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_book_theme",
    "sphinx_comments",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_external_toc",
    "sphinx_togglebutton",
    "myst_nb.sphinx_ext",
    "analysis.publish.attack_edition",
    "analysis.publish.finish",
    "analysis.publish.sphinx_extension",
)

for _name in LIBRARIES:
    with suppress(Exception):  # left to the build that needs it
        importlib.import_module(_name)
