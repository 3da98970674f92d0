"""Rows of a job as `tf.data`, for the Keras peers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from benchmarks.batches import all_batches, in_order, padded
from benchmarks.job import Job
from benchmarks.rows import read_rows


class KerasRows:
    """Tokenised rows, dealt out in batches grouped by length and padded to the longest row of each.

    Args:
        job: the job.
        tokenizer: of the checkpoint.
        ids: the model's name for token ids.
        mask: for the attention mask.
        types: for segment ids.
    """

    def __init__(self, job: Job, tokenizer: Any, *, ids: str, mask: str, types: str) -> None:
        self.job, self.tokenizer = job, tokenizer
        self.names = (ids, mask, types)
        self.ids, self.labels = self._encode(job.train)
        lengths = [len(row) for row in self.ids]
        self.batches = all_batches(lengths, job.batch_size, seed=job.seed, epochs=job.epochs)
        self.steps = len(self.batches) // job.epochs
        self.rows_by_step = [len(batch) for batch in self.batches]
        self.tokens_by_step = [sum(lengths[row] for row in batch) for batch in self.batches]

    def training(self) -> tf.data.Dataset:
        """Return the batches of all epochs: (inputs, labels)."""
        spec = tf.TensorSpec([None, None], tf.int32)
        signature = (dict.fromkeys(self.names, spec), tf.TensorSpec([None], tf.int32))
        return tf.data.Dataset.from_generator(self._training, output_signature=signature).prefetch(8)

    def accuracy(self, logits: Callable[[Any], np.ndarray]) -> float:
        """Return the accuracy on the job's dev rows."""
        ids, labels = self._encode(str(self.job.dev))
        right = 0
        for batch in in_order([len(row) for row in ids], 64):
            given = self._inputs([ids[row] for row in batch])
            right += int((np.argmax(logits(given), axis=-1) == labels[batch]).sum())
        return right / len(labels)

    def _training(self) -> Iterator[tuple[Any, np.ndarray]]:
        for batch in self.batches:
            yield self._inputs([self.ids[row] for row in batch]), self.labels[batch]

    def _inputs(self, rows: list[list[int]]) -> dict[str, np.ndarray]:
        ids, mask = padded(rows)
        return dict(zip(self.names, (ids, mask, np.zeros_like(ids)), strict=True))

    def _encode(self, path: str) -> tuple[list[list[int]], np.ndarray]:
        texts, labels = read_rows(path)
        ids = self.tokenizer(texts, truncation=True, max_length=self.job.max_length)["input_ids"]
        return ids, np.array(labels, np.int32)
