"""Text files: opened in the right encoding, plain or gzip, and undecodable bytes found and named."""

from __future__ import annotations

import codecs
import encodings.aliases
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tltk.errors import DataError, did_you_mean

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before utf-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_IN_THE_WILD = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "koi8_r"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
)
"""Encodings that files of today still come in; the guess is better without the hundred others."""

_GZIP = b"\x1f\x8b"


class TextFile:
    """A text file to be read line by line.

    Bytes that do not fit the encoding become lone surrogates, so that one bad row does not end the reading;
    `decode_error` then finds them. A byte order mark at the start says more than the declared encoding, where it cannot
    be text of that.

    Args:
        path: the file.
        encoding: declared encoding.
        compression: "auto" (by the suffix .gz), "none" or "gzip".

    Raises:
        DataError: the encoding is unknown, or the file cannot be opened.
    """

    def __init__(self, path: Path, *, encoding: str = "utf-8", compression: str = "auto") -> None:
        self.path = path
        self.gzipped = compression == "gzip" or (compression == "auto" and path.name.lower().endswith(".gz"))
        self.encoding = _known_encoding(encoding)
        with self._binary() as stream:
            start = stream.read(4)
        if not self.gzipped and start.startswith(_GZIP):
            raise DataError("The file is compressed with gzip.", where=str(path), hint="Set data.compression: gzip.")
        self.encoding = _marked_encoding(start, self.encoding)

    @contextmanager
    def open(self, *, newline: str | None = "") -> Iterator[IO[str]]:
        """Open the file as text.

        Raises:
            DataError: it cannot be read, is a damaged archive, or (for wide encodings) cannot be decoded.
        """
        with self._binary() as stream:
            try:
                yield io.TextIOWrapper(stream, encoding=self.encoding, errors="surrogateescape", newline=newline)
            except UnicodeError:
                raise self.decode_error() from None

    def decode_error(self) -> DataError:
        """Return the error for the first bytes that do not fit the encoding: line, byte, and what they look like."""
        decoder = codecs.getincrementaldecoder(self.encoding)()
        seen = lines = 0
        with self._binary() as stream:
            while True:
                chunk = stream.read(1 << 16)
                try:
                    lines += decoder.decode(chunk, final=not chunk).count("\n")
                except UnicodeDecodeError as error:
                    place = seen + len(chunk) - len(error.object) + error.start
                    before = error.object[: error.start].decode(self.encoding, "ignore")
                    bad = bytes(error.object[error.start : error.start + 1])
                    return self._error(place, lines + before.count("\n") + 1, bad, error.object + stream.read(1 << 16))
                seen += len(chunk)
                if not chunk:
                    return DataError(f"The text is not {self.encoding}.", where=str(self.path))

    def _error(self, place: int, line: int, bad: bytes, sample: bytes) -> DataError:
        likely = _guess(sample)
        hint = "Save the file as UTF-8, or set data.encoding to the encoding it is in"
        hint += f"; it looks like {' or '.join(likely)}." if likely else "."
        return DataError(
            f"Byte 0x{bad.hex()} at byte {place} of the file is not {self.encoding} (the encoding tried).",
            where=f"{self.path}:{line}",
            hint=hint,
        )

    @contextmanager
    def _binary(self) -> Iterator[IO[bytes]]:
        try:
            with gzip.open(self.path) if self.gzipped else self.path.open("rb") as stream:
                yield stream  # type: ignore[misc]
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(
                f"The gzip file is damaged or cut short ({error}).",
                where=str(self.path),
                hint="Fetch or compress it again; set data.compression: none if it is not gzip at all.",
            ) from error
        except OSError as error:
            raise DataError(
                f"The file cannot be read ({error.strerror}).",
                where=str(self.path),
                hint="Check that it is a file and that you may read it.",
            ) from error


def _marked_encoding(start: bytes, declared: str) -> str:
    """Return the encoding that a file's first four bytes mark, or the declared one.

    UTF-8's mark wins over all but wide encodings. UTF-16's are letters in some 8-bit encodings (the Cyrillic ones), and
    win over them only where a NUL byte follows.
    """
    marked = [name for mark, name in _MARKS if start.startswith(mark)]
    if declared.startswith(("utf-16", "utf-32")):
        return next((name for name in marked if declared.startswith(name)), declared)
    if marked and (marked[0] == "utf-8-sig" or declared in ("utf-8", "utf-8-sig") or b"\0" in start):
        return marked[0]
    return declared


def has_undecodable(*lines: str) -> bool:
    """Return whether lines hold bytes that did not fit the encoding they were read in."""
    return any(not line.isascii() and _UNDECODABLE.search(line) for line in lines)


def _known_encoding(name: str) -> str:
    try:
        codec = codecs.lookup(name)
        "".encode(name)  # a codec for something else than text (hex, zip) refuses this
    except LookupError:
        known = {alias.replace("_", "-") for alias in encodings.aliases.aliases}
        raise DataError(
            f"Got encoding {name!r}, which Python does not know as a text encoding.",
            where="data.encoding",
            hint=did_you_mean(name, known) if len(name) < 40 else None,
        ) from None
    return codec.name


def _guess(sample: bytes) -> list[str]:
    """Return the encodings that bytes may be in, the most usual first, three at the most."""
    from charset_normalizer import from_bytes

    telling = b"\n".join(line for line in sample[: 1 << 17].split(b"\n") if not line.isascii())
    matches = from_bytes(telling, cp_isolation=list(_IN_THE_WILD))
    likely = {name for match in matches for name in (match.encoding, *match.could_be_from_charset)}
    return [name.replace("_", "-") for name in _IN_THE_WILD if name in likely][:3]
