"""Multi-label classification: any number of labels for each text or pair of texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tltk.errors import DataError, Problem, RecipeError, TltkError, did_you_mean
from tltk.evaluation import Evaluation
from tltk.tasks.labels import check_labels, sigmoid, sort_labels
from tltk.tasks.options import is_number
from tltk.tasks.registry import register_task
from tltk.tasks.task import Prediction, Task

if TYPE_CHECKING:
    import keras

    from tltk.data import Encoded, LabelKind, Rows
    from tltk.losses import LossSettings

_SHOWN = 5


@register_task("multi-label-classification")
class MultiLabelClassification(Task):
    """Gives each text, or pair of texts, none, one or several labels.

    The head gives one logit a label, each a yes or no of its own. A label is given where its probability reaches its
    threshold; thresholds are chosen on the validation rows, each for its label's best F1, and are 0.5 without them.

    Args:
        labels: label names in the order of the model's outputs; when None the label columns where there are several,
            else those that the training rows have (sorted).
        separator: between labels where the label column holds text.
        threshold: one threshold for all labels, instead of chosen ones.

    Attributes:
        labels_: the label names in use, once fitted or given.
        thresholds_: the threshold of each label, once chosen.

    Example:
        >>> task = MultiLabelClassification(labels=("rude", "spam"))
        >>> prediction, = task.decode(np.array([[-2.0, 2.0]]))
        >>> prediction["labels"], round(prediction["scores"]["spam"], 3)
        (['spam'], 0.881)
    """

    takes: ClassVar[tuple[str, ...] | None] = ("rows",)
    headline: ClassVar[tuple[str, ...]] = ("f1_micro", "f1_macro", "exact_match", "map", "auc")
    problem_type: ClassVar[str] = "multi_label_classification"
    exclusive: ClassVar[bool] = False

    def __init__(
        self, labels: tuple[str, ...] | None = None, separator: str = "|", threshold: float | None = None
    ) -> None:
        super().__init__(labels)
        if not isinstance(separator, str) or not separator:
            raise RecipeError(
                f"Got {separator!r}; expected a character, or a few.",
                where="task.options.separator",
                hint='Write it in quotes, such as separator: ";".',
            )
        if threshold is not None and not (is_number(threshold) and 0 < threshold < 1):
            raise RecipeError(
                f"Got {threshold!r}; expected a number between 0 and 1.",
                where="task.options.threshold",
                hint="Leave it out to have one chosen for each label on the validation rows.",
            )
        self.separator = separator
        self.threshold = threshold
        if labels is not None:
            self.labels_ = check_labels(labels, least=1)

    def label_kind(self, data: Any) -> LabelKind:
        from tltk.data import LabelSetKind

        return LabelSetKind.of(data, separator=self.separator)

    @property
    def units(self) -> int:
        return len(self._fitted_labels)

    @property
    def thresholds(self) -> np.ndarray:
        """The threshold of each label, float64."""
        chosen = getattr(self, "thresholds_", None)
        return np.array(chosen) if chosen else np.full(self.units, self.threshold or 0.5)

    def fit(self, rows: Rows) -> MultiLabelClassification:
        if self.labels is None:
            counts = rows.label_counts()
            if not any(counts.values()):
                raise DataError(
                    "No training row has a label.",
                    where="data.label",
                    hint="Check data.label, and task.options.separator for labels in one text.",
                )
            self.labels_ = sort_labels({*counts, *rows.source.kind.vocabulary})
        return self

    def check(self, rows: Rows) -> None:
        if not set(rows.label_counts()) <= set(self._fitted_labels):
            self.targets(rows)  # which names the places

    def targets(self, rows: Rows, encoded: Encoded | None = None) -> dict[str, Any]:
        names = self._fitted_labels
        codes = {name: code for code, name in enumerate(names)}
        values = np.zeros((len(rows), len(names)), np.float32)
        problems: list[Problem] = []
        for position, labels in enumerate(rows.labels()):
            for label in labels:
                if label in codes:
                    values[position, codes[label]] = 1.0
                elif len(problems) < _SHOWN:
                    hint = did_you_mean(label, names)
                    problems.append(Problem(f"Got label {label!r}.", rows.where(position), hint))
        if problems:
            known = "task.labels" if self.labels is not None else "the training rows"
            raise DataError(
                f"Rows have labels that are not in {known}; the first {len(problems)} are shown.",
                hint="Name all labels in task.labels, or mend the rows.",
                problems=problems,
            )
        return {"labels": values}

    def class_counts(self, targets: Mapping[str, Any]) -> np.ndarray:
        return targets["labels"].sum(axis=0).astype(np.int64)

    def loss(self, settings: LossSettings | None = None) -> keras.losses.Loss:
        from tltk.losses import BinaryCrossEntropy

        return BinaryCrossEntropy(settings)

    def metrics(self) -> list[keras.metrics.Metric]:
        import keras

        # Logits above 0 are probabilities above a half.
        return [keras.metrics.BinaryAccuracy(name="label_accuracy", threshold=0.0)]

    def activation(self, outputs: np.ndarray) -> np.ndarray:
        return sigmoid(outputs)

    def probabilities(self) -> keras.layers.Layer:
        import keras

        return keras.layers.Activation("sigmoid", dtype="float32", name="probabilities")

    def decode(
        self, outputs: np.ndarray, *, rows: Rows | None = None, encoded: Encoded | None = None
    ) -> list[Prediction]:
        """Return, for each row of logits [rows, labels], `labels`, the likeliest first, and `scores` of all labels."""
        names, probabilities = self._fitted_labels, self.activation(outputs)
        given = probabilities >= self.thresholds
        order = np.argsort(-probabilities, axis=-1, kind="stable")
        return [
            {
                "labels": [names[label] for label in order[row] if given[row, label]],
                "scores": dict(zip(names, probabilities[row].tolist(), strict=True)),
            }
            for row in range(len(probabilities))
        ]

    def choose_thresholds(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> bool:
        from tltk.evaluation.multi_label import best_thresholds

        if self.threshold is not None:
            return False
        self.thresholds_ = best_thresholds(targets["labels"], self.activation(outputs)).tolist()
        return True

    def evaluate(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> Evaluation:
        from tltk.evaluation.multi_label import evaluate_multi_label

        return evaluate_multi_label(
            targets["labels"],
            self.activation(outputs),
            self._fitted_labels,
            thresholds=self.thresholds,
            origin=self._threshold_origin,
        )

    def mistakes(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
        limit: int = 20,
    ) -> list[dict[str, Any]]:
        from tltk.evaluation.multi_label import worst_sets

        return worst_sets(
            targets["labels"],
            self.activation(outputs),
            self._fitted_labels,
            thresholds=self.thresholds,
            rows=rows,
            limit=limit,
        )

    def get_config(self) -> dict[str, Any]:
        fitted = getattr(self, "labels_", None)
        return {
            **super().get_config(),
            "separator": self.separator,
            "threshold": self.threshold,
            "labels_": list(fitted) if fitted is not None else None,
            "thresholds_": getattr(self, "thresholds_", None),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> MultiLabelClassification:
        labels = tuple(config["labels"]) if config.get("labels") is not None else None
        task = cls(labels, separator=config.get("separator", "|"), threshold=config.get("threshold"))
        if config.get("labels_") is not None:
            task.labels_ = tuple(config["labels_"])
        if config.get("thresholds_") is not None:
            task.thresholds_ = list(config["thresholds_"])
        return task

    @property
    def _threshold_origin(self) -> str:
        if self.threshold is not None:
            return "the recipe says so (task.options.threshold)"
        if getattr(self, "thresholds_", None) is None:
            return "0.5, where there are no validation rows to choose by"
        return "chosen for its best F1 on the validation rows, but 0.5 where none or all of them have the label"

    @property
    def _fitted_labels(self) -> tuple[str, ...]:
        if not hasattr(self, "labels_"):
            raise TltkError("This task has not learned its labels yet.", hint="Call fit(rows), or give task.labels.")
        return self.labels_
