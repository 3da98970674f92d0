"""Small chunks first, and never a wait for more than has arrived."""

from __future__ import annotations

import io
import itertools
import os

import pytest

from tltk.prediction_chunks import LARGEST, arriving_lines, growing_chunks, positioned


def test_chunks_grow_and_stay_bounded() -> None:
    chunks = list(growing_chunks(range(30_000)))
    assert [len(chunk) for chunk in chunks[:5]] == [1, 0, 8, 64, 512]
    assert max(map(len, chunks)) == LARGEST
    assert list(itertools.chain.from_iterable(chunks)) == list(range(30_000))
    assert list(growing_chunks([])) == []


def test_the_second_item_is_not_read_before_the_first_can_be_answered() -> None:
    read = []

    def source():
        for number in range(3):
            read.append(number)
            yield number

    chunks = growing_chunks(source())
    assert next(chunks) == [0]
    assert next(chunks) == []
    assert read == [0]


def test_lines_come_as_they_arrive() -> None:
    reader, writer = os.pipe()
    with open(reader, encoding="utf-8") as stream:  # noqa: PTH123  (a descriptor)
        chunks = arriving_lines(stream)
        os.write(writer, b"\xef\xbb\xbfone\r\ntw")
        assert next(chunks) == ["one\n"]
        assert next(chunks) == []
        os.write(writer, b"o\nthr\xc3")
        assert next(chunks) == ["two\n"]
        assert next(chunks) == []
        os.write(writer, b"\xa9\n\n\xff\nlast")
        os.close(writer)
        assert list(itertools.chain.from_iterable(chunks)) == ["thré\n", "\n", "\udcff\n", "last"]


def test_many_lines_at_once_are_cut(tmp_path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("".join(f"{number}\n" for number in range(3 * LARGEST)))
    with path.open() as stream:
        chunks = [chunk for chunk in arriving_lines(stream) if chunk]
    assert max(map(len, chunks)) == LARGEST
    assert list(itertools.chain.from_iterable(chunks)) == [f"{number}\n" for number in range(3 * LARGEST)]


def test_a_stream_without_a_file_is_read_as_any_other() -> None:
    assert list(itertools.chain.from_iterable(arriving_lines(io.StringIO("a\nb\nc")))) == ["a\n", "b\n", "c"]


def test_a_source_that_fails_lets_what_came_before_be_answered() -> None:
    def failing():
        yield [1, 2]
        raise OSError("gone")

    chunks = positioned(failing())
    assert [next(chunks), next(chunks)] == [(0, [1, 2]), (2, [])]
    with pytest.raises(OSError, match="gone"):
        next(chunks)
