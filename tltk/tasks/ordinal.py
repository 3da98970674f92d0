"""Ordinal regression: one level of an ordered scale for each text or pair of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tltk.errors import DataError, some_of
from tltk.evaluation import Evaluation
from tltk.evaluation.median_level import median_level
from tltk.tasks.labels import are_numbers, sigmoid
from tltk.tasks.registry import register_task
from tltk.tasks.text_classification import TextClassification

if TYPE_CHECKING:
    import keras

    from tltk.data import Encoded, Rows
    from tltk.losses import LossSettings


@register_task("ordinal-regression")
class OrdinalRegression(TextClassification):
    """Gives each text, or pair of texts, a level of an ordered scale, such as one to five stars.

    The head gives a logit for each threshold between two levels: how sure it is that the text lies above it. A guess
    two levels off costs more than one level off, and predicted is the median level, which is expected to be the fewest
    levels off (see `tltk.evaluation.median_level`). Numbers have an order of their own; the order of words must be
    given, the lowest first (`task.labels: [bad, fair, good]`).

    Args:
        labels: the levels, the lowest first; when None those of the training rows, which must then be numbers.

    Example:
        >>> task = OrdinalRegression(labels=("bad", "fair", "good"))
        >>> prediction, = task.decode(np.array([[3.0, -3.0]]))
        >>> prediction["label"], round(prediction["score"], 2)
        ('fair', 0.91)
    """

    headline: ClassVar[tuple[str, ...]] = ("quadratic_kappa", "accuracy", "within_one", "mae", "f1_macro")
    # Each threshold is a yes or no of its own: Hugging Face's pipeline takes the sigmoid of each then.
    problem_type: ClassVar[str] = "multi_label_classification"

    @property
    def units(self) -> int:
        return len(self._fitted_labels) - 1

    def fit(self, rows: Rows) -> OrdinalRegression:
        """Learn the levels.

        Raises:
            DataError: they are words, whose order only `task.labels` could tell, or two of them are one number.
        """
        super().fit(rows)
        if self.labels is None:
            _check_order(self.labels_)
        return self

    @property
    def output_names(self) -> tuple[str, ...]:
        return tuple(f"above {level}" for level in self._fitted_labels[:-1])

    def class_counts(self, targets: Mapping[str, Any]) -> np.ndarray:
        return np.bincount(targets["labels"], minlength=len(self._fitted_labels))

    def loss(self, settings: LossSettings | None = None) -> keras.losses.Loss:
        from tltk.losses import OrdinalCrossEntropy

        return OrdinalCrossEntropy(settings)

    def metrics(self) -> list[keras.metrics.Metric]:
        from tltk.tasks.graph.level_probabilities import LevelAccuracy

        return [LevelAccuracy(name="accuracy")]

    def activation(self, outputs: np.ndarray) -> np.ndarray:
        """Return the probability of each level: the differences of the probabilities of lying above its thresholds.

        Probabilities of lying above are first made to fall from level to level, as they must.
        """
        above = np.minimum.accumulate(sigmoid(outputs), axis=-1)
        edge = np.ones((*above.shape[:-1], 1))
        return -np.diff(np.concatenate([edge, above, edge * 0], axis=-1), axis=-1)

    def chosen(self, probabilities: np.ndarray) -> np.ndarray:
        """Return the index of the median level of each row of probabilities."""
        return median_level(probabilities)

    def probabilities(self) -> keras.layers.Layer:
        from tltk.tasks.graph.level_probabilities import LevelProbabilities

        return LevelProbabilities(name="probabilities")

    def evaluate(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> Evaluation:
        from tltk.evaluation.ordinal import evaluate_ordinal

        return evaluate_ordinal(targets["labels"], self.activation(outputs), self._fitted_labels)


def _check_order(levels: Sequence[str]) -> None:
    """Refuse levels, sorted, that are not so many different numbers."""
    if not are_numbers(levels):
        raise DataError(
            f"The training rows have the levels {some_of([*map(repr, levels)])}, which are not all numbers; which is "
            "above which?",
            where="task.labels",
            hint="Name all levels in their order, the lowest first, such as labels: [bad, fair, good].",
        )
    for lower, upper in pairwise(levels):
        if float(lower) == float(upper):
            raise DataError(
                f"The training rows have the levels {lower!r} and {upper!r}, which are one number.",
                where="data.label",
                hint=f"Write it one way, as by data.label_names: {{{upper!r}: {lower!r}}}.",
            )
