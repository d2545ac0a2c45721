"""Parameters of an edition and of its pages.

One YAML file holds an edition. It is read strictly: a key that is unknown, missing, mistyped or
contradictory is refused, and every fault of the file is reported at once. From an edition follow
the parameters of each page, which papermill writes into the page and the page checks again.
"""

from analysis.params.files import as_yaml, load_edition, next_edition
from analysis.params.models import EditionParams, PageParams
from analysis.params.project import project_root

__all__ = [
    "EditionParams",
    "PageParams",
    "as_yaml",
    "load_edition",
    "next_edition",
    "project_root",
]
