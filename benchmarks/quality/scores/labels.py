"""Figures of labels, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.quality.rows.texts import LabelledText


def score_labels(
    rows: Sequence[LabelledText], predicted: Sequence[str], *, positive: str | None = None
) -> dict[str, float]:
    """Return `accuracy`, `f1_macro` and, of the label that `positive` names, `f1`."""
    from sklearn.metrics import accuracy_score, f1_score

    true = [row.label for row in rows]
    labels = sorted(set(true))
    figures = {
        "accuracy": float(accuracy_score(true, predicted)),
        "f1_macro": float(f1_score(true, predicted, labels=labels, average="macro", zero_division=0)),
    }
    if positive is not None:
        figures["f1"] = float(f1_score(true, predicted, labels=[positive], average="macro", zero_division=0))
    return figures
