"""Sentences whose numbers come from protected tables.

A sentence is a template and the values that fill it; a value is read from a Table, or is a date
of the parameters. A number that is typed in, or taken from an unprotected frame, is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter

from analysis.disclosure.table import Value
from analysis.errors import DisclosureError

# What Markdown would read as markup in a name, such as an asterisk.
MARKUP = re.compile(r"([\\`*_{}\[\]<>$|])")


@dataclass(frozen=True)
class Prose:
    """Markdown made of sentences bound to results.

    ``said`` has an entry for each value, in the order of the text: its words, where they begin, and
    the cell of the download that they were read from, so that who has both can compare them.
    """

    text: str
    said: tuple[Mapping[str, object], ...] = ()

    def moved(self, by: int) -> list[Mapping[str, object]]:
        """Return what is said where the text begins ``by`` letters later."""
        return [{**one, "at": one["at"] + by} for one in self.said]

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        about = {"kind": "prose"} | ({"said": list(self.said)} if self.said else {})
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
    text, said = "", []
    for words, field, form, _ in Formatter().parse(template):
        text += words
        if field is not None:
            filled = _filled(values[field], form or "")
            said += filled.moved(len(text))
            text += filled.text
    return Prose(text, tuple(said))


def compare(first: Value, second: Value) -> Prose:
    """Return how ``first`` compares with ``second``: whether their intervals overlap."""
    return Prose(first.against(second))


def points(*sentences: Prose) -> Prose:
    """Return sentences as a list of main points."""
    foreign = [type(sentence).__name__ for sentence in sentences if not isinstance(sentence, Prose)]
    if foreign:
        raise DisclosureError(f"Main points are made with say(), not of {', '.join(foreign)}.")
    text, said = "", []
    for sentence in sentences:
        text += "\n- " if text else "- "
        said += sentence.moved(len(text))
        text += sentence.text
    return Prose(text, tuple(said))


def _filled(value: Value | date | Prose, form: str) -> Prose:
    """Return a value as a template prints it: dates in words, names without markup."""
    if isinstance(value, Prose):
        return value
    if isinstance(value, date):
        text, source = f"{value.day} {value:%B %Y}", {"date": True}
    else:
        text, source = MARKUP.sub(r"\\\1", format(value, form)), value.source
    asked = {"form": form} if form else {}
    return Prose(text, ({"text": text, "at": 0, **source, **asked},))
