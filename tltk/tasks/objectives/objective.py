"""The contract of an objective: from which columns embeddings are learned, by which loss, and how they are scored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tltk.evaluation import Evaluation

if TYPE_CHECKING:
    import keras

    from tltk.data import Rows
    from tltk.losses import LossSettings

DEFAULTS: dict[str, Any] = {"scale": 20.0, "margin": 0.5, "distance": "cosine"}
"""What options are where a recipe does not say."""


class Objective(ABC):
    """One way to learn embeddings: its columns, its loss, and how it is scored.

    Args:
        options: values of the options that it takes.
    """

    name: ClassVar[str]
    columns: ClassVar[str]
    """Its text columns in words, in order."""
    takes: ClassVar[tuple[str, ...]] = ()
    """Options of the task that it uses."""
    fewest_texts: ClassVar[int] = 2
    most_texts: ClassVar[int] = 2
    compares_examples: ClassVar[bool] = False
    """Whether what an example teaches follows from the others of its batch alone."""
    takes_scores: ClassVar[bool] = False
    """Whether there is a label, which is a score."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options: dict[str, Any] = {
            name: DEFAULTS.get(name) if options[name] is None else options[name] for name in self.takes
        }

    @abstractmethod
    def loss(self, settings: LossSettings | None, texts: int) -> keras.losses.Loss:
        """Return the loss of stacked embeddings, so many rows an example."""

    @abstractmethod
    def metrics(self, texts: int) -> list[keras.metrics.Metric]:
        """Return the figures that Keras keeps."""

    @abstractmethod
    def evaluate(self, labels: np.ndarray, vectors: np.ndarray, scores: np.ndarray, rows: Rows | None) -> Evaluation:
        """Score embeddings [examples, texts, width]."""

    def mistakes(self, vectors: np.ndarray, scores: np.ndarray, rows: Rows | None, limit: int) -> list[dict[str, Any]]:
        """Return the examples worth reading."""
        return []

    def text_numbers(self, rows: Rows) -> np.ndarray:
        """Return a number for each text, from 1, equal where texts are; integers [examples, texts]."""
        from tltk.evaluation.retrieval import text_keys

        return text_keys((len(rows), len(rows.source.text)), rows.texts())
