"""Rows that join a day with a small area: what a record looks like without its identifier.

A row is a line of CSV, a row of a table, an innermost object of JSON, or a line of text. A table
across, with days over its columns and areas beside its rows or the reverse, joins them as well.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from analysis.publish.texts import CSV, JSON

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
DAY = re.compile(
    r"(?<![\w.-])(?:"  # not the name of an edition, demo-2020-06-12
    r"(?:19|20)\d\d([-/.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\2(?:19|20)\d\d(?!\d)"
    rf"|(?:[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?[ -](?:{_MONTHS})[a-z]*[ -](?:19|20)\d\d(?!\d))",
    re.IGNORECASE,
)
AREA = re.compile(r"[EW](?<![^\W_][EW])0[12]\d{6}(?![^\W_])", re.IGNORECASE)

# Years that may be those of a day: this is found, or not found, ten times as fast as a day.
_YEAR = re.compile(r"(?:19|20)(?:\d\d[-/.]?[01]\d[-/.]?[0-3]\d|(?<=[-/. ]\d\d)\d\d(?!\d))")

_TIME = re.compile(r"(?:[T ][\d:.+Z]+)?")
_TABLE = re.compile(r"<table\b.*?(?:</table>|\Z)", re.DOTALL | re.IGNORECASE)
_ROW = re.compile(
    r"<(?:tr|row)\b.*?(?=</(?:tr|row|table)>|<(?:tr|row)\b|\Z)", re.DOTALL | re.IGNORECASE
)
# The end of a line, or of anything in a page that is not within a line.
_BREAK = re.compile(
    r"\n|</(?!(?:a|b|code|em|i|small|span|strong|t[dh]|time)>)[^>]*>", re.IGNORECASE
)
_INNERMOST = re.compile(r"\{[^{}\[\]]*\}|\[[^{}\[\]]*\]")
# A longer line is a whole file without line ends: what stands in it need not belong together.
_LONGEST_LINE = 2_000


def joined_rows(text: str, form: str) -> int:
    """Return how many rows of a text join a day with an LSOA or an MSOA.

    Parameters
    ----------
    text, form
        As ``texts_of`` gives them. Months and weeks are no days, and local authorities and
        regions no small areas.
    """
    if not (AREA.search(text) and _YEAR.search(text) and DAY.search(text)):
        return 0
    if form == JSON:
        return _in_json(json.loads(text), in_list=False)
    if form == CSV:
        return _joined(text.splitlines(), headed=True)
    tables = sum(_joined(_ROW.findall(table), headed=True) for table in _TABLE.findall(text))
    rest = _TABLE.sub("\n", text)
    rows = _joined(_ROW.findall(rest), headed=False)
    lines = _BREAK.split(_ROW.sub("\n", rest))
    short = [line for line in lines if len(line) <= _LONGEST_LINE]
    pieces = [
        piece for line in lines if len(line) > _LONGEST_LINE for piece in _INNERMOST.findall(line)
    ]
    return tables + rows + _joined(short, headed=False) + _joined(pieces, headed=False)


def _joined(rows: Sequence[str], headed: bool) -> int:
    held = [_held(row) for row in rows]
    above = held[0] if headed and held else frozenset()
    return sum(bool(own) and len(own | above) == 2 for own in held)


def _held(row: str) -> frozenset[str]:
    return frozenset(
        name for name, pattern in (("day", DAY), ("area", AREA)) if pattern.search(row)
    )


def _in_json(node: Any, in_list: bool) -> int:
    if not isinstance(node, dict | list):
        return 0
    inner = list(node.values()) if isinstance(node, dict) else node
    within = sum(_in_json(value, isinstance(node, list)) for value in inner)
    return within or int(_is_joined(node, inner, in_list))


def _is_joined(node: dict | list, inner: list, in_list: bool) -> bool:
    """Whether a container is a row, a table of columns, or one with days or areas for keys."""
    keys = _kinds(node) if isinstance(node, dict) else set()
    own = _kinds(inner)
    each = [_kinds(value) for value in inner if isinstance(value, dict | list)]
    # Two keys side by side are no row: an index lists all its words as keys of one object.
    below = set().union(*(kinds for kinds in each if len(kinds) == 1))
    row = len(own) == 2 or len(below) == 2
    across = any(one in keys and other in own | below for one, other in _PAIRS)
    # One day over many areas is a row of a list; alone it is what a file says of itself.
    nested = ("area" in own and "day" in below) or (in_list and len(own | below) == 2)
    return row or across or nested


_PAIRS = (("day", "area"), ("area", "day"))


def _kinds(values: Iterable) -> set[str]:
    """Of the words among ``values`` (the keys of an object), which are days, which areas."""
    words = [value for value in values if isinstance(value, str)]
    return {"day" for word in words if _is_day(word)} | {
        "area" for word in words if AREA.fullmatch(word.strip())
    }


def _is_day(word: str) -> bool:
    day = DAY.match(word.strip())
    return bool(day) and bool(_TIME.fullmatch(word.strip(), day.end()))
