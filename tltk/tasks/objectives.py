"""What a similarity task learns from: pairs with scores, texts with their partners, or triplets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tltk.errors import RecipeError, did_you_mean
from tltk.evaluation import Evaluation
from tltk.tasks.options import check_bounds, is_number

if TYPE_CHECKING:
    import keras

    from tltk.data import Rows
    from tltk.losses import LossSettings

_DEFAULTS: dict[str, Any] = {"scale": 20.0, "margin": 0.5, "distance": "cosine"}


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
    takes_scores: ClassVar[bool] = False
    """Whether there is a label, which is a score."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options: dict[str, Any] = {
            name: _DEFAULTS.get(name) if options[name] is None else options[name] for name in self.takes
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


class CoSentOrder(Cosine):
    """Pairs with scores, by their order."""

    name = "cosent"
    takes = ("range", "scale")

    def loss(self, settings: LossSettings | None, texts: int) -> keras.losses.Loss:
        from tltk.losses import CoSent

        return CoSent(settings, scale=self.options["scale"])


class MultipleNegatives(Objective):
    """Texts with partners; those of the other examples in the batch are wrong."""

    name = "multiple-negatives"
    columns = "a text, its partner, and maybe one that is none"
    takes = ("scale",)
    most_texts = 3

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


_OBJECTIVES = {objective.name: objective for objective in (Cosine, CoSentOrder, MultipleNegatives, Triplet)}


def choose_objective(name: str, options: Mapping[str, Any]) -> Objective:
    """Return an objective with its options.

    Args:
        name: as in a recipe.
        options: every option of the task; None where it is not given.

    Raises:
        RecipeError: no such objective, an option that it does not take, or a value out of range.
    """
    if not isinstance(name, str) or name not in _OBJECTIVES:
        raise RecipeError(
            f"Got objective {name!r}.", where="task.options.objective", hint=did_you_mean(str(name), _OBJECTIVES)
        )
    objective = _OBJECTIVES[name]
    for option, value in options.items():
        if value is not None and option not in objective.takes:
            raise RecipeError(
                f"Objective {name!r} takes no {option}.",
                where=f"task.options.{option}",
                hint=f"Remove it; there is {', '.join(objective.takes)}.",
            )
    for option in ("scale", "margin"):
        _check_positive(option, options[option])
    if options["range"] is not None:
        check_bounds("range", options["range"], "the lowest and the highest score")
    if options["distance"] not in (None, "cosine", "euclidean"):
        raise RecipeError(
            f"Got {options['distance']!r}; expected cosine or euclidean.",
            where="task.options.distance",
            hint=did_you_mean(str(options["distance"]), ("cosine", "euclidean")),
        )
    return objective(options)


def _check_positive(option: str, value: Any) -> None:
    if value is not None and not (is_number(value) and value > 0):
        raise RecipeError(
            f"Got {value!r}; expected a number above 0.",
            where=f"task.options.{option}",
            hint=f"Leave it out for {_DEFAULTS[option]}.",
        )
