"""Pairs with scores, learned by their cosines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tltk.evaluation import Evaluation
from tltk.tasks.objectives.objective import Objective

if TYPE_CHECKING:
    import keras

    from tltk.data import Rows
    from tltk.losses import LossSettings


class Cosine(Objective):
    """Pairs with scores, by the squared error of the cosine."""

    name = "cosine"
    columns = "the two texts of a pair"
    takes: ClassVar[tuple[str, ...]] = ("range",)
    takes_scores = True

    def loss(self, settings: LossSettings | None, texts: int) -> keras.losses.Loss:
        from tltk.losses import CosineSquaredError

        return CosineSquaredError(settings)

    def metrics(self, texts: int) -> list[keras.metrics.Metric]:
        from tltk.metrics.similarity import CosinePearson

        return [CosinePearson()]

    def evaluate(self, labels: np.ndarray, vectors: np.ndarray, scores: np.ndarray, rows: Rows | None) -> Evaluation:
        from tltk.evaluation import evaluate_pairs

        return evaluate_pairs(scores, vectors[:, 0], vectors[:, 1])

    def mistakes(self, vectors: np.ndarray, scores: np.ndarray, rows: Rows | None, limit: int) -> list[dict[str, Any]]:
        from tltk.evaluation.cosine import cosines
        from tltk.evaluation.similarity import rank_mistakes

        return rank_mistakes(scores, cosines(vectors[:, 0], vectors[:, 1]), rows=rows, limit=limit)
