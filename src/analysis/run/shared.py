"""What editions of one run have in common, made once: areas, cleaned records, populations.

Another cut-off means other deaths, of the same records, among the same people. What is made here
is known by the digests of the files that it was made from, and made again when these change. Of
what belongs to one edition only that of the last is held.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import ibis
import pandas as pd

from analysis.ingest.checks import Checked, check_records
from analysis.ingest.clean import clean_records
from analysis.ingest.derive import derive_columns
from analysis.ingest.engine import keep, let_go
from analysis.ingest.lookups import read_lookup
from analysis.ingest.population import read_population, write_population
from analysis.ingest.select import with_known_age_and_sex
from analysis.ingest.sources import open_records
from analysis.params import EditionParams
from analysis.tables.counting import with_levels


class Shared:
    """Inputs of the editions of a project, each read when it is first asked for.

    A context manager: at its end, or by ``forget``, memory and files are let go of.
    """

    def __init__(self, root: Path) -> None:
        self._root, self._folder = root, root / "_build" / f".shared-{uuid.uuid4().hex[:8]}"
        self._digests: dict[str, str] = {}
        self.answers: list[Path] = []  # folders of tables that editions of this run give out
        self._made: dict[str, tuple[tuple, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget()

    def forget(self) -> None:
        """Let go of everything."""
        for kind in list(self._made):
            self._let_go(kind)
        shutil.rmtree(self._folder, ignore_errors=True)

    def note(self, inputs: Sequence[dict]) -> None:
        """Take the digests of the input files as they are now: ``file sha256`` of each."""
        self._digests |= {str(row["file"]): row["sha256"] for row in inputs}

    def lookup(self, params: EditionParams) -> pd.DataFrame:
        """Return the areas of an edition, as ``read_lookup`` gives them."""
        path = params.inputs.lookup
        return self._once("lookup", (path,), [path], lambda: read_lookup(self._root / path))

    def records(self, params: EditionParams) -> ibis.Table:
        """Return the cleaned records of an edition, computed and held by their engine."""
        path, layout = params.inputs.records, params.inputs.layout

        def clean() -> ibis.Table:
            return keep(clean_records(open_records(self._root / path, layout), layout), path)

        return self._once("records", (path, layout), [path], clean)

    def checked(self, params: EditionParams) -> Checked:
        """Return the records of an edition with the outcome of the checks."""

        def check() -> Checked:
            records, lookup = self.records(params), self.lookup(params)
            where = params.inputs.records
            return check_records(records, lookup, params.registered_by, delivered=None, where=where)

        return self._once("checked", *self._of_edition(params), check)

    def countable(self, params: EditionParams) -> ibis.Table:
        """Return the records that an edition counts, with derived columns, held by their engine.

        What no count needs is dropped: identifiers, and lists of causes, which take most room.
        """

        def derive() -> ibis.Table:
            derived = derive_columns(self.checked(params).kept, self.lookup(params))
            known = with_known_age_and_sex(derived).drop("record_id", "icd10_mentions")
            return keep(known, params.inputs.records)

        return self._once("countable", *self._of_edition(params), derive)

    def with_levels(self, params: EditionParams) -> ibis.Table:
        """Return what an edition counts as tables that are asked for need it, held likewise."""

        def level() -> ibis.Table:
            return keep(with_levels(self.countable(params)), params.inputs.records)

        return self._once("with levels", *self._of_edition(params), level)

    def write_population(
        self, params: EditionParams, kind: str, bands: Sequence[str], out: Path
    ) -> None:
        """Write the population of a kind, with every area that follows from its LSOAs.

        Editions with the same people have the same file, under a name of its own in each.
        """
        path = params.inputs.populations[kind].path

        def write() -> Path:
            people = read_population(self._root / path, self.lookup(params), bands)
            return write_population(people, self.lookup(params), self._folder / out.name)

        files = [path, params.inputs.lookup]
        _link_or_copy(self._once(f"population {kind}", (path, *bands), files, write), out)

    def _of_edition(self, params: EditionParams) -> tuple[tuple, list[str]]:
        """What decides which records an edition counts: words, and files."""
        inputs = params.inputs
        words = (inputs.records, inputs.layout, inputs.lookup, params.registered_by)
        return words, [inputs.records, inputs.lookup]

    def _once(
        self, kind: str, what: tuple, files: Sequence[str], make: Callable[[], Any]
    ) -> Any:  # fmt: skip
        """The one thing of a kind that was made last, if it is still what is wanted."""
        key = (*what, *(self._digests.get(file) for file in files))
        if self._made.get(kind, (None,))[0] != key:
            self._let_go(kind)  # there may be no room for two
            self._made[kind] = (key, make())
        return self._made[kind][1]

    def _let_go(self, kind: str) -> None:
        _, last = self._made.pop(kind, (None, None))
        if isinstance(last, ibis.Table):
            let_go(last)


def _link_or_copy(source: Path, to: Path) -> None:
    """Files of counts never change in place, so editions can share them."""
    try:
        os.link(source, to)
    except OSError:
        shutil.copyfile(source, to)
