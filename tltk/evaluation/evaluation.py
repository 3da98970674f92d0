"""The figures of one evaluation, in plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Evaluation:
    """What a model scored on one split.

    Every value is a plain Python number, string, list or dict, so that `to_dict()` is JSON.

    Args:
        metrics: figure by name; None where it is not defined on these examples.
        n: number of examples.
        notes: for each metric that is None, the reason.
        labels: label names, in the order of `per_class` and `confusion_matrix`; empty for tasks without labels.
        per_class: one dict a label: label, precision, recall, f1 (None where not defined), support.
        tables: further figures as tables for the report: dicts of title, columns (names), rows (lists of strings and
            numbers) and, if need be, a note.
        confusion_matrix: counts; row i, column j: examples of label i that were given label j.
        scatter: predicted over true numbers, for a plot: `true` and `predicted` (lists of as many numbers, at most a
            thousand) and `labels` (what each of the two is called); empty for tasks without numbers, or with several
            numbers an example.
        of_examples: whether `accuracy` is a share of the `n` examples; False where it counts parts of them.

    Example:
        >>> evaluation = Evaluation(metrics={"accuracy": 0.5, "auc": None}, n=2, notes={"auc": "One label only."})
        >>> Evaluation.from_dict(evaluation.to_dict()) == evaluation
        True
    """

    metrics: dict[str, float | None]
    n: int
    notes: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    per_class: list[dict[str, Any]] = field(default_factory=list)
    confusion_matrix: list[list[int]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    scatter: dict[str, Any] = field(default_factory=dict)
    of_examples: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Evaluation:
        """Return the evaluation that `to_dict` described; unknown keys are left out."""
        return cls(**{key: values[key] for key in cls.__dataclass_fields__ if key in values})
