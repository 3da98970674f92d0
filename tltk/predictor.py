"""Texts in, predictions out, at a steady rate and in constant memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from tltk.data import Batching, Encoded, Plan, Rows, Source, TextEncoder, TokenChunk, iterate_batches
from tltk.data.kinds.lists import plain
from tltk.data.kinds.marks import MARKS
from tltk.data.memory_table import pieces, table_of
from tltk.data.reader import closest, require_columns
from tltk.engines import Engine
from tltk.errors import DataError
from tltk.outputs import RowOutputs, TokenOutputs
from tltk.prediction_chunks import LARGEST, growing_chunks, positioned
from tltk.tasks import Task

if TYPE_CHECKING:
    from tltk.evaluation import Evaluation

TOKENS_PER_ROW = 16
"""Tokens that a row of a batch may have: `batch_size` rows of this length; longer rows come fewer at a time."""

_WORDS = "__words__"
# Halves of characters, which Python's strings may hold and UTF-8 has no form for.
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Chunk(NamedTuple):
    """Texts of a chunk, a tuple of one or two each; where the words of those stand that came in words; and tokens."""

    rows: list[tuple[str, ...]]
    words: list[list[dict[str, int]] | None]
    encoded: Encoded


class Predictor:
    """Runs a trained model over texts or encoded rows.

    Args:
        engine: what computes raw outputs of token ids.
        task: the fitted task that reads the raw outputs.
        tokenizer: a Hugging Face fast tokenizer, or what stands for one (`tltk.data.FileTokenizer`).
        text_columns: names of the text column, or of the two of a pair.
        max_length: longest input in tokens.
        batch_size: rows of 16 tokens in one forward pass; longer rows come fewer, shorter ones more at a time.

    Example:
        >>> predictor = tltk.load("runs/quickstart").predictor  # doctest: +SKIP
        >>> predictor.predict("A quiet masterpiece.")["label"]  # doctest: +SKIP
        'positive'
    """

    def __init__(
        self,
        engine: Engine,
        task: Task,
        tokenizer: Any,
        *,
        text_columns: Sequence[str],
        max_length: int,
        batch_size: int = 64,
    ) -> None:
        self.engine = engine
        self.task = task
        self.tokenizer = tokenizer
        self.text_columns = tuple(text_columns)
        self.max_length = max_length
        self.batch_size = batch_size
        self.text_encoder = TextEncoder(
            tokenizer, texts=len(self.text_columns), max_length=max_length, layout=task.layout
        )

    def predict(self, texts: Any) -> Any:
        """Predict one text, many, or a stream.

        Args:
            texts: one text (a string, or a tuple or mapping for a pair); a sequence of them; a table (DataFrame or
                Arrow), of which the text column(s) are taken; or any other iterable, which is then consumed lazily.

        Returns:
            One prediction, a list, or an iterator, as what was given. For classification a prediction is
            `{"text": ..., "label": ..., "score": ..., "scores": {label: probability}}`.

        Raises:
            DataError: an item is not a text, or a table lacks a text column.
        """
        if is_one(texts, len(self.text_columns)):
            return self._answers(self._prepared([texts], 0))[0]
        items = self.items(texts)
        is_whole = isinstance(texts, Sequence) or any(hasattr(texts, name) for name in ("columns", "__array__"))
        if is_whole or hasattr(texts, "to_pylist"):
            return list(self.stream_chunks(growing_chunks(items, first=LARGEST)))
        return self.stream(items)

    def items(self, texts: Any) -> Iterable[Any]:
        """Return the items of a list, a column, a table (row by row) or any other iterable, which is not read yet.

        Raises:
            DataError: it is none of these, or a table lacks a text column.
        """
        if hasattr(texts, "columns"):
            return self._rows_of(texts)
        if hasattr(texts, "to_pylist"):
            return texts.to_pylist()
        # An array of no dimensions holds one thing, and cannot be gone through.
        is_scalar = getattr(texts, "ndim", 1) == 0
        if is_scalar or isinstance(texts, Mapping) or not (isinstance(texts, Iterable) or hasattr(texts, "__array__")):
            raise DataError(
                f"Got {type(texts).__name__} for texts.", hint="Give a text, a list of texts, or an iterable of texts."
            )
        return texts

    def stream(self, texts: Iterable[Any]) -> Iterator[dict[str, Any]]:
        """Yield one prediction a text, in order, holding no more than two chunks in memory.

        The first answer comes when the first text has been read. Later texts are taken a chunk ahead, in this thread;
        they are tokenised in another one while the model computes.
        """
        return self.stream_chunks(growing_chunks(texts))

    def stream_chunks(self, chunks: Iterable[list[Any]]) -> Iterator[dict[str, Any]]:
        """Yield one prediction a text of each chunk, in order.

        Args:
            chunks: lists of texts; an empty one asks for the answers to all that came before it is gone on.
        """
        for chunk in self._ahead(chunks):
            yield from self._answers(chunk)

    def raw_chunks(self, chunks: Iterable[list[Any]]) -> Iterator[tuple[list[tuple[str, ...]], np.ndarray]]:
        """Yield the texts of each chunk that is not empty and their raw outputs (see `raw`), in order."""
        for chunk in self._ahead(chunks):
            yield chunk.rows, self.raw(chunk.encoded)

    def _ahead(self, chunks: Iterable[list[Any]]) -> Iterator[_Chunk]:
        """Yield each chunk tokenised; the next one is being tokenised while the caller computes."""
        with ThreadPoolExecutor(1, thread_name_prefix="tltk-tokenise") as worker:
            waiting: Future[_Chunk] | None = None
            for position, chunk in positioned(chunks):
                coming = worker.submit(self._prepared, chunk, position) if chunk else None
                if waiting is not None:
                    yield waiting.result()
                waiting = coming
            if waiting is not None:
                yield waiting.result()

    def raw(self, encoded: Encoded) -> np.ndarray:
        """Return the model's raw outputs, float32, in the order of the encoded rows.

        Of shape [rows, ...]; of a task that is `token_level` [tokens, ...], the tokens of all rows end to end.
        """
        if len(encoded) == 0:
            return np.zeros((0, self.task.units or 0), np.float32)
        plan = Plan(encoded.lengths, self._batching)
        batches = (inputs for _, inputs in iterate_batches(encoded, plan))
        gather = TokenOutputs(encoded.lengths) if self.task.token_level else RowOutputs(len(encoded))
        for step, batch in enumerate(self.engine.map(batches)):
            gather.put(plan.batch(0, step).indices, batch)
        return gather.outputs

    def evaluate(self, rows: Rows) -> Evaluation:
        """Score the model on labelled rows, whose text columns may have other names than those of the training.

        Raises:
            DataError: there are more or fewer text columns, or a label is unknown to the model.
        """
        columns = rows.source.text
        if len(columns) != len(self.text_columns):
            raise DataError(
                f"Got {len(columns)} text column(s) ({', '.join(columns)}); the model takes {len(self.text_columns)}.",
                where="data.text",
                hint="Name as many as it was trained on (--text, twice for a pair).",
            )
        encoded = self.text_encoder.gather(self._chunks(rows))
        targets = self.task.targets(rows, encoded)
        return self.task.evaluate(targets, self.raw(encoded), rows=rows, encoded=encoded)

    def _chunks(self, rows: Rows) -> Iterator[TokenChunk]:
        first = 0
        for batch in rows.batches(rows.source.text):
            yield from self.text_encoder.chunks(batch, rows.source.text, where=_shifted(rows.where, first))
            first += batch.num_rows

    @property
    def _batching(self) -> Batching:
        """Rows of like length, and about the same number of tokens in every batch: what fits the processor's caches.

        Nothing is compiled for a shape here, so that no length is rounded up.
        """
        tokens = max(self.batch_size * TOKENS_PER_ROW, self.max_length)
        return Batching(tokens_per_batch=tokens, bucket=1, max_length=self.max_length, shuffle=False)

    def _prepared(self, chunk: Sequence[Any], position: int) -> _Chunk:
        """Check and tokenise one chunk, whose first item is number `position` of the stream."""
        fields = [self.fields(item, position + offset) for offset, item in enumerate(chunk)]
        rows = [row for row, _ in fields]
        single = len(self.text_columns) == 1
        texts: list[Any] = [row[0] for row in rows] if single else rows
        encoded = self.text_encoder.encode(texts, where=lambda number: f"item {position + number}")
        return _Chunk(rows, [words for _, words in fields], encoded)

    def _answers(self, chunk: _Chunk) -> list[dict[str, Any]]:
        columns = zip(self.text_columns, zip(*chunk.rows, strict=True), strict=True)
        table = pa.table({name: _string_array(texts) for name, texts in columns})
        source = Source("input", table, self.text_columns, None, fingerprint="")
        if any(words is not None for words in chunk.words):
            source = replace(source, table=table.append_column(_WORDS, pa.array(chunk.words, MARKS)), label=_WORDS)
        predictions = self.task.decode(self.raw(chunk.encoded), rows=Rows(source), encoded=chunk.encoded)
        texts = (row[0] if len(row) == 1 else list(row) for row in chunk.rows)
        return [{"text": text, **made} for text, made in zip(texts, predictions, strict=True)]

    def _rows_of(self, table: Any) -> Iterator[Any]:
        """Return the texts of a pandas, polars or Arrow table, row by row: as they are of one column, else tuples."""
        given = table_of(table, self.text_columns, (), where="texts")
        advice = f"{closest(self.text_columns, given.column_names)} Rename the column, or give the texts alone."
        require_columns(self.text_columns, given.column_names, where="texts", hint=advice.lstrip())
        return _rows(columns for _, columns in pieces(given, self.text_columns, LARGEST))

    def fields(self, item: Any, position: int) -> tuple[tuple[str, ...], list[dict[str, int]] | None]:
        """Return the texts of an item, and where the words of its text stand where it came in words."""
        columns, words = self.text_columns, None
        if isinstance(item, Mapping):
            fields = tuple(item.get(name) for name in columns)
        else:
            fields = tuple(item) if isinstance(item, tuple | list) and not self.task.takes_words else (item,)
        if self.task.takes_words and isinstance(given := plain(fields[0]), tuple | list):
            text, words = self.task.join_words(given, where=f"item {position}")
            fields = (text,)
        if len(fields) != len(columns) or not all(isinstance(field, str) for field in fields):
            expected = "a string" if len(columns) == 1 else f"{len(columns)} strings ({', '.join(columns)})"
            raise DataError(
                f"Got {item!r:.80}; expected {expected}.",
                where=f"item {position}",
                hint="Give many as a list with one mapping each, or as a table (DataFrame)."
                if isinstance(item, Mapping) and all(isinstance(plain(field), list | tuple) for field in fields)
                else "Leave it out, or put text in its place.",
            )
        if any(_SURROGATE.search(str(field)) for field in fields):
            raise DataError(
                f"Got {item!r:.80}, which is not Unicode text.",
                where=f"item {position}",
                hint="Read it in the encoding it was written in, or leave out the halves of characters.",
            )
        return fields, words  # type: ignore[return-value]


def _rows(parts: Iterable[Sequence[Any]]) -> Iterator[Any]:
    """Yield the values of a single column, or those of each row of several as a tuple, from pieces of the columns."""
    for columns in parts:
        listed = [column.to_pylist() if isinstance(column, pa.Array) else column for column in columns]
        yield from listed[0] if len(listed) == 1 else zip(*listed, strict=True)


def _shifted(where: Callable[[int], str], first: int) -> Callable[[int], str]:
    return lambda number: where(first + number)


def is_one(texts: Any, text_columns: int) -> bool:
    """Tell one text from many: a string, a mapping of columns, or for pair tasks a tuple of strings."""
    if isinstance(texts, str | Mapping):
        return True
    return text_columns > 1 and isinstance(texts, tuple) and all(isinstance(part, str) for part in texts)


def _string_array(texts: Sequence[str]) -> pa.Array:
    """Return texts as an Arrow array; `pa.array` would import pandas first."""
    encoded = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    return pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))
