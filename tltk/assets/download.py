"""One pinned file, streamed into a part file that a later try takes up where it stopped."""

from __future__ import annotations

import errno
import hashlib
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tltk.assets.preset import Archive
from tltk.assets.progress import Advance
from tltk.assets.tried import Unavailable
from tltk.errors import AssetError

if TYPE_CHECKING:
    from unearth.fetchers import PyPIClient

CHUNK = 1 << 18
TRIES = 4
FIRST_PAUSE = 0.5  # seconds; doubled after each cut connection


def download(client: PyPIClient, url: str, part: Path, archive: Archive, *, advance: Advance) -> None:
    """Stream `url` into `part` until it holds the pinned file.

    A part left by an earlier try is kept and continued by a Range request. A cut connection is taken up again up to
    three times. Whatever stops the download (Ctrl-C, a kill, a cut) leaves a part that can be continued.

    Args:
        client: what to ask with.
        url: where the file is.
        part: the file to write; its folder exists.
        archive: the pinned file: checksum and size.
        advance: called with the number of bytes that are there, whenever some have come.

    Raises:
        Unavailable: this place cannot give the file: it answers with an error, is cut again and again, or sends
            other bytes than the pinned ones.
        AssetError: there is no space left for it.
    """
    import httpx2

    require_space(part.parent, archive.size - _length(part), what=archive.filename)
    pause = FIRST_PAUSE
    for attempt in range(1, TRIES + 1):
        resumed = _length(part)
        try:
            _stream(client, url, part, archive, advance)
        except httpx2.HTTPError as error:
            if attempt == TRIES:
                raise Unavailable(
                    f"the connection failed {TRIES} times, at last after {_length(part):,} of {archive.size:,} bytes "
                    f"({type(error).__name__}: {error}). Those bytes are kept: try again to continue."
                ) from error
            time.sleep(pause)
            pause *= 2
            continue
        except OSError as error:
            raise _named_disk_error(error, part.parent, archive) from error
        digest = _digest(part)
        if digest == archive.sha256:
            return
        part.unlink()
        if not resumed:
            raise Unavailable(f"sent {archive.filename} with sha256 {digest}; expected {archive.sha256}.")
        # The damage may lie in the part that was taken over, so the whole file gets one more chance.
    raise Unavailable(f"sent {archive.filename} damaged {TRIES} times.")


def require_space(folder: Path, wanted: int, *, what: str) -> None:
    """Raise AssetError when the disk of `folder` has not `wanted` bytes left.

    Raises:
        AssetError: names the folder, the bytes wanted and the bytes free.
    """
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise _no_space(folder, what, f"{wanted:,} bytes are wanted, {free:,} are free")


def _stream(client: PyPIClient, url: str, part: Path, archive: Archive, advance: Advance) -> None:
    start = _length(part)
    if start >= archive.size:
        if start > archive.size:
            part.unlink()
            start = 0
        else:
            advance(start)
            return
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == 416:
            part.unlink(missing_ok=True)
            raise Unavailable(f"refused to continue {archive.filename} at byte {start:,}; try again.")
        if response.status_code >= 400:
            raise Unavailable(f"answered {response.status_code} {response.reason_phrase} for {archive.filename}.")
        if start and not _continues(response, start):
            start = 0
        # Unbuffered, so that even a killed process leaves every byte that came.
        with part.open("ab" if start else "wb", buffering=0) as file:
            arrived = start
            advance(arrived)
            for chunk in response.iter_bytes(CHUNK):
                arrived += len(chunk)
                if arrived > archive.size:
                    raise Unavailable(f"sent more than the {archive.size:,} bytes of {archive.filename}.")
                file.write(chunk)
                advance(arrived)
    if arrived < archive.size:
        import httpx2

        raise httpx2.ReadError(f"the answer ended after {arrived:,} of {archive.size:,} bytes")


def _continues(response: object, start: int) -> bool:
    headers = getattr(response, "headers", {})
    partial = getattr(response, "status_code", None) == 206
    return partial and headers.get("Content-Range", "").startswith(f"bytes {start}-")


def _length(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _digest(part: Path) -> str:
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _named_disk_error(error: OSError, folder: Path, archive: Archive) -> AssetError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _no_space(folder, archive.filename, error.strerror or "the disk is full")
    return AssetError(f"{archive.filename} cannot be written: {error}.", where=str(folder))


def _no_space(folder: Path, what: str, why: str) -> AssetError:
    return AssetError(
        f"No space left for {what}: {why}.",
        where=str(folder),
        hint="Free some space, or set TLTK_CACHE to a folder on another disk.",
    )
