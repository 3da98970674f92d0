"""A stream of texts cut into chunks: small ones first, so that answers come at once, then larger ones."""

from __future__ import annotations

import codecs
import io
import itertools
import os
import select
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, TypeVar

T = TypeVar("T")

LARGEST = 8192
"""Items in a chunk at the most: enough to be sorted by length with little padding, few enough to hold."""

_GROWTH = 8
_READ_BYTES = 1 << 16


def growing_chunks(items: Iterable[T], *, first: int = 1) -> Iterator[list[T]]:
    """Yield lists of `first` items, then of ever more, up to `LARGEST`.

    An empty list stands after the first one: "answer what you have before I read on", so that a source which waits for
    the first answer is not kept waiting.

    Example:
        >>> [len(chunk) for chunk in growing_chunks(range(100))]
        [1, 0, 8, 64, 27]
    """
    remaining, size = iter(items), first
    while chunk := list(itertools.islice(remaining, size)):
        yield chunk
        if size == 1:
            yield []
        size = min(size * _GROWTH, LARGEST)


def arriving_lines(stream: IO[str]) -> Iterator[list[str]]:
    """Yield the lines of a pipe, terminal or file as they arrive: all that are there, at least one, up to `LARGEST`.

    Whenever no more are there yet, an empty list is yielded before they are waited for. Lines keep their line breaks,
    as plain newlines; bytes that are no UTF-8 come out as surrogates.

    Args:
        stream: a text stream on a file of the operating system; of any other the lines come as `growing_chunks` cuts
            them.
    """
    try:
        descriptor = stream.fileno()
        _ready(descriptor)
    except (OSError, ValueError):  # no real file, or one that this system cannot poll
        yield from growing_chunks(stream)
        return
    yield from _in_chunks(_lines(descriptor), lambda: _ready(descriptor))


def _lines(descriptor: int) -> Iterator[list[str]]:
    """Yield the whole lines of each piece that was read."""
    bytes_decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="surrogateescape")
    decoder = io.IncrementalNewlineDecoder(bytes_decoder, translate=True)
    rest = ""
    while piece := os.read(descriptor, _READ_BYTES):
        *lines, rest = (rest + decoder.decode(piece)).split("\n")
        yield [line + "\n" for line in lines]
    rest += decoder.decode(b"", final=True)
    *lines, rest = rest.split("\n")
    yield [*(line + "\n" for line in lines), *([rest] if rest else [])]


def _in_chunks(pieces: Iterator[list[str]], ready: Callable[[], bool]) -> Iterator[list[str]]:
    gathered: list[str] = []
    for piece in pieces:
        gathered += piece
        while len(gathered) >= LARGEST:
            yield gathered[:LARGEST]
            gathered = gathered[LARGEST:]
        if not ready():
            if gathered:
                yield gathered
            yield []
            gathered = []
    if gathered:
        yield gathered


def _ready(descriptor: int) -> bool:
    """Tell whether reading would give something (or the end) at once."""
    return bool(select.select([descriptor], [], [], 0)[0])


def positioned(chunks: Iterable[list[Any]]) -> Iterator[tuple[int, list[Any]]]:
    """Yield each chunk with the position of its first item in the stream.

    Where the source fails, an empty chunk comes before the error, so that what was read before it is answered.
    """
    position = 0
    remaining = iter(chunks)
    while True:
        try:
            chunk = next(remaining)
        except StopIteration:
            return
        except Exception:
            yield position, []
            raise
        yield position, chunk
        position += len(chunk)
