"""Keras metrics of tags, for training: figures of single tokens and of entities, of the whole split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


def best_tags(outputs: Any) -> Any:
    """Return the tag of each token, int32 [rows, length]: the largest logit, or the best path through CRF edges."""
    if len(outputs.shape) == 4:
        from tltk.losses.chain import viterbi

        return viterbi(outputs)
    return ops.cast(ops.argmax(outputs, axis=-1), "int32")


@keras.saving.register_keras_serializable(package="tltk")
class TokenAccuracy(keras.metrics.Mean):
    """The share of labelled tokens whose tag is right; labels are integers [rows, length], -1 where there is none.

    Example:
        >>> metric = TokenAccuracy()
        >>> metric.update_state(keras.ops.array([[0, 1, -1]]), keras.ops.array([[[1.0, 0], [1, 0], [1, 0]]]))
        >>> float(metric.result())
        0.5
    """

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self._direction = "up"

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        labels = ops.cast(y_true, "int32")
        right = ops.cast(ops.equal(labels, best_tags(y_pred)), "float32")
        super().update_state(right, sample_weight=_weights(labels, sample_weight))

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}


@keras.saving.register_keras_serializable(package="tltk")
class EntityF1(keras.metrics.Metric):
    """F1 over all entities of a split: those whose labelled tokens and type are right, as conlleval counts them.

    Only labelled tokens count, as if the others were not there. Each row is a text by itself, so that an entity in the
    overlap of two windows counts twice, and one at a seam by its parts; evaluation puts windows together first.

    Args:
        prefixes: prefix of each tag: B, I, E, S or O.
        types: number of each tag's type, -1 for O.

    Example:
        >>> metric = EntityF1(["O", "B", "I"], [-1, 0, 0])
        >>> logits = keras.ops.one_hot(keras.ops.array([[1, 2, 0, 1]]), 3)
        >>> metric.update_state(keras.ops.array([[1, 2, 0, 0]]), logits)
        >>> round(float(metric.result()), 4)
        0.6667
    """

    def __init__(
        self, prefixes: Sequence[str], types: Sequence[int], name: str = "entity_f1", dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.prefixes, self.types = list(prefixes), list(types)
        self._direction = "up"
        self.right = self.add_weight(name="right", initializer="zeros")
        self.true = self.add_weight(name="true", initializer="zeros")
        self.found = self.add_weight(name="found", initializer="zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        labels = ops.cast(y_true, "int32")
        weights = _weights(labels, sample_weight)
        there = weights > 0
        # Labelled tokens to the front, in order, so that neighbours are neighbours.
        length = ops.shape(labels)[1]
        place = ops.arange(length, dtype="int32")
        order = ops.argsort(ops.where(there, place, place + length), axis=-1)
        there = ops.take_along_axis(there, order, axis=-1)
        true, found = (
            self._chunks(ops.take_along_axis(tags, order, axis=-1), there)
            for tags in (ops.maximum(labels, 0), best_tags(y_pred))
        )
        same = true[0] & found[0] & ops.equal(true[1], found[1]) & ops.equal(true[2], found[2])
        self.right.assign_add(_count(same))
        self.true.assign_add(_count(true[0]))
        self.found.assign_add(_count(found[0]))

    def result(self) -> Any:
        return 2 * self.right / ops.maximum(self.true + self.found, 1)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "prefixes": self.prefixes, "types": self.types}

    def _chunks(self, tags: Any, there: Any) -> tuple[Any, Any, Any]:
        """Return where an entity begins, its type, and the last position of the entity that begins there."""
        opens = ops.take(ops.convert_to_tensor([prefix in "BS" for prefix in self.prefixes]), tags)
        closes = ops.take(ops.convert_to_tensor([prefix in "ES" for prefix in self.prefixes]), tags)
        types = ops.where(there, ops.take(ops.convert_to_tensor(self.types, dtype="int32"), tags), -1)
        before = ops.pad(types[:, :-1], ((0, 0), (1, 0)), constant_values=-1)
        closed = ops.pad(closes[:, :-1], ((0, 0), (1, 0)), constant_values=False)
        begins = (types >= 0) & (opens | closed | ops.not_equal(types, before))
        after = ops.pad(types[:, 1:], ((0, 0), (0, 1)), constant_values=-1)
        new = ops.pad(begins[:, 1:], ((0, 0), (0, 1)), constant_values=True)
        ends = (types >= 0) & ((after < 0) | new)
        place = ops.arange(ops.shape(tags)[1], dtype="int32")
        behind = ends[:, None, :] & (place[None, None, :] >= place[None, :, None])
        last = ops.min(ops.where(behind, place, ops.shape(tags)[1]), axis=-1)
        return begins, types, last


def _weights(labels: Any, sample_weight: Any) -> Any:
    """Return 1 for labelled tokens of rows that count, float32 of the labels' shape."""
    weights = ops.cast(labels >= 0, "float32")
    if sample_weight is None:
        return weights
    return weights * ops.cast(ops.reshape(ops.convert_to_tensor(sample_weight) > 0, (-1, 1)), "float32")


def _count(truth: Any) -> Any:
    return ops.sum(ops.cast(truth, "float32"))
