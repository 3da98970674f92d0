"""Triplets, learned by which of two texts is nearer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tltk.evaluation import Evaluation
from tltk.tasks.objectives.objective import Objective

if TYPE_CHECKING:
    import keras

    from tltk.data import Rows
    from tltk.losses import LossSettings


class Triplet(Objective):
    """A text, one like it, one unlike it."""

    name = "triplet"
    columns = "a text, one like it, one unlike it"
    takes = ("margin", "distance")
    fewest_texts = 3
    most_texts = 3

    def loss(self, settings: LossSettings | None, texts: int) -> keras.losses.Loss:
        from tltk.losses import TripletMargin

        return TripletMargin(settings, margin=self.options["margin"], distance=self.options["distance"])

    def metrics(self, texts: int) -> list[keras.metrics.Metric]:
        from tltk.metrics.similarity import TripletAccuracy

        return [TripletAccuracy()]

    def evaluate(self, labels: np.ndarray, vectors: np.ndarray, scores: np.ndarray, rows: Rows | None) -> Evaluation:
        from tltk.evaluation import evaluate_triplets

        return evaluate_triplets(*np.moveaxis(vectors, 1, 0))

    def mistakes(self, vectors: np.ndarray, scores: np.ndarray, rows: Rows | None, limit: int) -> list[dict[str, Any]]:
        from tltk.evaluation.similarity import triplet_mistakes

        return triplet_mistakes(*np.moveaxis(vectors, 1, 0), rows=rows, limit=limit)
