"""Answers: the tables that every edition makes of what is asked for (``asked.yml``).

Each is the table asked for, or the nearest safe one with the reason. They are made once, when the
edition has been counted, and read by pages and by what is asked later.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from analysis.disclosure.kinds import kind_of
from analysis.disclosure.rules import AppliedRule, rule_set
from analysis.disclosure.table import Table
from analysis.errors import InputError
from analysis.params import PageParams
from analysis.tables.asked import all_asked
from analysis.tables.dimensions import TIMES, coarser, dimension_of
from analysis.tables.ledger import write_table
from analysis.tables.making import LEFT_OUT, Made
from analysis.tables.names import has_names
from analysis.tables.refusing import RULES

# Folder of an edition's answers in its build, and the list of them in it.
ANSWERS, INDEX = "answers", "answers.json"


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

    def table(self, name: str, *columns: str) -> Table:
        """Return the table that answers what is asked under a name.

        Parameters
        ----------
        columns
            What the table is wanted by, all else at its total; by default all that it goes by.

        Returns
        -------
        Table
            Without rows where no table is a safe answer, or the answer lacks one of the columns.

        Raises
        ------
        InputError
            Nothing is asked under that name.
        """
        found = [answer for answer in self.answers if answer.name == name]
        if not found:
            raise InputError(f"This edition is not asked for {name!r}.")
        table = self.tables.get(found[0].table)
        if table is None or not set(columns) <= set(table.by):
            return _no_table(found[0], columns)
        others = [c for c in table.about["by"] if columns and c not in columns]
        return table.select(table.name, table.title, **{c: dimension_of(c).total for c in others})

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
    folder = params.path / ANSWERS
    if not (folder / INDEX).is_file():
        raise InputError(
            f"{params.folder}/{ANSWERS}: no such folder.\n"
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
        rule = _rule(frame, said["by"])
        table = Table(frame, tuple(said["by"]), said["title"], name, rule, LEFT_OUT)
        tables[name] = table.counting(said["about"])
    return Answers(tuple(Answer(**answer) for answer in index["answers"]), tables)


def _no_table(answer: Answer, columns: Sequence[str]) -> Table:
    """A table without rows in place of one that is not safe, at the coarsest levels."""
    asked = next(asked for asked in all_asked() if asked.name == answer.name)
    by = columns or [c if dimension_of(c).name in TIMES else (c, *coarser(c))[-1] for c in asked.by]
    names = [f"{c.removesuffix('cd')}nm" for c in by if has_names(c)]
    groups = [*(c for c in asked.where if c not in by), *by, *names]
    frame = pd.DataFrame(columns=groups, dtype="str").assign(numerator=0.0, numerator_status="")
    note = "No such table is safe beside what else is public."
    return Table(frame, tuple(groups), asked.asked, answer.name, _rule(frame, groups), note)


def _rule(frame: pd.DataFrame, by: Sequence[str]) -> AppliedRule:
    rules, (geography, period, _) = rule_set(RULES), kind_of(frame, by)
    return AppliedRule(rules, geography, period, rules.family.kind(geography, period))
