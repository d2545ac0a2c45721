"""Sentences whose numbers come from protected tables.

A sentence is a template and the values that fill it; a value is read from a Table, or is a date
of the parameters. A number that is typed in, or taken from an unprotected frame, is refused.
"""

import re
from dataclasses import dataclass
from datetime import date
from string import Formatter

from analysis.disclosure.table import Value
from analysis.errors import DisclosureError

# What Markdown would read as markup in a name, such as an asterisk.
MARKUP = re.compile(r"([\\`*_{}\[\]<>$|])")


@dataclass(frozen=True)
class Prose:
    """Markdown made of sentences bound to results."""

    text: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        about = {"kind": "prose"}
        return {"text/markdown": self.text, "text/plain": self.text}, {"bulletin": about}


def say(template: str, **values: Value | date | Prose) -> Prose:
    """Return a sentence with its values filled in.

    Parameters
    ----------
    template
        Text with named fields, such as ``"{deaths} deaths ({rate:interval})"``. Every number
        that is a result is a field.
    values
        Published values (``Table.value``, ``Table.label``, ``Table.rows``), dates, and words
        that came from comparing values (``compare``).

    Raises
    ------
    DisclosureError
        A value is of another type, or a field has no value.
    """
    fields = [field for _, field, _, _ in Formatter().parse(template) if field is not None]
    missing = [field for field in fields if field not in values]
    foreign = [
        name for name, value in values.items() if not isinstance(value, Value | date | Prose)
    ]
    if missing or foreign:
        raise DisclosureError(
            f"Sentence {template[:40]!r}...: no value for {missing or 'nothing'}; not a published "
            f"value: {foreign or 'none'}.\nRead values with Table.value(), Table.label()."
        )
    return Prose(Formatter().vformat(template, (), {n: _Filled(v) for n, v in values.items()}))


def compare(first: Value, second: Value) -> Prose:
    """Return how ``first`` compares with ``second``: whether their intervals overlap."""
    return Prose(first.against(second))


def points(*sentences: Prose) -> Prose:
    """Return sentences as a list of main points."""
    foreign = [type(sentence).__name__ for sentence in sentences if not isinstance(sentence, Prose)]
    if foreign:
        raise DisclosureError(f"Main points are made with say(), not of {', '.join(foreign)}.")
    return Prose("\n".join(f"- {sentence.text}" for sentence in sentences))


class _Filled:
    """A value as a template prints it: dates in words, names without markup."""

    def __init__(self, value: Value | date | Prose) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        if isinstance(self._value, Prose):
            return self._value.text
        if isinstance(self._value, date):
            return f"{self._value.day} {self._value:%B %Y}"
        return MARKUP.sub(r"\\\1", format(self._value, spec))
