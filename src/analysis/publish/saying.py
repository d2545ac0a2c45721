"""Numbers in sentences, charts and sources of pages, held against the downloads of their edition.

Every number that a page says is one that a download shows in the cell that it was read from, or
was typed by who wrote the page. What is typed holds for any edition, and so stands beside no group
of which a count is withheld. What the HTML says, the source of its page says in the same words.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.disclosure.gate import check_page
from analysis.errors import DisclosureError
from analysis.publish.bound import Downloads, prose_beyond
from analysis.publish.evidence import PublishedTable
from analysis.publish.pictures import chart_beyond
from analysis.publish.spoken import Spoken
from analysis.publish.words import HARMLESS, NUMBER, Names, masked, sentences, typed, without
from analysis.publish.written import Page, Said, source_of
from analysis.vocabulary import shown_code

_LONG = 90
_FIELD = re.compile(r"\{[^{}]*\}")
_COMMENT = re.compile(r"#.*$", re.MULTILINE)
_ROWS = re.compile(r"\n[\d,]+ rows, sha256 [0-9a-f]{16}$")
# What a page says of requests and of files: of no cell.
_ANSWERED = re.compile(
    r"\b\d+\.\d% of its deaths are withheld|\bless than 0\.1%|\bmore than \d+% of the deaths"
    r"|\bsome [\d,]+ people|`bulletin table [^`]*`|<a href=\"[\w./#-]*\"",
    re.IGNORECASE,
)
# A paper, its volume and its pages: Lancaster is an author as well as a place.
_CITED = re.compile(
    r"(?:[A-Z][\w'-]+ [A-Z]{1,3}(?:, | and | ))+\((?:19|20)\d\d\), .+ \d+, \d+-\d+\W*", re.DOTALL
)
_OF_PAGES = re.compile(r"\bFigure \d+\b|\bCSV, [\d,]+ rows, [\d.]+ [kM]B|^To search all [\d,]+")


def said_beyond(folder: Path, tables: Iterable[PublishedTable]) -> list[str]:
    """Return what pages, charts and sources say that no download shows, a line each.

    Parameters
    ----------
    folder
        A built edition.
    tables
        Its downloads.
    """
    downloads = Downloads(tables)
    withheld = _Withheld(downloads.withheld)
    sources = {
        path.stem: list(source_of(path))
        for path in sorted((folder / "_sources").glob("*"))
        if path.suffix in (".ipynb", ".md")
    }
    found = list(_unprotected(folder))
    found += [
        f"{piece.file}, {piece.place}: {line}"
        for pieces in sources.values()
        for piece in pieces
        for line in _beyond(piece, downloads, withheld)
    ]
    of_edition = [*_titles(sources), *_edition(folder)]
    for page in sorted(folder.glob("*.html")):
        found += _page_beyond(page, sources.get(page.stem, []), of_edition, withheld)
    pictures = {_bare(piece.picture) for pieces in sources.values() for piece in pieces}
    found += [
        f"_images/{path.name}: it is the picture of no chart of a page"
        for path in sorted((folder / "_images").glob("*"))
        if _bare(path.read_bytes()) not in pictures
    ]
    return list(dict.fromkeys(found))


def _beyond(piece: Said, downloads: Downloads, withheld: "_Withheld") -> Iterator[str]:
    """What one piece of a source says that no download shows."""
    if piece.form == "chart":
        caption = str(piece.about.get("caption", ""))
        yield from withheld.beside(caption, caption)
        yield from chart_beyond(piece, downloads)
        return
    if piece.form in ("figure", "plain"):
        yield from _again_beyond(piece)
        return
    text = piece.text
    if piece.form == "code":
        text = "\n".join(_COMMENT.findall(text))
        yield from withheld.beside(text, text)
        return
    if piece.form == "prose":
        text, lines = prose_beyond(text, piece.about.get("said", ()), downloads)
        yield from lines
        yield from _untyped(piece, text)
    yield from withheld.beside(piece.text, text)


def _again_beyond(piece: Said) -> Iterator[str]:
    """What the plain text of an output, or metadata of its cell, say beyond the output itself."""
    about, kind = piece.about, piece.about.get("kind")
    own = [piece.code, *(about.get(name, "") for name in ("alt", "caption", "name"))]
    if piece.form == "plain" and kind == "table":
        own += _ROWS.findall(piece.text)
    elif piece.form == "plain" and kind == "chart":
        own.append(f"[chart {about.get('name')}, data {about.get('digest')}]")
    said, shown = (Counter(NUMBER.findall(text)) for text in (piece.text, " ".join(own)))
    where = "its plain text" if piece.form == "plain" else "the metadata of its cell"
    if kind != "stamp":
        yield from (f"{where} says {number}, which it does not show" for number in said - shown)


def _untyped(piece: Said, text: str) -> Iterator[str]:
    """Numbers of a sentence that were read from no download, and that nobody has typed there."""
    written = Spoken([_FIELD.sub("|", piece.code)])
    for number in written.beyond(without(without(text, _ANSWERED), HARMLESS)):
        said = " ".join(piece.text.split())[:_LONG]
        yield f"{said!r} says {number}, and not in which cell of which download it stands"


def _page_beyond(
    path: Path, source: list[Said], of_edition: list[str], withheld: "_Withheld"
) -> Iterator[str]:
    """What the HTML of a page says that its source does not."""
    page = Page(path.read_text("utf-8", errors="replace"))
    notebook = any(piece.file.endswith(".ipynb") for piece in source)
    said = (piece.text for piece in source if piece.form not in ("chart", "plain"))
    spoken = Spoken([*said, *of_edition])
    for where, text in [("text", text) for text in page.blocks] + page.attributes:
        place = f"{path.name}, {where} {text[:_LONG]!r}"
        if notebook:
            # A description is the beginning of a page: its paragraphs run into each other.
            numbers = spoken.beyond(without(text, _OF_PAGES), either=where == "content")
            yield from (f"{place}: its source does not say {number} there" for number in numbers)
        else:
            yield from (f"{place}: {line}" for line in withheld.beside(text, text))
    alts = {piece.about.get("alt") for piece in source}
    for alt in page.pictures:
        if notebook and alt not in alts:
            yield f"{path.name}, picture: its alt text {alt[:_LONG]!r} is that of no chart"


class _Withheld:
    """Names of groups of which a table withholds a count: no typed number stands beside one."""

    def __init__(self, tables: dict[str, str]):
        self._tables, self._names = tables, Names(tables, exact=True)

    def beside(self, text: str, rest: str) -> Iterator[str]:
        """Yield sentences of a text of which ``rest``, without what was read, has such a number."""
        for begin, end in sentences(rest):
            if not typed(rest[begin:end]) or _CITED.fullmatch(text[begin:end].strip()):
                continue
            named = self._names.spans(text[begin:end])
            left = typed(masked(rest[begin:end], (span[:2] for span in named)))
            if named and left:
                name, said = named[0][2], " ".join(text[begin:end].split())[:_LONG]
                yield (
                    f"{said!r} says {left[0][0]} beside {name}, of which {self._tables[name]} "
                    "withholds a count"
                )


def _bare(picture: bytes) -> bytes:
    return b"".join(picture.split())


def _unprotected(folder: Path) -> Iterator[str]:
    """What the gate would refuse of an executed page: what is not protected, or is hidden in it."""
    for path in sorted((folder / "_sources").glob("*.ipynb")):
        try:
            check_page(json.loads(path.read_text("utf-8")), path.stem)
        except DisclosureError as fault:
            yield from (
                f"_sources/{path.name}: {line.strip()}" for line in str(fault).split("\n")[1:-1]
            )


def _titles(sources: dict[str, list[Said]]) -> Iterator[str]:
    """The headings of pages, which other pages name."""
    for pieces in sources.values():
        for piece in pieces:
            if piece.form == "markdown":
                yield from re.findall(r"^#+ (.*)$", piece.text, re.MULTILINE)


def _edition(folder: Path) -> Iterator[str]:
    """What the manifest says of the edition, as pages say it."""
    path = folder / "manifest.json"
    if path.is_file():
        for said in json.loads(path.read_text("utf-8"))["edition"].values():
            yield from (str(said), shown_code(said))
