"""Canaries: a record that is not there, put into every place that a reader can look into."""

import base64
import gzip
import hashlib
import io
import json
import struct
import zlib

import ibis
import openpyxl
import pandas as pd
import pytest

from analysis.errors import DisclosureError
from analysis.publish.scan import scan_site

RECORD = "D5a1f0c3e77"
ROW = f"{RECORD},2020-04-03,E01000001,F,85-89"
CSV = "imd_decile,month,numerator\n1,2020-04,426\n"


def digest(data):
    return hashlib.sha256(data).hexdigest()


def stamp(downloads, inputs="0" * 64):
    return (
        '<details class="bulletin-stamp"><summary>How this page was made</summary>'
        "<table><caption>Parameters of this page</caption><tr><th>edition</th>"
        "<td>demo-2020-06-12</td></tr><tr><th>date_from</th><td>2020-03-01</td></tr></table>"
        f"<table><caption>Inputs</caption><tr><td>{inputs}</td></tr></table>"
        f"<table><caption>Downloads</caption><tr><td>{downloads}</td></tr></table></details>"
    )


def page(inside="", **changes):
    digests = {"downloads": digest(CSV.encode())} | changes
    return f"<html><body><p>To 30 June 2020.</p>\n{inside}\n{stamp(**digests)}</body></html>"


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + b"".join([head, *chunks, pixels, chunk(b"IEND", b"")])


def notebook(metadata=None, **data):
    shown = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
    code = {"cell_type": "code", "metadata": {}, "source": ["table\n"], "outputs": [shown]}
    return json.dumps({"cells": [code], "metadata": metadata or {}, "nbformat": 4}).encode()


def index(terms=(), titles=()):
    words = {"e01000001": 1, "20200403": 2} | dict.fromkeys(terms, 3)
    return f"Search.setIndex({json.dumps({'terms': words, 'alltitles': list(titles)})})".encode()


def spreadsheet(description="", *rows):
    book = openpyxl.Workbook()
    book.properties.description = description
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


PICTURE = png(chunk(b"tEXt", f"Comment\0{ROW}".encode()))
PLACES = {
    "a page": ("msoa.html", page(f"<tr><td>{ROW}</td></tr>").encode()),
    "a comment of a page": ("msoa.html", page(f"<!-- {ROW} -->").encode()),
    "an escape of a page": ("msoa.html", page(f"<p>&#x44;{ROW[1:]}</p>").encode()),
    "a script in a page": (
        "msoa.html",
        page(f"<script>rows = {json.dumps([ROW.split(',')])}</script>").encode(),
    ),
    "a notebook's metadata": ("_sources/msoa.ipynb", notebook({"row": ROW.split(",")})),
    "a notebook's output": (
        "_sources/msoa.ipynb",
        notebook(**{"text/html": ["<table>\n", "<tr>\n", f"<td>{ROW}</td></tr></table>"]}),
    ),
    "a picture in a notebook": (
        "_sources/msoa.ipynb",
        notebook(**{"image/png": base64.encodebytes(PICTURE).decode()}),
    ),
    "a note of a picture": ("_images/a.png", PICTURE),
    "a compressed note of a picture": (
        "_images/a.png",
        png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(ROW.encode()))),
    ),
    "an international note of a picture": (
        "_images/a.png",
        png(chunk(b"iTXt", b"Comment\0\1\0en\0\0" + zlib.compress(ROW.encode()))),
    ),
    "an image of lines": ("_images/a.svg", f"<svg><desc>{ROW}</desc></svg>".encode()),
    "the words of a search index": ("searchindex.js", index([RECORD.lower()], [ROW])),
    "the inventory": (
        "objects.inv",
        b"# Sphinx inventory version 2\n# Project: a\n# Version:\n# zlib\n"
        + zlib.compress(ROW.encode()),
    ),
    "JSON in escapes": ("find.json", json.dumps([ROW]).replace("D", "\\u0044").encode()),
    "a download": ("downloads/msoa.csv", f"a,b,c,d,e\n{ROW}\n".encode()),
    "a compressed file": ("downloads/msoa.csv.gz", gzip.compress(ROW.encode())),
    "a property of a spreadsheet": ("downloads/msoa.xlsx", spreadsheet(ROW)),
    "a sheet": ("downloads/msoa.xlsx", spreadsheet("", ROW.split(","))),
    "wide text": ("msoa.txt", ROW.encode("utf-16")),
}


@pytest.fixture
def records():
    return ibis.memtable(pd.DataFrame({"record_id": [RECORD, "D0123456789", None]}))


@pytest.fixture
def edition(tmp_path):
    """What is built and holds nothing amiss, of every kind of file."""
    folder = tmp_path / "html"
    files = {
        "index.html": page("<table><tr><th>E01000001</th><td>3</td></tr></table>").encode(),
        "downloads/deciles.csv": CSV.encode(),
        "_sources/index.ipynb": notebook(**{"image/png": base64.b64encode(png()).decode()}),
        "_images/a.png": png(chunk(b"tEXt", b"Software\0matplotlib")),
        "_static/a.woff2": b"wOF2\0\1\xff\xfe",
        "_static/a.js": b'fetch("https://example.org/home/rest")',
        "searchindex.js": index(),
        "manifest.json": json.dumps({"released": "2020-06-12", "areas": ["E01000001"]}).encode(),
    }
    for name, data in files.items():
        put(folder, name, data)
    return folder


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def refused(folder, records):
    with pytest.raises(DisclosureError) as refusal:
        scan_site(folder, records, folder.parent / "project")
    return str(refusal.value)


