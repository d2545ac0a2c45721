"""Charts, held against their downloads: the data behind them, alt text, and words in the picture.

A chart says where its values were read. Its words may hold those values, names of groups, and
numbers of marks in the phrases in which charts count; and name no group of which no value is shown.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape

from analysis.disclosure.gate import ABOUT
from analysis.publish.bound import Downloads, cell_of, same_drawn
from analysis.publish.marks import Marks
from analysis.publish.words import Found, Names, masked, typed, without
from analysis.publish.written import Said
from analysis.vocabulary import STATUSES

_N = r"[\d,]+"
_REASONS = "|".join(filter(None, (*STATUSES.values(), "with", "without")))
# How a chart counts its marks, and what it says of its lines and of shares that everybody can see.
_COUNTED = re.compile(
    rf"(?:\b{_N} (?:{_REASONS}|values? (?:is|are) of low|high\b|low\b|would lie|highest\b))"
    rf"|\bthe highest of {_N}|\bin {_N} of {_N} |\babout {_N} of {_N}\b|\bThe {_N} highest"
    rf"|\b{_N} (?:areas?|groups?|occupations?|sexes|sex|months?|weeks?|days?|ages?|local|regions?"
    r"|countries|causes?|places?|deprivation|major|minor|sub-major|age|rows?|country)\b"
    r"|\b[\d.]+% within [\d,]+ days|\b(?:95|99\.8|90)%|\bdays?: [\d,]+"
    rf"|limits: {_N}|\babove [\d,.]+ not drawn|\bratio of 1\b"
)
_PLAIN_CODE = re.compile(r"(?:^|[.;] |\b(?:in|at|on) )\d+(?=[:,.;])|(?:[.;] )\d+(?=:)")
_TEXT = re.compile(r"<text\b[^>]*>([^<]*)</text>")
_ELEMENT = re.compile(r"<([a-zA-Z!?][^\s/>]*)([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=")
_ELEMENTS = {
    "svg", "g", "path", "use", "defs", "text", "title", "desc", "rect", "clipPath",
}  # fmt: skip
_ATTRIBUTES = {
    "d", "x", "y", "width", "height", "style", "transform", "id", "clip-path", "xlink:href", "href",
    "viewBox", "role", "aria-labelledby", "font-family", "stroke-linejoin", "stroke-linecap",
    "xmlns", "xmlns:xlink",
}  # fmt: skip
_CLAUSE = re.compile(r";|[.:]\s")
_QUOTED = re.compile(r'"[^"]*"')
_NOTES = (b"tEXt", b"iTXt", b"zTXt")


def chart_beyond(chart: Said, downloads: Downloads) -> Iterator[str]:
    """Yield what a chart, its words or its metadata hold that no download shows."""
    about = chart.about
    extra = sorted(set(about) - ABOUT)
    if extra:
        yield f"its metadata hold {', '.join(extra)}"
    marks, caption = Marks(), str(about.get("caption", ""))
    for source in about.get("drawn", ()):
        if source.get("table") not in downloads.published:
            marks.add_like(source, downloads)
            continue
        drawn = same_drawn(source, downloads)
        if drawn is None:
            yield f"it draws other values than are shown of {cell_of(source)}"
            return
        marks.add(drawn, downloads.part(source))
    yield from _words_beyond([str(about.get("alt", ""))], marks, caption, "its alt text")
    if chart.picture.startswith(b"<svg"):
        yield from _not_drawn(chart.text, about)
        texts = [unescape(text) for text in _TEXT.findall(chart.text)]
        yield from _words_beyond(texts, marks, caption, "its picture", ticks=True)
    elif any(note in chart.picture for note in _NOTES):
        yield "its picture holds a note"


def _not_drawn(svg: str, about: Mapping) -> Iterator[str]:
    """Yield what stands in a picture and is not drawn, and words that are not the chart's."""
    for element, attributes in _ELEMENT.findall(svg):
        odd = sorted(set(_ATTRIBUTE.findall(_QUOTED.sub("", attributes))) - _ATTRIBUTES)
        if element not in _ELEMENTS or odd:
            yield f"its picture holds <{' '.join([element, *odd])}>, which is not drawn"
    for element, name in (("title", "caption"), ("desc", "alt")):
        found = re.findall(rf"<{element}\b[^>]*>([^<]*)</{element}>", svg)
        if [unescape(text) for text in found] != [about.get(name)]:
            yield f"the {element} of its picture is not its {name}"


def _words_beyond(
    texts: Sequence[str], marks: Marks, caption: str, where: str, ticks: bool = False
) -> Iterator[str]:
    """Yield numbers that are not of the row that is named, and names of what is not shown."""
    names = Names(marks.names)
    texts = [text.removeprefix(caption) for text in texts]
    # A note is broken into lines.
    counted, begin = without(without(" ".join(texts), _COUNTED), _PLAIN_CODE), 0
    for text in texts:
        rest, begin = counted[begin : begin + len(text)], begin + len(text) + 1
        named = names.spans(text)
        numbers = typed(masked(rest, (span[:2] for span in named)))
        for number in numbers:
            before, after = _beside(text, number.start(), named)
            axis = ticks and not named and _is_round(number[0])
            if not axis and not marks.has(number[0], before, after):
                names_of = [name for name in (*before[-1:], after) if name]
                beside = f" beside {' and '.join(names_of)}" if names_of else ""
                yield f"{where} says {number[0]}{beside}, which no download shows there"
        hidden = [name for *_, name in named if marks.is_hidden(name)]
        if hidden and (numbers or not ticks):
            yield f"{where} names {hidden[0]}, of which no value is shown"


def _beside(text: str, at: int, named: list[Found]) -> tuple[list[str], str]:
    """The names before a number, and the next one in its clause."""
    end = _CLAUSE.search(text, at)
    last = end.start() if end else len(text)
    after = [name for begin, _, name in named if at < begin < last]
    return [name for _, end, name in named if end <= at], (after or [""])[0]


def _is_round(number: str) -> bool:
    """Whether a number may stand at an axis: two digits that count at most, or quarters."""
    digits = re.sub(r"[,.]", "", number).lstrip("-0").rstrip("0")
    return len(digits) <= 2 or digits[-2:] in ("25", "75")
