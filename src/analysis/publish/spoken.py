"""What the HTML of a page says, held against its source: each number between the same two words."""

import re
from collections.abc import Iterable, Iterator

_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?(?<!,)|[^\W\d_]+|\ue001")
_BREAK = " \ue001 "
# Markup that becomes other words, a formula, or a cell; and markup of which the words stay.
_OTHER = re.compile(r"\{\w[\w:-]*\}`[^`]*`|\$\$?[^$]*\$\$?|\||\n\s*\n|\]\([^)]*\)|</?[^>]+>|\]\[")
_FOLLOWS = re.compile(r"^ *(?::::?\{.*|```.*|:\w+:.*)$", re.MULTILINE)

Triple = tuple[str | None, str, str | None]


class Spoken:
    """The numbers of texts, each with the words before and after it."""

    def __init__(self, texts: Iterable[str]):
        self._around: dict[str, set[tuple[str | None, str | None]]] = {}
        for text in texts:
            for before, number, after in _triples(_OTHER.sub(_BREAK, _FOLLOWS.sub(_BREAK, text))):
                self._around.setdefault(number, set()).add((before, after))

    def beyond(self, text: str, either: bool = False) -> Iterator[str]:
        """Yield the numbers that stand between other words here than in the texts.

        With ``either`` one of the two words is enough.
        """
        enough = any if either else all
        for before, number, after in _triples(text):
            around = self._around.get(number, ())
            # A number alone in its cell says nothing of one in a sentence.
            alone = before is None and after is None
            if not any(
                enough((_same(before, b), _same(after, a)))
                for b, a in around
                if (b is None and a is None) == alone
            ):
                yield number


def _same(here: str | None, there: str | None) -> bool:
    return here == there or here is None or there is None


def _triples(text: str) -> Iterator[Triple]:
    tokens = [None, *(token.lower() for token in _TOKEN.findall(text)), None]
    tokens = [None if token == "\ue001" else token for token in tokens]
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token and token[0].isdigit():
            yield before, token, after
