"""Texts with partners, learned by finding them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tltk.evaluation import Evaluation
from tltk.tasks.objectives.objective import Objective

if TYPE_CHECKING:
    import keras

    from tltk.data import Rows
    from tltk.losses import LossSettings


class MultipleNegatives(Objective):
    """Texts with partners; those of the other examples in the batch are wrong."""

    name = "multiple-negatives"
    columns = "a text, its partner, and maybe one that is none"
    takes = ("scale",)
    most_texts = 3
    compares_examples = True

    def loss(self, settings: LossSettings | None, texts: int) -> keras.losses.Loss:
        from tltk.losses import MultipleNegativesRanking

        return MultipleNegativesRanking(settings, texts=texts, scale=self.options["scale"])

    def metrics(self, texts: int) -> list[keras.metrics.Metric]:
        from tltk.metrics.similarity import BatchAccuracy

        return [BatchAccuracy(texts)]

    def evaluate(self, labels: np.ndarray, vectors: np.ndarray, scores: np.ndarray, rows: Rows | None) -> Evaluation:
        from tltk.evaluation import evaluate_retrieval

        return evaluate_retrieval(vectors, labels[:, 0].reshape(vectors.shape[:2]))

    def mistakes(self, vectors: np.ndarray, scores: np.ndarray, rows: Rows | None, limit: int) -> list[dict[str, Any]]:
        from tltk.evaluation.retrieval import rank_losers, text_keys

        keys = text_keys(vectors.shape[:2], rows.texts() if rows is not None else None)
        return rank_losers(vectors, keys, rows=rows, limit=limit)
