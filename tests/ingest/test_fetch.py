"""Fetching of published files, from a server on this machine and from a mirror."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from analysis.errors import FetchError
from analysis.ingest.fetch import fetch, read_manifest
from tests.conftest import ROOT

CONTENT = bytes(range(256)) * 1024


class Server(ThreadingHTTPServer):
    """A publisher of one file that can be told to misbehave."""

    faults: list
    ranges: list


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.ranges.append(self.headers.get("Range"))
        fault = self.server.faults.pop(0) if self.server.faults else None
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        if isinstance(fault, int):
            self.send_error(fault)
            return
        if fault == "no ranges":
            start = 0
        body = CONTENT[start:] if fault != "longer" else CONTENT + b"more"
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)
        self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = Server(("127.0.0.1", 0), Handler)
    server.faults, server.ranges = [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def entry(server=None, **other):
    port = server.server_address[1] if server else 9
    return {
        "title": "Deaths",
        "publisher": "Office for National Statistics",
        "licence": "Open Government Licence v3.0",
        "edition": "2020",
        "address": f"http://127.0.0.1:{port}/deaths.xlsx",
        "direct": True,
        "path": "weekly/deaths.xlsx",
        "mirror": "real/weekly/deaths.xlsx",
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "bytes": len(CONTENT),
    } | other


def manifest(folder, *entries):
    path = folder / "SOURCES.yml"
    path.write_text(yaml.safe_dump(list(entries)))
    return path


def test_a_file_is_downloaded_and_then_kept(server, tmp_path):
    listed = manifest(tmp_path, entry(server))

    first = fetch(listed, tmp_path / "out", wait=0)
    second = fetch(listed, tmp_path / "out", wait=0)

    assert (tmp_path / "out/weekly/deaths.xlsx").read_bytes() == CONTENT
    assert first["state"].tolist() == ["downloaded"]
    assert second["state"].tolist() == ["kept"]
    assert len(server.ranges) == 1


def test_a_partial_download_is_resumed(server, tmp_path):
    folder = tmp_path / "out/weekly"
    folder.mkdir(parents=True)
    (folder / "deaths.xlsx.part").write_bytes(CONTENT[:1000])

    fetch(manifest(tmp_path, entry(server)), tmp_path / "out", wait=0)

    assert server.ranges == ["bytes=1000-"]
    assert (folder / "deaths.xlsx").read_bytes() == CONTENT
    assert [path.name for path in folder.iterdir()] == ["deaths.xlsx"]


def test_a_server_without_ranges_is_asked_for_the_whole_file(server, tmp_path):
    folder = tmp_path / "out/weekly"
    folder.mkdir(parents=True)
    (folder / "deaths.xlsx.part").write_bytes(CONTENT[:1000])
    server.faults = ["no ranges"]

    fetch(manifest(tmp_path, entry(server)), tmp_path / "out", wait=0)

    assert (folder / "deaths.xlsx").read_bytes() == CONTENT


def test_a_connection_that_breaks_is_tried_again_from_where_it_broke(server, tmp_path):
    server.faults = [503, "cut"]

    fetch(manifest(tmp_path, entry(server)), tmp_path / "out", wait=0)

    assert server.ranges == [None, None, f"bytes={len(CONTENT) // 2}-"]
    assert (tmp_path / "out/weekly/deaths.xlsx").read_bytes() == CONTENT


def test_attempts_are_bounded(server, tmp_path):
    server.faults = [503] * 9

    with pytest.raises(FetchError, match=r"weekly/deaths.xlsx: 3 attempts failed.*503"):
        fetch(manifest(tmp_path, entry(server)), tmp_path / "out", attempts=3, wait=0)

    assert len(server.ranges) == 3


def test_a_file_that_is_not_there_is_not_asked_for_twice(server, tmp_path):
    server.faults = [404]

    with pytest.raises(FetchError, match="answered 404"):
        fetch(manifest(tmp_path, entry(server)), tmp_path / "out", wait=0)

    assert len(server.ranges) == 1


def test_another_edition_is_refused_and_leaves_nothing(server, tmp_path):
    listed = manifest(tmp_path, entry(server, sha256="0" * 64))

    with pytest.raises(FetchError, match="not the edition listed"):
        fetch(listed, tmp_path / "out", wait=0)

    assert list((tmp_path / "out/weekly").iterdir()) == []


def test_more_bytes_than_listed_are_refused(server, tmp_path):
    server.faults = ["longer"]

    with pytest.raises(FetchError, match="more than the 262,144 bytes listed"):
        fetch(manifest(tmp_path, entry(server)), tmp_path / "out", wait=0)


def test_a_mirror_is_copied_without_asking_the_network(tmp_path):
    source = tmp_path / "mirror/real/weekly/deaths.xlsx"
    source.parent.mkdir(parents=True)
    source.write_bytes(CONTENT)

    states = fetch(manifest(tmp_path, entry()), tmp_path / "out", mirror=tmp_path / "mirror")

    assert states["state"].tolist() == ["copied"]
    assert (tmp_path / "out/weekly/deaths.xlsx").read_bytes() == CONTENT


def test_a_truncated_file_of_a_mirror_is_refused(tmp_path):
    source = tmp_path / "mirror/real/weekly/deaths.xlsx"
    source.parent.mkdir(parents=True)
    source.write_bytes(CONTENT[:-1])

    with pytest.raises(FetchError, match="262,143 bytes where 262,144 are listed"):
        fetch(manifest(tmp_path, entry()), tmp_path / "out", mirror=tmp_path / "mirror")


def test_every_file_that_cannot_be_had_is_named_and_the_others_are_in_place(server, tmp_path):
    without_address = entry(direct=False, path="monthly.csv", mirror="real/monthly.csv")
    listed = manifest(tmp_path, without_address, entry(server))

    with pytest.raises(FetchError, match=r"1 of 2 files(.|\n)*monthly.csv: no download address"):
        fetch(listed, tmp_path / "out", wait=0)

    assert (tmp_path / "out/weekly/deaths.xlsx").is_file()


def test_faults_of_a_manifest_are_listed_together(tmp_path):
    wrong = entry(bytes=0, surprise=1)
    outside = entry(path="../../etc/passwd")

    with pytest.raises(FetchError) as fault:
        read_manifest(manifest(tmp_path, wrong, outside))

    assert "entry 1, bytes" in str(fault.value)
    assert "entry 1, surprise" in str(fault.value)
    assert "leads out of the folder" in str(fault.value)


def test_the_manifest_of_the_project_can_be_read():
    files = read_manifest(ROOT / "data/raw/SOURCES.yml")

    assert len(files) > 40
    assert all(file.licence and file.publisher and file.edition for file in files)


def test_the_files_beside_the_project_are_the_editions_listed(shared, tmp_path):
    states = fetch(ROOT / "data/raw/SOURCES.yml", tmp_path, mirror=shared)

    assert set(states["state"]) == {"copied"}
