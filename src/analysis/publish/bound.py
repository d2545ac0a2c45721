"""Numbers of sentences and charts, held against the cells that they say they were read from.

Metadata of an output name the download, the way to its rows and the measure. What a sentence says
has to be what the download shows there, in the same words; what a chart draws has to have the
digest of what it shows there.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.disclosure.kinds import PERIOD_COLUMNS
from analysis.disclosure.rules import AppliedRule, rule_set
from analysis.disclosure.table import Table
from analysis.disclosure.value import Row
from analysis.errors import DisclosureError
from analysis.publish.evidence import PublishedTable
from analysis.publish.words import masked
from analysis.show.drawn import Drawn, drawn_rows
from analysis.vocabulary import shown_code

_DAY = re.compile(r"\d{1,2} [A-Z][a-z]+ (?:19|20)\d\d")
_NAME = re.compile(r"[^\W\d_]{3}|[EW]\d{8}")
# What metadata tell of a value that was read, and of values that are drawn.
_READ = {"text", "at", "table", "steps", "measure", "label", "rows", "form", "date"}
_DRAWN = {"table", "steps", "measure", "by", "digest"}
_ESCAPED = re.compile(r"\\(.)")


class Downloads:
    """The downloads of an edition, as tables that can be asked again what was read from them."""

    def __init__(self, tables: Iterable[PublishedTable]):
        self.published = {table.name: table for table in tables}
        self._tables: dict[str, Table] = {}
        self._parts: dict[str, Table] = {}

    def part(self, source: Mapping[str, Any]) -> Table:
        """Return the rows that a source names.

        Raises
        ------
        DisclosureError
            There is no such download, or it has no such rows.
        """
        name = source["table"]
        if name not in self.published:
            raise DisclosureError(f"the edition has no download {name}")
        if name not in self._tables:
            own = self.published[name]
            rule = AppliedRule(rule_set(own.rules), "", "", own.kind)
            self._tables[name] = Table(own.frame, own.by, name, name, rule)
        key = json.dumps([name, source["steps"]])
        if key not in self._parts:
            self._parts[key] = self._tables[name].retrace(source["steps"])
        return self._parts[key]

    def words(self, source: Mapping[str, Any]) -> str | None:
        """Return what a download shows in the cell that a sentence names; None if no cell."""
        try:
            part = self.part(source)
        except (DisclosureError, KeyError, TypeError):
            return "0" if source.get("rows") and source["table"] in self.published else None
        if source.get("rows"):
            return format(part.rows(), "")
        if len(part.frame) != 1:
            return None
        row = Row(part.frame.iloc[0].to_dict())
        asked = row.label(source["label"]) if "label" in source else row.value(source["measure"])
        return format(asked, source.get("form", ""))

    def drawn(self, source: Mapping[str, Any]) -> Drawn:
        """Return what a chart may draw of a download."""
        return drawn_rows(self.part(source), source["measure"], list(source["by"]))

    @cached_property
    def withheld(self) -> dict[str, str]:
        """Names of groups of which a table withholds a count, and the table."""
        found: dict[str, str] = {}
        for table in self.published.values():
            hidden = table.frame.loc[table.withheld]
            for column in (column for column in table.by if column not in _NO_NAMES):
                every = set(table.frame[column].unique())
                names = hidden[column].unique() if len(every) > 1 else ()
                shown = [shown_code(code) for code in names if not _is_total(code)]
                found |= {name: table.name for name in shown if _NAME.search(name)}
        return found


# Columns whose codes are words of any sentence.
_NO_NAMES = {"cause", "age_band", "age_group", "area_level", "soc_level", *PERIOD_COLUMNS}


def _is_total(code: str) -> bool:
    return code.startswith(("All", "K04")) or code in ("Persons", "England and Wales")


def prose_beyond(text: str, said: Iterable[Mapping], downloads: Downloads) -> tuple[str, list[str]]:
    """Return a text with the digits of what it read taken out, and what no download shows."""
    found, spans = [], []
    for one in said:
        found += [f"its metadata hold {name}" for name in sorted(set(one) - _READ)]
        if not {"text", "at"} <= set(one):
            found.append("its metadata do not say where a value stands")
            continue
        begin, end = one["at"], one["at"] + len(one["text"])
        if text[begin:end] != one["text"]:
            found.append(f"it does not say {one['text']!r}, of which its metadata tell")
            continue
        words = _ESCAPED.sub(r"\1", one["text"])
        if "table" in one:
            shown = downloads.words(one)
            if words != shown:
                found.append(f"it says {words}, and {cell_of(one)} {_shows(shown)}")
        elif re.search(r"\d", words) and not (one.get("date") and _DAY.fullmatch(words)):
            continue
        spans.append((begin, end))
    return masked(text, spans), found


def cell_of(source: Mapping[str, Any]) -> str:
    """Return the name of a cell in a message: its groups, measure and table."""
    asked = [step["select"] for step in source.get("steps", ()) if "select" in step]
    groups = [f"{name} {_listed(codes)}" for where in asked for name, codes in where.items()]
    what = source.get("measure") or source.get("label") or "rows"
    return f"{', '.join(groups) or 'every group'} ({what} in {source.get('table')})"


def _listed(codes: list[str]) -> str:
    return "/".join(codes) if len(codes) < 4 else f"{codes[0]} to {codes[-1]}"


def _shows(shown: str | None) -> str:
    return "is in no download" if shown is None else f"shows {shown}"


def same_drawn(source: Mapping[str, Any], downloads: Downloads) -> Drawn | None:
    """Return what a chart draws if it is what its download shows; None if it is not."""
    if set(source) - _DRAWN:
        return None
    try:
        drawn = downloads.drawn(source)
    except (DisclosureError, KeyError, TypeError, pd.errors.InvalidIndexError):
        return None
    return drawn if drawn.read[0]["digest"] == source.get("digest") else None
