"""Every text that a published file holds, however it is wrapped.

What is compressed, escaped, written in base 64, or hidden in the metadata of a picture is read as
well: a reader can get at it. What cannot be read is said to be so, and never passed over.
"""

import base64
import gzip
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import pandas as pd

# What a text is: lines of cells, one JSON value, words with or without tags, or bytes that are
# no text (a font). ``UNREADABLE`` has no text.
CSV, JSON, WORDS, BYTES, UNREADABLE = "csv", "json", "words", "bytes", "unreadable"

_LARGEST = 2**28  # a part of more bytes than this is not read
_DEEPEST = 6  # wrappings within wrappings
_PNG = b"\x89PNG\r\n\x1a\n"
_GZIP = b"\x1f\x8b\x08"
_ZIP = (b"PK\3\4", b"PK\5\6")
_INVENTORY = b"# Sphinx inventory version 2"
_OPAQUE = (b"wOFF", b"wOF2", b"OTTO", b"\0\1\0\0", b"\xff\xd8\xff", b"GIF8", b"\0\0\1\0")
_SCRIPT = re.compile(r"<script\b[^>]*>(.+?)</script>", re.DOTALL | re.IGNORECASE)
# Shorter runs are words; pictures in a notebook are broken into lines.
_BASE_64 = re.compile(r"[A-Za-z0-9+/]{40,}(?:\r?\n[A-Za-z0-9+/]+)*")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_BLANKS = dict.fromkeys("nrtbf", "\n")
_DAMAGED = (
    ValueError, EOFError, OSError, KeyError, RecursionError, RuntimeError, NotImplementedError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Text:
    """A text of a file, and what it is: one of the constants above."""

    text: str
    form: str


def texts_of(data: bytes, name: str) -> Iterator[Text]:
    """Yield every text of a published file.

    Parameters
    ----------
    data
        Its bytes.
    name
        Its name, which tells CSV and JSON from other text.

    Yields
    ------
    Text
        The text of the file; without its escapes, where it has any; and that of what it wraps. A
        text may come more than once. The last one is ``UNREADABLE`` where a part is damaged,
        encrypted, larger than 256 MB, or of a kind that is not known here.
    """
    try:
        yield from _unwrapped(data, name.lower(), 0)
    except _DAMAGED:
        yield Text("", UNREADABLE)


def _unwrapped(data: bytes, name: str, depth: int) -> Iterator[Text]:
    if depth > _DEEPEST or len(data) > _LARGEST:
        raise ValueError("too deep or too large")
    if data.startswith(_PNG):
        yield from _png(data, depth)
    elif data.startswith(_GZIP):
        yield Text(data[:4096].decode("latin-1"), BYTES)  # the name it was compressed under
        with gzip.open(io.BytesIO(data)) as file:
            yield from _unwrapped(file.read(_LARGEST + 1), name.removesuffix(".gz"), depth + 1)
    elif data.startswith(_ZIP):
        yield from _zip(data, depth)
    elif data.startswith(_INVENTORY):
        *lines, packed = data.split(b"\n", 4)
        yield from _written(b"\n".join([*lines, zlib.decompress(packed)]).decode(), "", depth)
    elif data.startswith(_OPAQUE):
        yield Text(data.decode("latin-1"), BYTES)
    else:
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        yield from _written(data.decode("utf-16" if wide else "utf-8-sig"), name, depth)


def _written(text: str, name: str, depth: int) -> Iterator[Text]:
    kind = PurePosixPath(name).suffix
    if kind in {".json", ".ipynb", ".geojson", ".map", ".js"}:
        begin, end = _json_span(text) if kind == ".js" else (0, len(text))
        value = _json(text[begin:end])
        if value is not None:
            yield Text(text[begin:end], JSON)
            yield Text(f"{text[:begin]}\n{text[end:]}", WORDS)
            yield from _written("\n".join(_strings(value)), "", depth + 1)
            return
    yield Text(text, CSV if kind in {".csv", ".tsv"} else WORDS)
    for script in _SCRIPT.findall(text):
        yield from _written(script, "script.js", depth + 1)
    for wrapped in set(_BASE_64.findall(text)):
        yield from _from_base_64(wrapped, depth)
    for without in (_without_backslashes, html.unescape, _without_percents):
        plain = without(text)
        if plain != text:
            yield Text(plain, WORDS)
        text = plain


def _json_span(script: str) -> tuple[int, int]:
    """Where the value stands in a script of one value, such as ``Search.setIndex({...})``."""
    begin = re.search(r"[\[{]", script)
    end = max(script.rfind("]"), script.rfind("}")) + 1
    return (begin.start(), end) if begin and end else (0, 0)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _from_base_64(text: str, depth: int) -> Iterator[Text]:
    joined = re.sub(r"\s", "", text)
    joined = joined[: len(joined) - (len(joined) % 4 == 1)]
    data = base64.b64decode(joined + "=" * (-len(joined) % 4))
    try:
        yield from _unwrapped(data, "", depth + 1)
    except _DAMAGED:
        if data.startswith((_PNG, _GZIP, *_ZIP)):
            raise
        yield Text(data.decode("latin-1"), BYTES)  # a digest, or a word that only looks like it


def _without_backslashes(text: str) -> str:
    def plain(escape: re.Match) -> str:
        code = escape[1] or escape[2]
        return chr(int(code, 16)) if code else _BLANKS.get(escape[3], escape[3])

    return _ESCAPE.sub(plain, text) if "\\" in text else text


def _without_percents(text: str) -> str:
    return unquote(text) if re.search("%[0-9A-Fa-f]{2}", text) else text


def _png(data: bytes, depth: int) -> Iterator[Text]:
    """The metadata of a picture, and what stands behind its end; not its pixels."""
    at = len(_PNG)
    while at < len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        body, at = data[at + 8 : at + 8 + size], at + 12 + size
        if kind in _CHUNKS:
            yield from _written(_CHUNKS[kind](body), "", depth + 1)
        elif kind == b"IEND":
            yield Text(data[at:].decode("latin-1"), BYTES)
            return
        elif kind != b"IDAT":
            yield Text(body.decode("latin-1").replace("\0", ""), BYTES)
    raise ValueError("a picture without an end")


def _compressed_chunk(body: bytes) -> str:
    word, packed = body.split(b"\0", 1)
    return (word + b"\n" + _inflate(packed[1:])).decode("latin-1")


def _international_chunk(body: bytes) -> str:
    word, rest = body.split(b"\0", 1)
    language, translated, text = rest[2:].split(b"\0", 2)
    text = _inflate(text) if rest[:1] == b"\1" else text
    return b"\n".join([word, language, translated, text]).decode()


_CHUNKS: dict[bytes, Callable[[bytes], str]] = {
    b"tEXt": lambda body: body.replace(b"\0", b"\n").decode("latin-1"),
    b"zTXt": _compressed_chunk,
    b"iTXt": _international_chunk,
}


def _inflate(packed: bytes) -> bytes:
    return zlib.decompressobj().decompress(packed, _LARGEST)


def _zip(data: bytes, depth: int) -> Iterator[Text]:
    """Members of an archive, with their names and notes; of a spreadsheet, its sheets as well."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        notes = [archive.comment, *(m.comment + m.extra for m in members)]
        about = [m.filename for m in members] + [note.decode("latin-1") for note in notes]
        yield Text("\n".join(about), BYTES)
        if sum(member.file_size for member in members) > _LARGEST:
            raise ValueError("too large")
        for member in members:
            yield from _unwrapped(archive.read(member), member.filename.lower(), depth + 1)
    if any(member.filename == "xl/workbook.xml" for member in members):
        # A sheet holds numbers that stand for words: its rows are seen only when it is read.
        sheets = pd.read_excel(io.BytesIO(data), sheet_name=None, header=None, dtype="object")
        for sheet in sheets.values():
            yield Text(sheet.to_csv(index=False, header=False), CSV)
