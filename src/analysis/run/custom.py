"""A table for a statistician: protected with all that was given out, written down, or refused."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from errno import EISDIR
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

from analysis.errors import DisclosureError, InputError, ParamsError
from analysis.params import EditionParams
from analysis.run.asking import ledger_of, open_source, windows_of
from analysis.run.lock import only_run
from analysis.show.provenance import WARNINGS
from analysis.tables.ledger import Entry, copy_entry, entries_of, next_number, write_table
from analysis.tables.making import Made, Source, make_table
from analysis.tables.nearest import nearest_requests
from analysis.tables.protecting import Given
from analysis.tables.refusing import Refused
from analysis.tables.request import MEASURES, Request, parse_where
from analysis.tables.wanted import Wanted, wanted_of

# How many nearest requests are named, how many are tried for them, and the most cells of each and
# of all: that bounds the time.
NAMED, TRIED, MOST_CELLS, CELLS_TRIED = 3, 6, 2_000, 6_000


@dataclass(frozen=True)
class GivenOut:
    """A table that was given out: its file, its name in the ledger; ``made`` if it is new."""

    path: Path
    name: str
    made: Made | None = None


def asked_for(
    params: EditionParams, by: list[str], where: list[str], deaths: str, measure: str = "counts"
) -> Wanted:
    """Return what is wanted in the words of the command line.

    Raises
    ------
    InputError, ParamsError
        A column, filter, measure or kind of deaths is not known.
    """
    windows = windows_of(params)
    if deaths not in windows:
        raise ParamsError(
            f"--deaths {deaths!r}: edition {params.edition} counts {', '.join(windows)}."
        )
    if measure not in MEASURES:
        raise InputError(f"--measure {measure!r}: it is one of {', '.join(MEASURES)}.")
    return wanted_of(windows[deaths], tuple(by), parse_where(where), measure)


def give_table(
    params: EditionParams, root: Path, wanted: Wanted, out: Path,
    attack: Callable[[Path], None] | None = None,
) -> GivenOut:  # fmt: skip
    """Make the table of a request, enter it in the ledger and write what is wanted to ``out``.

    A request that was answered before gets the same table again.

    Parameters
    ----------
    attack
        Called with a folder of the table as it would be given out, before it is; what it raises
        refuses the request.

    Raises
    ------
    Refused
        No safe table answers it; the message has the nearest requests that can be run.
    """
    folder, request = ledger_of(params, root), wanted.request
    _require_writable(out)
    with only_run(root):
        ledger = _given_out(params, root, folder)
        same = [e for e in ledger if e.request == request and e.path.parent == folder]
        if same:
            copy_entry(same[0], out, wanted)
            return GivenOut(out, same[0].path.stem)
        with open_source(params, root, ledger) as source:
            given = [entry.as_given(source.records, source.lookup) for entry in ledger]
            said = {"edition": params.edition, "data": params.data}

            def withstand(made: Made) -> None:
                if attack is not None:
                    _withstand(made, said, attack)

            made = _made(source, request, given, params, withstand)
        number = f"{next_number(folder):04d}-{made.table.name}"
        part = replace(made.table, frame=wanted.rows(made.table.frame), name=out.stem)
        whole = replace(made.table, name=number)
        notice = WARNINGS[params.data]
        write_table(replace(made, table=whole), folder / f"{number}.csv", said, notice)
        write_table(replace(made, table=part), out, {**said, **wanted.about}, notice)
    return GivenOut(out, number, replace(made, table=part))


def _require_writable(out: Path) -> None:
    """Refuse a place where no file can be written: before a table is made, and is in the ledger."""
    try:
        if out.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder")
        out.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=out.parent):
            pass
    except OSError as fault:
        raise InputError(
            f"{out}: no table can be written there: {fault.strerror}.\nNothing was given out. Give "
            "another file with --out."
        ) from None


def _made(
    source: Source, request: Request, given: list[Given], params: EditionParams,
    withstand: Callable[[Made], None],
) -> Made:  # fmt: skip
    name = f"table-{hashlib.sha256(request.options().encode()).hexdigest()[:8]}"
    try:
        made = make_table(source, request, name, given)
        withstand(made)
        return made
    except Refused as fault:
        nearest = _nearest(source, request, given)
        command = f"bulletin table params/{params.edition}.yml"
        listed = "\n".join(f"  {command} {one.options()}" for one in nearest)
        advice = f"The nearest safe requests:\n{listed}" if listed else "No coarser one is safe."
        raise Refused(request, f"{fault.reason}\n{advice}") from None


def _withstand(made: Made, said: Mapping[str, object], attack: Callable[[Path], None]) -> None:
    """Refuse a table that an attacker breaks who has it beside all that is public."""
    with TemporaryDirectory() as folder:
        write_table(made, Path(folder, f"{made.table.name}.csv"), said)
        try:
            attack(Path(folder))
        except DisclosureError:
            reason = "Attacked with all that is public, it gave away a count that is withheld."
            raise Refused(made.request, reason) from None


def _nearest(source: Source, request: Request, given: list[Given]) -> list[Request]:
    """The nearest requests whose tables can be made."""

    refused: list[Request] = []

    def safe(one: Request) -> bool:
        try:
            make_table(source, one, "nearest", given)
        except Refused:
            refused.append(one)
            return False
        return True

    candidates = nearest_requests(
        source, request, most_cells=MOST_CELLS, refused=refused, in_all=CELLS_TRIED
    )
    found = filter(safe, islice(candidates, TRIED))
    return list(islice(found, NAMED))


def _given_out(params: EditionParams, root: Path, folder: Path) -> list[Entry]:
    """The ledger, and what every edition of the same data shows of requests."""
    released = sorted((root / "site" / "editions").glob("*/downloads"))
    entries = [*entries_of(folder), *(e for one in released for e in entries_of(one))]
    return [entry for entry in entries if entry.data == params.data]
