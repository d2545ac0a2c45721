"""Answers: the tables that every edition makes of what is asked for (``asked.yml``).

Each is the table asked for, or the nearest safe one with the reason. They are made once, when the
edition is counted, and read by pages and by what is asked later.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path

import pandas as pd
import yaml

from analysis.disclosure.kinds import kind_of
from analysis.disclosure.rules import AppliedRule, rule_set
from analysis.disclosure.table import Table
from analysis.errors import InputError
from analysis.params import PageParams
from analysis.tables.ledger import write_table
from analysis.tables.making import LEFT_OUT, RULES, Made, Refused, Source, make_table
from analysis.tables.nearest import is_coarser, nearest_requests
from analysis.tables.protecting import Given
from analysis.tables.request import Request
from analysis.tables.windows import Window

# Cells at most of a table that a page makes; one that is asked for may have more.
MOST_CELLS = 4_000
# Nearest requests that are tried in place of one that is not safe.
TRIED = 3
INDEX = "answers.json"


@dataclass(frozen=True)
class Asked:
    """A table that an edition is asked for; the fields are explained in ``asked.yml``."""

    name: str
    page: str
    asked: str
    deaths: str
    by: list[str]
    where: dict[str, list[str]] = field(default_factory=dict)
    fixed: list[str] = field(default_factory=list)
    letter: str = ""

    def request(self, window: Window) -> Request:
        """Return it as a request of a window."""
        where = {column: tuple(codes) for column, codes in self.where.items()}
        return Request(window, tuple(self.by), where)


@dataclass(frozen=True)
class Answer:
    """What was asked, and the table that answers it.

    ``request`` and ``answer`` are options of ``bulletin table``; ``reason`` says why the answer
    is not the table that was asked for, and is empty where it is. ``table`` is the name of the
    table, empty where no table is safe; ``withheld`` the deaths withheld in it, in per cent.
    """

    name: str
    page: str
    letter: str
    asked: str
    request: str
    reason: str
    answer: str
    table: str
    title: str
    withheld: float


@cache
def all_asked() -> tuple[Asked, ...]:
    """Return everything that every edition is asked for, in the order in which it is made."""
    text = files("analysis.tables").joinpath("asked.yml").read_text(encoding="utf-8")
    return tuple(Asked(**entry) for entry in yaml.safe_load(text))


def make_answers(
    source: Source, windows: dict[str, Window], pages: Sequence[str], given: Sequence[Given]
) -> tuple[list[Answer], list[Made]]:
    """Make the tables that the pages of an edition show.

    Parameters
    ----------
    source
        Records, areas and what is printed.
    windows
        Windows of the kinds of deaths of the edition.
    pages
        Its pages; what others would show is left out.
    given
        Tables of earlier releases.
    """
    answers, made = [], []
    for asked in all_asked():
        if asked.page not in pages or asked.deaths not in windows:
            continue
        request = asked.request(windows[asked.deaths])
        earlier = [*given, *(one.as_given() for one in made)]
        answer, reason = _answer(source, request, asked, earlier, made)
        if answer is not None and answer not in made:
            made.append(answer)
        answers.append(
            Answer(
                asked.name,
                asked.page,
                asked.letter,
                asked.asked,
                request.options(),
                reason,
                answer.request.options() if answer else "",
                answer.table.name if answer else "",
                answer.table.title if answer else "",
                round(answer.withheld, 1) if answer else 0.0,
            )
        )
    return answers, made


def write_answers(
    answers: Sequence[Answer], made: Sequence[Made], out: Path, said: Mapping[str, object]
) -> None:
    """Write answers into a folder: each table, as pages and as a ledger have it, and an index."""
    out.mkdir(parents=True, exist_ok=True)
    for one in made:
        write_table(one, out / f"{one.table.name}.csv", said)
        one.table.frame.to_parquet(out / f"{one.table.name}.parquet", index=False)
    index = {
        "answers": [asdict(answer) for answer in answers],
        "tables": {
            one.table.name: {
                "title": one.table.title, "by": list(one.table.by), "about": dict(one.table.about)
            }
            for one in made
        },
    }  # fmt: skip
    (out / INDEX).write_text(json.dumps(index, indent=1), encoding="utf-8")


@dataclass(frozen=True)
class Answers:
    """The answers of an edition, in the order in which they were asked, and their tables."""

    answers: tuple[Answer, ...]
    tables: Mapping[str, Table]

    def table(self, name: str) -> Table:
        """Return the table that answers what is asked under a name.

        Raises
        ------
        InputError
            Nothing is asked under that name, or no table of this edition is a safe answer.
        """
        found = [answer.table for answer in self.answers if answer.name == name and answer.table]
        if not found:
            raise InputError(f"No table of this edition answers {name!r}.")
        return self.tables[found[0]]

    def made_for(self, page: str) -> list[Table]:
        """Return the tables that were made for a page, each once."""
        own = {answer.name for answer in self.answers if answer.page == page}
        return [table for name, table in self.tables.items() if name in own]


def load_answers(params: PageParams) -> Answers:
    """Return what an edition answers to what it is asked.

    Raises
    ------
    InputError
        The edition has not been counted.
    """
    folder = params.path / "counts" / "answers"
    if not (folder / INDEX).is_file():
        raise InputError(
            f"{params.folder}/counts/answers: no such folder.\n"
            f"The records of edition {params.edition} have not been counted.\n"
            f"Run: bulletin run params/{params.edition}.yml"
        )
    return read_answers(folder)


def read_answers(folder: Path) -> Answers:
    """Return the answers in a folder; their tables are as ``protect`` made them."""
    index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    tables = {}
    for name, said in index["tables"].items():
        frame = pd.read_parquet(folder / f"{name}.parquet")
        rules, (geography, period, _) = rule_set(RULES), kind_of(frame, said["by"])
        rule = AppliedRule(rules, geography, period, rules.family.kind(geography, period))
        table = Table(frame, tuple(said["by"]), said["title"], name, rule, LEFT_OUT)
        tables[name] = table.counting(said["about"])
    return Answers(tuple(Answer(**answer) for answer in index["answers"]), tables)


def _answer(
    source: Source, request: Request, asked: Asked, given: list[Given], made: list[Made]
) -> tuple[Made | None, str]:
    """The table of a request, or the nearest one, and the reason why it is not the same.

    One that is made already is nearest: every further table leaves less that can be shown.
    """
    try:
        return _made(source, request, asked.name, given, made), ""
    except Refused as fault:
        reason = fault.reason
    coarser = [one for one in made if is_coarser(one.request, request, asked.fixed)]
    if coarser:
        return max(coarser, key=lambda one: len(one.table.frame)), reason
    refused: list[Request] = []
    nearby = nearest_requests(source, request, asked.fixed, MOST_CELLS, refused)
    for nearest in islice(nearby, TRIED):
        try:
            return _made(source, nearest, asked.name, given, made), reason
        except Refused:
            refused.append(nearest)
    return None, reason


def _made(
    source: Source, request: Request, name: str, given: list[Given], made: list[Made]
) -> Made:
    """The table of a request, which may have been made for another."""
    same = [one for one in made if one.request == request]
    return same[0] if same else make_table(source, request, name, given)
