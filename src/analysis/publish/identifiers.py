# ruff: noqa: PD004 (notnull is that of Ibis)
"""Identifiers of records among the words of a text.

The identifiers stay in the engine: words that have the shape of one are brought to them, and only
how many are known comes back.
"""

import re
from dataclasses import dataclass, field

import ibis
import pandas as pd

from analysis.ingest.engine import keep, reading
from analysis.publish.texts import BYTES, Text

_SIGN = r"[^\W_]"  # a letter or a digit
_MOST_WORDS = 1_000_000  # held before they are compared


@dataclass
class Identifiers:
    """The identifiers of an edition's records, and the words that are compared with them.

    ``looked_for`` and ``not_looked_for`` say how many there are. Not looked for are those of fewer
    than 8 letters and digits, and those of 8 digits: a count of deaths can be 426, and a person
    have the number 426. Small and capital letters are one, since a search index has only small.
    """

    looked_for: int
    not_looked_for: int
    _known: ibis.Table
    _patterns: list[re.Pattern]
    _words: list[tuple[str, str, str]] = field(default_factory=list)
    _hits: list[pd.DataFrame] = field(default_factory=list)

    @classmethod
    def of(cls, records: ibis.Table) -> "Identifiers":
        """Read the column ``record_id`` of the records, and learn what identifiers look like."""
        words = records.select(word=records.record_id.lower())
        words = words.filter(words.word.notnull()).distinct()
        signs = words.word.re_replace(r"[^\pL\pN]", "")
        told = (signs.length() >= 9) | ((signs.length() == 8) & signs.re_search("[^0-9]"))
        # Sign by sign is slow, and needed only where there is more than letters and digits.
        alike = ibis.literal("w").repeat(signs.length())
        mixed = words.word.re_replace(r"[\pL\pN]", "w")
        shape = ibis.ifelse(signs == words.word, alike, mixed)
        every = keep(words.mutate(told=told, shape=shape), "records")
        known = every.filter(every.told)
        shapes = known.select("shape", first=known.word.left(1)).distinct()
        with reading("records"):
            count = every.agg(known=every.told.sum(), all=every.count()).to_pandas().iloc[0]
            patterns = _patterns(shapes.to_pandas())
        looked_for = 0 if count["all"] == 0 else int(count["known"])
        return cls(looked_for, int(count["all"]) - looked_for, known, patterns)

    def words(self, text: Text) -> set[str]:
        """Return the words of a text that have the shape of an identifier."""
        lower = text.text.lower()
        words = {word for pattern in self._patterns for word in pattern.findall(lower)}
        # In a font, digits stand side by side by chance.
        return {word for word in words if not word.isdigit()} if text.form == BYTES else words

    def compare(self, words: set[str], file: str, place: str) -> None:
        """Take words of a file, which stand in its ``name`` or its ``text``, to be compared."""
        self._words += [(word, file, place) for word in sorted(words)]
        if len(self._words) > _MOST_WORDS:
            self._compare_now()

    def hits(self) -> pd.DataFrame:
        """Return how many identifiers were found: ``file``, ``place``, ``found``."""
        self._compare_now()
        return pd.concat(self._hits, ignore_index=True)

    def _compare_now(self) -> None:
        columns = ["word", "file", "place"]
        frame = pd.DataFrame(self._words, columns=columns).astype("str")
        words = ibis.memtable(frame, schema=dict.fromkeys(columns, "string"))
        found = words.semi_join(self._known, "word").group_by("file", "place")
        with reading("records"):
            self._hits.append(found.agg(found=ibis._.count()).to_pandas())
        self._words.clear()


def _patterns(shapes: pd.DataFrame) -> list[re.Pattern]:
    """Patterns of words of the given shapes, ``shape first``; in a shape, w is a letter or digit.

    Digits before or after a point are a number, 0.512345678, and no identifier.
    """
    whole = shapes["shape"].str.fullmatch("w+")
    patterns = []
    if whole.any():
        # By its first sign a search goes from word to word quickly: that comes before all else.
        first = f"[{''.join(map(re.escape, sorted(set(shapes.loc[whole, 'first']))))}]"
        number = rf"(?<=\d\.\d)\d*(?!{_SIGN})|(?<=\d)\d*\.\d"
        sizes = shapes.loc[whole, "shape"].str.len()
        rest = f"{{{sizes.min() - 1},{sizes.max() - 1}}}"
        patterns.append(rf"{first}(?<!{_SIGN}{first})(?!{number}){_SIGN}{rest}(?!{_SIGN})")
    for shape in sorted(set(shapes.loc[~whole, "shape"])):  # one may begin within another
        signs = re.escape(shape).replace("w", _SIGN)
        patterns.append(rf"(?<!{_SIGN})(?=({signs})(?!{_SIGN}))")
    return [re.compile(pattern) for pattern in patterns]
