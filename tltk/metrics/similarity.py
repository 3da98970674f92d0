"""Figures of stacked embeddings that Keras keeps during training."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import keras
from keras import ops

from tltk.losses import stacked


class ExampleMetric(keras.metrics.Metric, ABC):
    """A figure of sums over examples, whose texts are so many consecutive rows; an example counts by its first row's
    weight.

    Args:
        texts: rows of an example.
    """

    def __init__(self, texts: int = 2, *, name: str, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.texts = int(texts)
        self._direction = "up"
        # Float64, so that what is added up over a split is exact to the digits of float32.
        self.sums = self.add_variable((self.terms,), "zeros", dtype="float64", name="sums")

    terms = 2

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        vectors = stacked.embeddings(ops.convert_to_tensor(y_pred), self.texts)
        scores, is_true = stacked.targets(ops.convert_to_tensor(y_true), self.texts)
        weights = ops.cast(is_true, "float32")
        if sample_weight is not None:
            weights = weights * ops.cast(ops.convert_to_tensor(sample_weight), "float32")[:: self.texts]
        terms = self.added(vectors, scores, is_true)
        added = [ops.sum(ops.cast(weights, "float64") * ops.cast(term, "float64")) for term in terms]
        self.sums.assign(self.sums + ops.stack(added))

    @abstractmethod
    def added(self, vectors: Any, scores: Any, is_true: Any) -> list[Any]:
        """Return what each example adds to each of the sums, `terms` arrays of shape [examples]."""

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "texts": self.texts}


class ExampleShare(ExampleMetric):
    """The share of examples that are right."""

    @abstractmethod
    def right(self, vectors: Any, is_true: Any) -> Any:
        """Return whether each example is right, bool [examples]."""

    def added(self, vectors: Any, scores: Any, is_true: Any) -> list[Any]:
        right = ops.cast(self.right(vectors, is_true), "float32")
        return [ops.ones_like(right), right]

    def result(self) -> Any:
        return ops.cast(self.sums[1] / ops.maximum(self.sums[0], 1.0), "float32")


@keras.saving.register_keras_serializable(package="tltk")
class CosinePearson(ExampleMetric):
    """Pearson's correlation of the cosine of a pair with its score, exact over the whole split.

    Embeddings are [rows, width], two consecutive rows a pair; targets are [rows, 2] (see `tltk.losses.stacked`). 0
    where cosines or scores are all equal.

    Example:
        >>> metric = CosinePearson()
        >>> pairs = keras.ops.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        >>> metric.update_state(keras.ops.array([[5.0, 1.0], [5.0, 1.0], [0.0, 1.0], [0.0, 1.0]]), pairs)
        >>> round(float(metric.result()), 4)
        1.0
    """

    terms = 6

    def __init__(self, texts: int = 2, *, name: str = "pearson", dtype: Any = None) -> None:
        super().__init__(texts, name=name, dtype=dtype)

    def added(self, vectors: Any, scores: Any, is_true: Any) -> list[Any]:
        found = ops.cast(stacked.cosine(vectors[:, 0], vectors[:, 1]), "float64")
        wanted = ops.cast(scores, "float64")
        return [ops.ones_like(found), found, wanted, found * found, wanted * wanted, found * wanted]

    def result(self) -> Any:
        count, found, wanted, squares, wanted_squares, products = (self.sums[index] for index in range(6))
        covariance = count * products - found * wanted
        variances = (count * squares - found * found) * (count * wanted_squares - wanted * wanted)
        correlation = covariance / ops.sqrt(ops.maximum(variances, 1e-30))
        return ops.cast(ops.where(variances > 1e-18, correlation, 0.0), "float32")


@keras.saving.register_keras_serializable(package="tltk")
class TripletAccuracy(ExampleShare):
    """Share of triplets whose first text is nearer, by the cosine, to the second than to the third.

    Example:
        >>> metric = TripletAccuracy()
        >>> triplet = keras.ops.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]])
        >>> metric.update_state(keras.ops.ones((3, 2)), triplet)
        >>> float(metric.result())
        1.0
    """

    def __init__(self, texts: int = 3, *, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(texts, name=name, dtype=dtype)

    def right(self, vectors: Any, is_true: Any) -> Any:
        first, like, unlike = (vectors[:, place] for place in range(3))
        return stacked.cosine(first, like) > stacked.cosine(first, unlike)


@keras.saving.register_keras_serializable(package="tltk")
class BatchAccuracy(ExampleShare):
    """Share of texts to which, among the partners in their batch, their own is nearest; smaller batches are easier.

    Example:
        >>> metric = BatchAccuracy()
        >>> pairs = keras.ops.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
        >>> metric.update_state(keras.ops.ones((4, 2)), pairs)
        >>> float(metric.result())
        1.0
    """

    def __init__(self, texts: int = 2, *, name: str = "batch_accuracy", dtype: Any = None) -> None:
        super().__init__(texts, name=name, dtype=dtype)

    def right(self, vectors: Any, is_true: Any) -> Any:
        directions = stacked.unit(vectors)
        cosines = ops.matmul(directions[:, 0], ops.transpose(directions[:, 1]))
        own = ops.sum(directions[:, 0] * directions[:, 1], axis=-1)
        # Equal texts tie with the own partner: they are not wrong. The margin is float32's.
        nearest = ops.max(ops.where(is_true[None, :], cosines, -2.0), axis=-1)
        return own >= nearest - 1e-6
