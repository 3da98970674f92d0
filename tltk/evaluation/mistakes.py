"""The mistakes worth reading: those the model was surest of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tltk.data import Rows


def confident_mistakes(
    targets: np.ndarray,
    probabilities: np.ndarray,
    labels: Sequence[str],
    rows: Rows | None = None,
    *,
    predicted: np.ndarray | None = None,
    limit: int = 20,
) -> list[dict[str, Any]]:
    """Return the wrong predictions of highest probability, the surest first.

    They are the place to look for wrong labels in the data and for what the model cannot know.

    Args:
        targets: indices of the true labels, shape [examples].
        probabilities: shape [examples, labels].
        labels: their names.
        rows: the examples, for their texts and places.
        predicted: indices of the predicted labels, shape [examples]; the likeliest where None.
        limit: how many at the most.

    Returns:
        for each: `position`, `label`, `predicted`, `score` (of the predicted label) and `label_score` (of the true
        one); with `rows` also `text` (a list of two for a pair) and `where`.

    Example:
        >>> mistake, = confident_mistakes(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]), ["no", "yes"])
        >>> mistake["position"], mistake["label"], mistake["predicted"], mistake["score"]
        (1, 'yes', 'no', 0.6)
    """
    truth = np.asarray(targets)
    predicted = np.asarray(probabilities).argmax(axis=1) if predicted is None else predicted
    scores = np.take_along_axis(np.asarray(probabilities), predicted[:, None], axis=1)[:, 0]
    wrong = np.flatnonzero(predicted != truth)
    chosen = wrong[np.argsort(-scores[wrong], kind="stable")][:limit]
    mistakes: list[dict[str, Any]] = [
        {
            "position": int(position),
            "label": str(labels[truth[position]]),
            "predicted": str(labels[predicted[position]]),
            "score": float(scores[position]),
            "label_score": float(probabilities[position, truth[position]]),
        }
        for position in chosen
    ]
    return with_texts(mistakes, rows)


def with_texts(mistakes: list[dict[str, Any]], rows: Rows | None) -> list[dict[str, Any]]:
    """Return mistakes with `text` (a list of the texts where an example has several) and `where` of their rows.

    Args:
        mistakes: each with the `position` of its row.
        rows: the examples; None leaves the mistakes as they are.
    """
    if rows is None or not mistakes:
        return mistakes
    texts = rows.texts([mistake["position"] for mistake in mistakes])
    return [
        {**mistake, "text": text if isinstance(text, str) else list(text), "where": rows.where(mistake["position"])}
        for mistake, text in zip(mistakes, texts, strict=True)
    ]