def test_an_edition_that_holds_nothing_amiss_has_no_finding(edition, records):
    looked_at = scan_site(edition, records, edition.parent / "project")

    count = looked_at.set_index("what")["count"]
    assert count["files"] == 8
    assert count["identifiers looked for"] == 2


@pytest.mark.parametrize(("name", "data"), PLACES.values(), ids=PLACES)
def test_a_record_is_found_wherever_it_is(edition, records, name, data):
    put(edition, name, data)

    message = refused(edition, records)

    assert f"{name}: 1 identifiers of records" in message
    assert f"{name}: 1 rows that join a day with an LSOA or an MSOA" in message


@pytest.mark.parametrize(("name", "data"), PLACES.values(), ids=PLACES)
def test_no_message_says_what_was_found(edition, records, name, data):
    put(edition, name, data)

    message = refused(edition, records)

    assert not [cell for cell in ROW.lower().split(",")[:3] if cell in message.lower()]


def test_a_file_that_is_named_by_an_identifier_is_not_named(edition, records):
    put(edition, f"_static/{RECORD}.txt", ROW.encode())

    message = refused(edition, records)

    assert "files named by an identifier: 2 identifiers of records" in message  # name and text
    assert RECORD not in message


def test_every_finding_is_told_at_once(edition, records):
    put(edition, "a.html", page(RECORD).encode())
    put(edition, "b.html", page("<p>/home/someone/records.csv</p>").encode())

    message = refused(edition, records)

    assert "(2 findings)" in message
    assert "a.html: 1 identifiers of records" in message
    assert "b.html: 1 paths of a machine" in message


@pytest.mark.parametrize(
    "path",
    [
        "{project}/data/raw/records.csv",
        "/home/someone/records.csv",
        "/tmp/bulletin-1/part",
        "file:///tmp/records.csv",
        "/var/folders/x/T/records.csv",
        "C:\\Users\\someone\\records.csv",
        "lib/python3.11/site-packages/pandas/core/frame.py",
        "ipykernel_4711/1234.py",
    ],
)
def test_a_path_of_the_machine_is_found(edition, records, path):
    said = path.format(project=edition.parent / "project")
    put(edition, "_sources/a.ipynb", notebook(**{"text/plain": [f'in "{said}"\n']}))

    assert "_sources/a.ipynb: 1 paths of a machine" in refused(edition, records)


def test_a_download_that_no_page_lists_is_found(edition, records):
    put(edition, "downloads/more.csv", b"imd_decile,numerator\n1,2\n")
    put(edition, "_static/more.csv", b"imd_decile,numerator\n1,3\n")

    message = refused(edition, records)

    assert "(2 findings)" in message
    assert "downloads/more.csv: 1 files of data that no page lists" in message
    assert "_static/more.csv: 1 files of data that no page lists" in message


def test_a_copy_of_an_input_is_no_download(edition, records):
    copy = b"imd_decile,population\n1,2\n"
    put(edition, "downloads/copy.csv", copy)
    put(edition, "index.html", page(inputs=digest(copy)).encode())

    assert "downloads/copy.csv: 1 files of data that no page lists" in refused(edition, records)


def test_only_scripts_that_were_made_of_downloads_are_published(edition, records):
    script = f"rows = {json.dumps(CSV)}".encode()
    put(edition, "downloads/deciles.js", script)
    scan_site(edition, records, edition.parent / "project", {digest(script)})

    put(edition, "downloads/deciles.js", script + b" ")

    with pytest.raises(DisclosureError, match=r"downloads/deciles\.js: 1 files of data that no"):
        scan_site(edition, records, edition.parent / "project", {digest(script)})


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"x" * 99)[:-9],
        spreadsheet()[:-30],
        PICTURE[:-30],
        b"PAR1\x15\x04\xff\xfe",
        b"\x28\xb5\x2f\xfd\xff",
    ],
    ids=["cut gzip", "cut spreadsheet", "cut picture", "Parquet", "Zstandard"],
)
def test_what_cannot_be_read_is_not_published(edition, records, data):
    put(edition, "_static/file", data)

    assert "_static/file: 1 parts that cannot be read" in refused(edition, records)


def test_records_without_identifiers_leave_the_other_checks(edition):
    none = ibis.memtable(pd.DataFrame({"record_id": [None]}), schema={"record_id": "string"})
    scan_site(edition, none, edition.parent / "project")

    put(edition, "a.html", page(ROW).encode())

    assert "a.html: 1 rows that join a day" in refused(edition, none)


def test_an_empty_folder_holds_nothing(tmp_path, records):
    looked_at = scan_site(tmp_path, records, tmp_path / "project")

    assert looked_at.set_index("what")["count"]["texts"] == 0
