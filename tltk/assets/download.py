"""One pinned file, streamed into a part file that a later try takes up where it stopped."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from tltk.assets.digest import sha256_of
from tltk.assets.preset import Archive
from tltk.assets.progress import Advance
from tltk.assets.tried import Unavailable

if TYPE_CHECKING:
    from unearth.fetchers import PyPIClient

TRIES = 4
FIRST_PAUSE = 0.5  # seconds; doubled after each cut connection


def download(client: PyPIClient, url: str, part: Path, archive: Archive, *, advance: Advance) -> None:
    """Stream `url` into `part` until it holds the pinned file.

    A part left by an earlier try is continued by a Range request, and so is a cut connection, up to three times.
    Whatever stops the download (Ctrl-C, a kill, a cut) leaves a part that can be continued.

    Args:
        client: what to ask with.
        url: where the file is.
        part: the file to write; its folder exists.
        archive: the pinned file: checksum and size.
        advance: called with the number of bytes that are there, whenever some have come.

    Raises:
        Unavailable: this place cannot give the file: it answers with an error, is cut again and again, or sends
            other bytes than the pinned ones.
        OSError: the part cannot be written.
    """
    pause = FIRST_PAUSE
    for attempt in range(1, TRIES + 1):
        taken_over = _length(part)
        try:
            _continue(client, url, part, archive, advance)
        except httpx2.HTTPError as error:
            if attempt == TRIES:
                raise Unavailable(
                    f"the connection failed {TRIES} times, at last after {_length(part):,} of {archive.size:,} bytes "
                    f"({type(error).__name__}: {error}). What came is kept: try again to continue."
                ) from error
            time.sleep(pause)
            pause *= 2
            continue
        digest = sha256_of(part)
        if digest == archive.sha256:
            return
        part.unlink()
        if not taken_over:
            raise Unavailable(f"sent {archive.filename} with sha256 {digest}; expected {archive.sha256}.")
        # The damage may lie in the part that was taken over: the whole file gets its own chance.
    raise Unavailable(f"sent {archive.filename} damaged {TRIES} times.")


def _continue(client: PyPIClient, url: str, part: Path, archive: Archive, advance: Advance) -> None:
    start = _length(part)
    if start > archive.size:
        part.unlink()
        start = 0
    advance(start)
    if start == archive.size:
        return
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code >= 400:
            raise Unavailable(f"answered {response.status_code} {response.reason_phrase} for {archive.filename}.")
        if not _continues_at(start, response):
            start = 0  # The server does not do ranges: it sends the whole file again.
        arrived = _append(response, part, start, archive, advance)
    if arrived < archive.size:
        raise httpx2.ReadError(f"the answer ended after {arrived:,} of {archive.size:,} bytes")


def _continues_at(start: int, response: httpx2.Response) -> bool:
    return response.status_code == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {start}-")


def _append(response: httpx2.Response, part: Path, start: int, archive: Archive, advance: Advance) -> int:
    arrived = start
    # Unbuffered and unsized, so that even a cut or a kill leaves every byte that came. Raw, as some servers declare
    # the gzip of a .tar.gz to be an encoding of the transfer.
    with part.open("ab" if start else "wb", buffering=0) as file:
        for chunk in response.iter_raw():
            arrived += len(chunk)
            if arrived > archive.size:
                part.unlink()
                raise Unavailable(f"sent more than the {archive.size:,} bytes of {archive.filename}.")
            file.write(chunk)
            advance(arrived)
    return arrived


def _length(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0
