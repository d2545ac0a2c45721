"""Words and numbers of what is published: numbers typed by hand, and names of groups in a text."""

import re
from collections.abc import Iterable
from functools import cached_property

NUMBER = re.compile(r"(?<![\w.-])(?<!\d,)-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w-])")
_WORD = re.compile(r"[^\W_]+(?:['’+<>.-][^\W_]+)*|<\d+")
_SENTENCE = re.compile(r"(?<=[.:;!?])\s+|\n\s*\n|\n(?=\s*[-|#*])")
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
# Numbers that tell of no death: days and years, levels, what a rate is per, names of diseases.
HARMLESS = re.compile(
    rf"\d{{1,2}} {_MONTH}(?: \d{{4}})?|\b(?:19|20)\d\d\b|\b100,000\b|\b(?:95|99\.8)%"
    r"|\bweeks? \d+(?: to \d+)?|\b(?:ages?|aged) \d+(?: to \d+)?|\b(?:COVID-19|ICD-10)\b"
    r"|\(1 = most deprived\)"
)
_MASK = "\ue000"


Found = tuple[int, int, str]  # where a name begins and ends, and which


def masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return ``text`` with the digits in some spans taken out, and its length unchanged."""
    for begin, end in spans:
        text = text[:begin] + re.sub(r"\d", _MASK, text[begin:end]) + text[end:]
    return text


def without(text: str, phrases: re.Pattern) -> str:
    """Return ``text`` with the digits of some phrases taken out."""
    return masked(text, (found.span() for found in phrases.finditer(text)))


def typed(text: str) -> list[re.Match]:
    """Return the numbers of a text that may be results: all but days, years and levels."""
    return list(NUMBER.finditer(without(text, HARMLESS)))


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where each sentence, or entry of a list, begins and ends."""
    ends = [0, *(at for found in _SENTENCE.finditer(text) for at in found.span()), len(text)]
    return list(zip(ends[::2], ends[1::2], strict=True))


class Names:
    """Names of groups, to be found in a text as whole words; of two, the longer one.

    With ``exact`` a name of one word is found as it is written only: Reading is a place.
    """

    def __init__(self, names: Iterable[str], exact: bool = False):
        self._names, self._exact = set(names), exact

    def spans(self, text: str) -> list[Found]:
        """Return where names stand in a text, and which."""
        words, found, after = list(_WORD.finditer(text)), [], 0
        for place, word in enumerate(words):
            if word.start() < after:
                continue
            for size in range(min(self._longest, len(words) - place), 0, -1):
                key = tuple(one[0].lower() for one in words[place : place + size])
                name = self._keys.get(key)
                if name and not (self._exact and size == 1 and word[0] not in name):
                    after = words[place + size - 1].end()
                    found.append((word.start(), after, name))
                    break
        return found

    @cached_property
    def _keys(self) -> dict[tuple[str, ...], str]:
        keys = {tuple(word.lower() for word in _WORD.findall(name)): name for name in self._names}
        keys.pop((), None)
        return keys

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._keys), default=0)
