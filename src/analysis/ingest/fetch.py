"""Fetching of published files: from the publisher, or from a mirror folder on a disk.

Every file is listed in a manifest with its size and digest, and is the listed one or is refused.
Downloads go beside their place and are moved into it when they have been checked, so that no
half-written file is ever taken for a whole one; what was downloaded before an interruption is kept
and resumed.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import requests
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.errors import FetchError

PIECE = 1 << 16
WAIT_FOR_ANSWER = (10, 60)
KEPT, COPIED, DOWNLOADED = "kept", "copied", "downloaded"


class Published(BaseModel):
    """One published file of the manifest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    publisher: str
    licence: str
    edition: str
    address: str = Field(pattern=r"^https?://")
    direct: bool
    path: str
    mirror: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=1)


class _Retry(Exception):
    """An attempt that failed in a way that another may not."""


def fetch(
    manifest: str | Path = "data/raw/SOURCES.yml",
    folder: str | Path = "data/raw/open/published",
    mirror: str | Path | None = None,
    attempts: int = 4,
    wait: float = 1.0,
    progress: Callable[[str, str], None] = lambda path, state: None,
) -> pd.DataFrame:
    """Put every file of the manifest into the folder, checked.

    Parameters
    ----------
    manifest
        YAML list of files; see :class:`Published` for the fields of each.
    folder
        Where the files go, below the ``path`` of each.
    mirror
        Folder that holds the files under their ``mirror`` path: they are copied from there and
        nothing is asked of the network.
    attempts
        How often a download is tried before it counts as failed.
    wait
        Seconds before the second attempt; twice as long before each further one.
    progress
        Called with the path of each file and what was done about it.

    Returns
    -------
    DataFrame
        One row per file: ``path``, ``title``, ``bytes`` and ``state`` (``kept`` where the right
        file was there, ``copied`` or ``downloaded``).

    Raises
    ------
    FetchError
        The manifest cannot be read, or some files could not be had: all of them are listed, each
        with its reason. The files that could be had are in their place.
    """
    files = read_manifest(manifest)
    states, faults = [], []
    with requests.Session() as session:
        for file in files:
            try:
                state = _fetch_one(file, Path(folder), mirror, session, attempts, wait)
            except FetchError as fault:
                faults.append(str(fault))
                continue
            states.append((file.path, file.title, file.bytes, state))
            progress(file.path, state)
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise FetchError(
            f"{manifest}: {len(faults)} of {len(files)} files could not be had.\n{listed}\n"
            "Files without a download address of their own need a mirror: "
            "bulletin data fetch --mirror DIR."
        )
    return pd.DataFrame(states, columns=["path", "title", "bytes", "state"])


def read_manifest(path: str | Path) -> list[Published]:
    """Return the files that a manifest lists.

    Raises
    ------
    FetchError
        The manifest is missing, is not YAML, or an entry lacks a field or has a wrong one; all
        faults are listed.
    """
    try:
        entries = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FetchError(f"{path}: no such file.\nThe manifest is data/raw/SOURCES.yml.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise FetchError(f"{path}: not a readable YAML file.\n{fault}") from None
    if not isinstance(entries, list):
        raise FetchError(f"{path}: holds no list of files.")
    files, faults = [], []
    for number, entry in enumerate(entries, start=1):
        try:
            files.append(Published.model_validate(entry))
        except ValidationError as error:
            faults += [
                f"  entry {number}, {'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                for fault in error.errors()
            ]
    paths = [file.path for file in files]
    faults += [f"  {twice}: listed twice" for twice in {p for p in paths if paths.count(p) > 1}]
    faults += [f"  {p}: leads out of the folder" for p in paths if _leads_out(p)]
    if faults:
        raise FetchError(f"{path}: {len(faults)} faults.\n" + "\n".join(faults))
    return files


def _leads_out(path: str) -> bool:
    return Path(path).is_absolute() or ".." in Path(path).parts


def _fetch_one(
    file: Published,
    folder: Path,
    mirror: str | Path | None,
    session: requests.Session,
    attempts: int,
    wait: float,
) -> str:
    place = folder / file.path
    if place.is_file() and _fault(place, file) is None:
        return KEPT
    part = place.with_name(place.name + ".part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if mirror is not None:
            _copy(Path(mirror) / file.mirror, part)
            _move_if_right(part, place, file)
            return COPIED
        if not file.direct:
            raise FetchError(f"{file.path}: no download address is known; see {file.address}")
        _download(file, part, session, attempts, wait)
        _move_if_right(part, place, file)
        return DOWNLOADED
    except OSError as fault:
        reason = fault.strerror or fault
        raise FetchError(f"{file.path}: cannot be written to {folder} ({reason})") from None


def _copy(source: Path, part: Path) -> None:
    try:
        shutil.copyfile(source, part)
    except FileNotFoundError:
        raise FetchError(f"{source}: not in the mirror") from None


def _download(
    file: Published, part: Path, session: requests.Session, attempts: int, wait: float
) -> None:
    fault = ""
    for attempt in range(attempts):
        if attempt:
            time.sleep(wait * 2 ** (attempt - 1))
        try:
            _continue_download(file, part, session)
            return
        except (requests.RequestException, _Retry) as error:
            fault = str(error) or type(error).__name__
    raise FetchError(f"{file.path}: {attempts} attempts failed, the last with: {fault}")


def _continue_download(file: Published, part: Path, session: requests.Session) -> None:
    """Append what is missing to the part that is there."""
    have = part.stat().st_size if part.is_file() else 0
    if have >= file.bytes:
        if have == file.bytes:
            return
        part.unlink()
        have = 0
    # Compressed on the way, a file would have another length and digest than listed.
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with session.get(file.address, headers=headers, stream=True, timeout=WAIT_FOR_ANSWER) as answer:
        if answer.status_code in (408, 429) or answer.status_code >= 500:
            raise _Retry(f"the server answered {answer.status_code}")
        if answer.status_code == 416:
            part.unlink()
            raise _Retry("the server has no such part of the file")
        if answer.status_code not in (200, 206):
            raise FetchError(f"{file.path}: {file.address} answered {answer.status_code}")
        # A server that knows no ranges sends the file from its beginning.
        mode = "ab" if answer.status_code == 206 else "wb"
        with part.open(mode) as target:
            size = target.tell()
            for piece in answer.iter_content(PIECE):
                size += len(piece)
                if size > file.bytes:
                    break
                target.write(piece)
    if size > file.bytes:
        part.unlink()
        raise FetchError(
            f"{file.path}: {file.address} sent more than the {file.bytes:,} bytes listed"
        )
    if size < file.bytes:
        raise _Retry(f"the connection ended after {size:,} of {file.bytes:,} bytes")


def _move_if_right(part: Path, place: Path, file: Published) -> None:
    fault = _fault(part, file)
    if fault:
        part.unlink()
        raise FetchError(f"{file.path}: {fault}; it is not the edition listed")
    os.replace(part, place)


def _fault(path: Path, file: Published) -> str | None:
    size = path.stat().st_size
    if size != file.bytes:
        return f"{size:,} bytes where {file.bytes:,} are listed"
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    if digest != file.sha256:
        return f"digest {digest[:12]}... where {file.sha256[:12]}... is listed"
    return None
