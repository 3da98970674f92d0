"""Text classification: one label for each text or pair of texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tltk.errors import TltkError
from tltk.evaluation import Evaluation
from tltk.tasks.labels import check_labels, encode_labels, learn_labels, softmax
from tltk.tasks.registry import register_task
from tltk.tasks.task import Prediction, Task

if TYPE_CHECKING:
    import keras

    from tltk.data import Encoded, Rows
    from tltk.losses import LossSettings


@register_task("text-classification")
class TextClassification(Task):
    """Gives each text, or pair of texts, one label.

    The head gives one logit a label; softmax makes probabilities of them. Learned labels are sorted, as numbers
    where all of them are numbers.

    Args:
        labels: label names in the order of the model's outputs; learned from the training rows when None.

    Attributes:
        labels_: the label names in use, once fitted or given.

    Example:
        >>> task = TextClassification(labels=("negative", "positive"))
        >>> prediction, = task.decode(np.array([[0.0, 2.0]]))
        >>> prediction["label"], round(prediction["score"], 3)
        ('positive', 0.881)
    """

    takes: ClassVar[tuple[str, ...] | None] = ("rows",)
    headline: ClassVar[tuple[str, ...]] = ("accuracy", "f1_macro", "f1_weighted", "auc", "log_loss")

    def __init__(self, labels: tuple[str, ...] | None = None) -> None:
        super().__init__(labels)
        if labels is not None:
            self.labels_ = check_labels(labels)

    @property
    def units(self) -> int:
        return len(self._fitted_labels)

    def fit(self, rows: Rows) -> TextClassification:
        if self.labels is None:
            self.labels_ = learn_labels(rows)
        else:
            encode_labels(rows, self.labels_, given=True)
        return self

    def check(self, rows: Rows) -> None:
        encode_labels(rows, self._fitted_labels, given=self.labels is not None)

    def targets(self, rows: Rows, encoded: Encoded | None = None) -> dict[str, Any]:
        return {"labels": encode_labels(rows, self._fitted_labels, given=self.labels is not None)}

    def class_counts(self, targets: Mapping[str, Any]) -> np.ndarray:
        return np.bincount(targets["labels"], minlength=self.units)

    def loss(self, settings: LossSettings | None = None) -> keras.losses.Loss:
        from tltk.losses import CrossEntropy

        return CrossEntropy(settings)

    def metrics(self) -> list[keras.metrics.Metric]:
        import keras

        return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]

    def activation(self, outputs: np.ndarray) -> np.ndarray:
        return softmax(outputs)

    def probabilities(self) -> keras.layers.Layer:
        import keras

        return keras.layers.Softmax(dtype="float32", name="probabilities")

    def decode(
        self, outputs: np.ndarray, *, rows: Rows | None = None, encoded: Encoded | None = None
    ) -> list[Prediction]:
        """Return, for each row of logits [rows, labels], `label`, its `score`, and `scores` of all labels."""
        labels = self._fitted_labels
        probabilities = self.activation(outputs)
        return [
            {"label": labels[index], "score": scores[index], "scores": dict(zip(labels, scores, strict=True))}
            for index, scores in zip(self.chosen(probabilities).tolist(), probabilities.tolist(), strict=True)
        ]

    def chosen(self, probabilities: np.ndarray) -> np.ndarray:
        """Return the index of the label that each row of probabilities [rows, labels] speaks for: the likeliest."""
        return probabilities.argmax(axis=-1)

    def evaluate(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> Evaluation:
        from tltk.evaluation import evaluate_classification  # brings scikit-learn, which predicting does not need

        return evaluate_classification(targets["labels"], self.activation(outputs), self._fitted_labels)

    def mistakes(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
        limit: int = 20,
    ) -> list[dict[str, Any]]:
        from tltk.evaluation import confident_mistakes

        probabilities = self.activation(outputs)
        return confident_mistakes(
            targets["labels"],
            probabilities,
            self._fitted_labels,
            rows=rows,
            predicted=self.chosen(probabilities),
            limit=limit,
        )

    def get_config(self) -> dict[str, Any]:
        fitted = getattr(self, "labels_", None)
        return {**super().get_config(), "labels_": list(fitted) if fitted is not None else None}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> TextClassification:
        task = cls(labels=tuple(config["labels"]) if config.get("labels") is not None else None)
        if config.get("labels_") is not None:
            task.labels_ = check_labels(tuple(config["labels_"]))
        return task

    @property
    def _fitted_labels(self) -> tuple[str, ...]:
        if not hasattr(self, "labels_"):
            raise TltkError("This task has not learned its labels yet.", hint="Call fit(rows), or give task.labels.")
        return self.labels_
