"""Texts in, predictions out, at a steady rate and in constant memory."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tltk.data import Batching, Encoded, Plan, Rows, Source, encode, iterate_batches
from tltk.errors import DataError, did_you_mean
from tltk.tasks import Task

CHUNK_ROWS = 4096

# Halves of characters, which Python's strings may hold and UTF-8 has no form for.
_SURROGATE = re.compile("[\ud800-\udfff]")


class Predictor:
    """Runs a trained model over texts or encoded rows.

    Args:
        model: Keras model from token ids to raw outputs, computing in float32.
        task: the fitted task that reads the raw outputs.
        tokenizer: the backbone's tokenizer.
        text_columns: names of the text column, or of the two of a pair.
        max_length: longest input in tokens.
        batch_size: rows in one forward pass.

    Example:
        >>> predictor = tltk.load("runs/quickstart").predictor  # doctest: +SKIP
        >>> predictor.predict("A quiet masterpiece.")["label"]  # doctest: +SKIP
        'positive'
    """

    def __init__(
        self,
        model: Any,
        task: Task,
        tokenizer: Any,
        *,
        text_columns: Sequence[str],
        max_length: int,
        batch_size: int = 64,
    ) -> None:
        self.model = model
        self.task = task
        self.tokenizer = tokenizer
        self.text_columns = tuple(text_columns)
        self.max_length = max_length
        self.batch_size = batch_size
        self._forward = forward_function(model)

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
            return next(self.stream([texts]))
        if hasattr(texts, "columns"):
            return list(self.stream(self._rows_of(texts)))
        if isinstance(texts, Sequence) or hasattr(texts, "__array__") or hasattr(texts, "to_pylist"):
            return list(self.stream(texts.to_pylist() if hasattr(texts, "to_pylist") else texts))
        if isinstance(texts, Iterable):
            return self.stream(texts)
        raise DataError(
            f"Got {type(texts).__name__} to predict.", hint="Give a text, a list of texts, or an iterable of texts."
        )

    def stream(self, texts: Iterable[Any]) -> Iterator[dict[str, Any]]:
        """Yield one prediction a text, in order, holding no more than a chunk in memory."""
        position = 0
        remaining = iter(texts)
        while chunk := list(itertools.islice(remaining, CHUNK_ROWS)):
            source = Source("input", self._table(chunk, position), self.text_columns, None, fingerprint="")
            encoded = self.encode(source.table)
            predictions = self.task.decode(self.raw(encoded), rows=Rows(source), encoded=encoded)
            for text, prediction in zip(Rows(source).texts(), predictions, strict=True):
                yield {"text": list(text) if isinstance(text, tuple) else text, **prediction}
            position += len(chunk)

    def encode(self, table: pa.Table) -> Encoded:
        """Tokenise the task's text columns of a table in memory."""
        return encode(
            table,
            self.tokenizer,
            text_columns=self.text_columns,
            max_length=self.max_length,
            cache=None,
            fingerprint=None,
            progress=False,
        )

    def raw(self, encoded: Encoded) -> np.ndarray:
        """Return the model's raw outputs (float32, `[examples, units]`) in the order of the encoded rows."""
        if len(encoded) == 0:
            return np.zeros((0, self.task.units), np.float32)
        batching = Batching(batch_size=self.batch_size, max_length=self.max_length, shuffle=False)
        plan = Plan(encoded.lengths, batching)
        outputs: np.ndarray | None = None
        for planned, inputs in iterate_batches(encoded, plan):
            batch = self._forward(inputs).numpy()
            if outputs is None:
                outputs = np.empty((len(encoded), *batch.shape[1:]), np.float32)
            kept = planned.indices >= 0
            outputs[planned.indices[kept]] = batch[kept]
        assert outputs is not None
        return outputs

    def _rows_of(self, table: Any) -> Iterator[Any]:
        """Return the texts of a pandas, polars or Arrow table, row by row."""
        known = [str(name) for name in getattr(table, "column_names", table.columns)]
        absent = [name for name in self.text_columns if name not in known]
        if absent:
            raise DataError(
                f"There is no column {absent[0]!r}; the columns are {', '.join(map(repr, known))}.",
                hint=f"{did_you_mean(absent[0], known)} Rename the column, or give the texts alone.",
            )
        columns = [table[name] for name in self.text_columns]
        return zip(*(column.to_pylist() if hasattr(column, "to_pylist") else column for column in columns), strict=True)

    def _table(self, chunk: Sequence[Any], position: int) -> pa.Table:
        columns = self.text_columns
        values: dict[str, list[str]] = {name: [] for name in columns}
        for offset, item in enumerate(chunk):
            for name, text in zip(columns, self._fields(item, position + offset), strict=True):
                values[name].append(text)
        return pa.table({name: pa.array(texts, pa.string()) for name, texts in values.items()})

    def _fields(self, item: Any, position: int) -> tuple[str, ...]:
        columns = self.text_columns
        if isinstance(item, Mapping):
            fields = tuple(item.get(name) for name in columns)
        else:
            fields = tuple(item) if isinstance(item, tuple | list) else (item,)
        if len(fields) != len(columns) or not all(isinstance(field, str) for field in fields):
            expected = "a string" if len(columns) == 1 else f"{len(columns)} strings ({', '.join(columns)})"
            raise DataError(f"Got {item!r:.80}; expected {expected}.", where=f"item {position}")
        if any(_SURROGATE.search(str(field)) for field in fields):
            raise DataError(f"Got {item!r:.80}, which is not Unicode text.", where=f"item {position}")
        return fields  # type: ignore[return-value]


def is_one(texts: Any, text_columns: int) -> bool:
    """Tell one text from many: a string, a mapping of columns, or for pair tasks a tuple of strings."""
    if isinstance(texts, str | Mapping):
        return True
    return text_columns > 1 and isinstance(texts, tuple) and all(isinstance(part, str) for part in texts)


def forward_function(model: Any) -> Any:
    """Return the model's inference pass as one traced graph for every batch size and length.

    A mapping of int32 `[batch, length]` inputs goes in, raw outputs come out. Exports start from the same function.
    """
    import tensorflow as tf

    signature = {
        tensor.name.split(":")[0]: tf.TensorSpec([None, None], tf.int32, name=tensor.name.split(":")[0])
        for tensor in model.inputs
    }

    @tf.function(input_signature=[signature], autograph=False)
    def forward(inputs: dict[str, Any]) -> Any:
        return model(inputs, training=False)

    return forward
