"""Tables that are asked for, of an edition: where their records, people and earlier tables are."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import ibis
import pandas as pd

from analysis.errors import InputError
from analysis.params import EditionParams
from analysis.run.inputs import digest, input_digests, key_of, make_folder
from analysis.run.shared import Shared
from analysis.tables.answering import make_answers
from analysis.tables.answers import ANSWERS, write_answers
from analysis.tables.asked import pages_of_answers
from analysis.tables.ledger import Entry, entries_of
from analysis.tables.making import Source
from analysis.tables.printed import printed_tables
from analysis.tables.windows import Window

BESIDE = "beside.json"


def ledger_of(params: EditionParams, root: Path) -> Path:
    """Return the folder of the tables that were given out of the same data as an edition."""
    return root / "data" / "ledger" / params.data


def windows_of(params: EditionParams) -> dict[str, Window]:
    """Return the windows of the kinds of deaths of an edition."""
    return {
        kind: Window(
            kind, deaths.basis, deaths.date_from, deaths.date_to, params.registered_by,
            deaths.age_min, deaths.age_max,
        )
        for kind, deaths in params.deaths.items()
    }  # fmt: skip


def earlier_releases(
    params: EditionParams, root: Path, shared: Shared, inputs: Sequence[dict]
) -> list[Entry]:
    """Return the tables of earlier cut-offs of the same data that were given out.

    Those are on the site, in the ledger, or were made in this run. Later cut-offs are left out, and
    so is what was given out after an edition, if that is on the site and is made again of the same
    inputs: then it is the same, and what was made beside it stays true. The attack on what is built
    reads them all.
    """
    published = [*sorted((root / "site" / "editions").glob("*/downloads")), ledger_of(params, root)]
    entries = [
        entry
        for folder in [*published, *shared.answers]
        for entry in entries_of(folder)
        if entry.data == params.data
        and entry.edition != params.edition
        and entry.request.window.registered_by < params.registered_by
    ]
    # An edition that this run makes anew stands in place of the one on the site.
    named = {_name(entry): entry for entry in entries}
    known = _published_beside(params, root, inputs)
    return [entry for name, entry in named.items() if known is None or name in known]


def protected_beside(params: EditionParams, root: Path) -> list[str]:
    """Return the tables that those of an edition were protected beside, as ``edition/file``."""
    path = root / "_build" / params.edition / ANSWERS / BESIDE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def _published_beside(params: EditionParams, root: Path, inputs: Sequence[dict]) -> set[str] | None:
    """What an edition on the site was protected beside; None if it is not there, or of other data.

    Only its release may have changed since.
    """
    path = root / "site" / "editions" / params.edition / "manifest.json"
    if not path.is_file():
        return None
    try:
        sources = json.loads(path.read_text(encoding="utf-8"))["sources"]
        same = sources["inputs"] == list(inputs)
    except (ValueError, KeyError, TypeError):
        raise InputError(
            f"site/editions/{params.edition}/manifest.json: damaged, so that nobody knows what the "
            "edition was protected beside.\nPut it back as it was published."
        ) from None
    for name, value in params.as_published().items():
        same = same and (name == "release" or sources["parameters"].get(name) == value)
    return set(sources["protected_beside"]) if same and "protected_beside" in sources else None


def _name(entry: Entry) -> str:
    return f"{entry.edition}/{entry.path.name}"


def answer_edition(params: EditionParams, root: Path, shared: Shared | None = None) -> bool:
    """Make the tables of what people asked an edition for; return False if they are made already.

    Writes ``_build/<edition>/answers/``. The tables are protected together with those of earlier
    cut-offs, which are to be made first.

    Parameters
    ----------
    shared
        What is read once for all editions of a run.

    Raises
    ------
    InputError, DisclosureError
        An input is missing or damaged, or metadata of a table that was given out.
    """
    if shared is None:
        with Shared(root) as alone:
            return answer_edition(params, root, alone)
    if not pages_of_answers() & set(params.pages):
        return False
    inputs = input_digests(params, root)
    shared.note(inputs)
    earlier = earlier_releases(params, root, shared, inputs)

    def answer(out: Path) -> None:
        lookup = shared.lookup(params)
        source = _source(params, shared.with_levels(params), lookup, None)
        given = [entry.as_given(source.records, lookup) for entry in earlier]
        made = make_answers(source, windows_of(params), list(params.pages), given)
        write_answers(*made, out, {"edition": params.edition, "data": params.data})
        beside = json.dumps([_name(entry) for entry in earlier], indent=1)
        (out / BESIDE).write_text(beside, encoding="utf-8")

    folder = root / "_build" / params.edition / ANSWERS
    shared.answers.append(folder)
    given = [digest(entry.path)["sha256"] for entry in earlier]
    return make_folder(
        folder, key_of(params.model_dump_json(), json.dumps([inputs, given])), answer
    )


@contextmanager
def open_source(
    params: EditionParams, root: Path, ledger: Sequence[Entry] = ()
) -> Iterator[Source]:
    """Give the records of an edition as tables are made from, with those that a ledger counts."""
    last = max([params.registered_by, *(e.request.window.registered_by for e in ledger)])
    with Shared(root) as shared:
        lookup = shared.lookup(params)
        records = shared.with_levels(params.model_copy(update={"registered_by": last}))

        def people(kind: str) -> pd.DataFrame | None:
            if kind not in params.inputs.populations:
                return None
            path = root / "_build" / params.edition / "counts" / f"population_{kind}.parquet"
            if not path.is_file():
                raise InputError(
                    f"{path.relative_to(root)}: no such file, and a rate needs the population.\n"
                    f"The records of edition {params.edition} have not been counted. "
                    f"Run: bulletin count params/{params.edition}.yml"
                )
            return pd.read_parquet(path)

        yield _source(params, records, lookup, people)


def _source(
    params: EditionParams,
    records: ibis.Table,
    lookup: pd.DataFrame,
    people: Callable[[str], pd.DataFrame | None] | None,
) -> Source:
    protection = params.protection
    moved = not (protection and protection.moved_before)
    printed = printed_tables(params.pages, windows_of(params), moved)
    return Source(records, lookup, printed, people)
