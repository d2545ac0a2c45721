"""What a page says beside its tables: sentences, charts, code, and the HTML made of them."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from analysis.publish.evidence import STAMP

_ROWS = re.compile(r"<tbody\b.*?</tbody>", re.DOTALL)
_CELL = re.compile(r"</t[dh]>")
_TAG = re.compile(r"<[^>]*>")
_BLOCKS = {
    "p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "figcaption", "caption", "td",
    "th", "div", "section", "article", "title", "summary", "button", "option", "label", "nav", "br",
    "aside", "footer", "header", "text", "desc",
}  # fmt: skip
# What has no words, and formulae and tables, which are read by others.
_UNREAD = {"script", "style", "math"}
_ATTRIBUTES = {"alt", "title", "aria-label", "aria-description", "content", "placeholder", "value"}
_TECHNICAL = {"data-count", "viewport", "generator", "docsearch:version", "docbuild:last-update"}


@dataclass(frozen=True)
class Said:
    """A piece of the source of a page: its text, and what the page's metadata say of it.

    ``form`` is ``markdown``, ``code``, ``prose``, ``chart``, ``figure`` (metadata of the cell of an
    output), ``html`` or ``plain`` (of an output); ``about`` the metadata of an output, ``code`` the
    code that made it (of plain text, what it stands for), ``picture`` what a chart shows.
    """

    file: str
    place: str
    form: str
    text: str
    about: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    picture: bytes = b""


def source_of(path: Path) -> Iterator[Said]:
    """Yield the pieces of a page's source."""
    file, text = f"_sources/{path.name}", path.read_text("utf-8")
    if path.suffix != ".ipynb":
        yield Said(file, "text", "markdown", text)
        return
    for number, cell in enumerate(json.loads(text)["cells"], start=1):
        place, code = f"cell {number}", joined(cell.get("source", ""))
        if cell["cell_type"] != "code":
            yield Said(file, place, "markdown", code)
            continue
        yield Said(file, place, "code", code)
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get("bulletin", {})
            yield from _output(output, about, file, place, code)
            figure = cell.get("metadata", {}).get("mystnb", {})
            yield Said(file, place, "figure", json.dumps(figure), about)


def _output(output: dict, about: dict, file: str, place: str, code: str) -> Iterator[Said]:
    data = {form: joined(text) for form, text in output.get("data", {}).items()}
    for form, text in data.items():
        if form == "text/markdown":
            yield Said(file, place, "prose", text, about, code)
        elif form == "image/svg+xml":
            yield Said(file, place, "chart", text, about, code, text.encode())
        elif form == "image/png":
            yield Said(file, place, "chart", "", about, code, base64.b64decode(text))
        elif form == "text/html":
            yield Said(file, place, "html", plain(_ROWS.sub("", STAMP.sub("", text))), about, code)
        elif form == "text/plain":
            shown = plain(data.get("text/html", "")) or data.get("text/markdown", "")
            yield Said(file, place, "plain", text, about, shown)


def joined(text: str | list[str]) -> str:
    """Return a text of a notebook, which may be kept by line."""
    return text if isinstance(text, str) else "".join(text)


def plain(html: str) -> str:
    """Return the words of HTML, with a bar behind each cell of a table."""
    return unescape(_TAG.sub(" ", _CELL.sub(" | ", html)))


class Page(HTMLParser):
    """The words of a page of HTML: blocks of text, words in attributes, and pictures."""

    def __init__(self, html: str):
        super().__init__()
        self.blocks: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.pictures: list[str] = []
        self._words: list[str] = []
        self._unread = 0
        self.feed(_ROWS.sub("", STAMP.sub("", html)))
        self._end_block()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Note words in attributes; end a block."""
        said = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.pictures.append(said.get("alt", ""))
        elif not (tag == "meta" and said.get("name") in _TECHNICAL):
            self.attributes += [
                (name, value)
                for name, value in said.items()
                if name in _ATTRIBUTES or (name.startswith("data-") and name not in _TECHNICAL)
            ]
        self._unread += tag in _UNREAD
        if tag in _BLOCKS:
            self._end_block()

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        self._unread -= tag in _UNREAD and self._unread > 0
        if tag in _BLOCKS:
            self._end_block()

    def handle_data(self, data: str) -> None:
        """Gather words."""
        if not self._unread:
            self._words.append(data)

    def handle_comment(self, data: str) -> None:
        """Read what only the source of the page shows."""
        self.blocks.append(data)

    def _end_block(self) -> None:
        text = " ".join("".join(self._words).split())
        if text:
            self.blocks.append(text)
        self._words = []
