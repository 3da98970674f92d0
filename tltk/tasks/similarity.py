"""Similarity: texts become vectors that lie the nearer, the more alike the texts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tltk.errors import DataError, RecipeError
from tltk.evaluation import Evaluation
from tltk.tasks.objectives import Objective, choose_objective
from tltk.tasks.registry import register_task
from tltk.tasks.task import Prediction, Task

if TYPE_CHECKING:
    import keras

    from tltk.data import Encoded, LabelKind, Layout, Rows
    from tltk.losses import LossSettings
    from tltk.recipe import DataSection


@register_task("similarity")
class Similarity(Task):
    """Learns one encoder for all texts, whose vectors are near where the texts are alike.

    Each text of an example is encoded by itself, so the model is an embedder: it takes single texts and gives vectors,
    which can be kept, compared and searched (`Bundle.embed`, `Bundle.index`). What is learned from is said by
    `objective`:

    - `cosine`: pairs with a score; the squared error of the cosine against the score scaled to 0..1 (Reimers &
      Gurevych 2019).
    - `cosent`: pairs with a score; their order alone counts (CoSENT, Su 2022).
    - `multiple-negatives`: texts with a partner, and maybe one that is none; no label. Every text is to find its
      partner among those of the batch (Henderson et al. 2017), so large batches teach more.
    - `triplet`: a text, one like it, one unlike it; no label.

    Args:
        objective: as above.
        range: lowest and highest score, as they stand in the data; those of the training rows when not given. For
            objectives with scores.
        scale: factor of the cosine before the exponential, for `cosent` and `multiple-negatives`; 20 when not given.
        margin: by how much the unlike text must be farther away, for `triplet`; 0.5 when not given.
        distance: "cosine" or "euclidean", for `triplet`; cosine when not given.

    Attributes:
        range_: lowest and highest score, once fitted or given.
        texts_: texts of an example, once fitted.

    Raises:
        RecipeError: an unknown objective, an option that it does not take, or a value out of range.

    Example:
        >>> task = Similarity()
        >>> task.decode(np.array([[1.0, 0.0], [1.0, 0.0]]))
        [{'score': 1.0}]
    """

    default_head: ClassVar[str] = "embedding"
    takes: ClassVar[tuple[str, ...] | None] = ("embeddings",)
    default_pooling: ClassVar[str] = "mean"
    headline: ClassVar[tuple[str, ...]] = ("spearman", "pearson", "mrr", "recall_at_1", "recall_at_10", "accuracy")
    fewest_texts: ClassVar[int] = 2
    most_texts: ClassVar[int] = 3
    embeds: ClassVar[bool] = True

    def __init__(
        self,
        objective: str = "cosine",
        range: Sequence[float] | None = None,
        scale: float | None = None,
        margin: float | None = None,
        distance: str | None = None,
    ) -> None:
        super().__init__()
        self.options: dict[str, Any] = {"range": range, "scale": scale, "margin": margin, "distance": distance}
        self.objective: Objective = choose_objective(objective, self.options)
        self.texts_ = self.objective.fewest_texts
        if range is not None:
            self.range_ = (float(range[0]), float(range[1]))

    def text_columns(self, data: DataSection) -> tuple[str, ...]:
        columns = super().text_columns(data)
        fewest, most = self.objective.fewest_texts, self.objective.most_texts
        if not fewest <= len(columns) <= most:
            wanted = f"{most}" if fewest == most else f"{fewest} or {most}"
            raise RecipeError(
                f"Got {len(columns)} text columns; objective {self.objective.name!r} takes {wanted}.",
                where="data.text",
                hint=f"Name them in this order: {self.objective.columns}.",
            )
        return columns

    def label_kind(self, data: DataSection) -> LabelKind:
        from tltk.data import NoLabelKind, ScoreKind

        return ScoreKind.of(data) if self.objective.takes_scores else NoLabelKind()

    @property
    def layout(self) -> Layout:
        from tltk.data import Layout

        return Layout(apart=True)

    @property
    def fewest_in_batch(self) -> int:
        """2 where examples are compared with each other, and no text of an example's own is a wrong one."""
        return 2 if self.objective.compares_examples and self.texts_ == 2 else 1

    @property
    def units(self) -> int | None:
        return None

    def fit(self, rows: Rows) -> Similarity:
        self.texts_ = len(rows.source.text)
        if self.objective.takes_scores and self.options["range"] is None:
            scores = rows.numbers()[:, 0]
            self.range_ = (float(scores.min()), float(scores.max()))
            if self.range_[0] == self.range_[1]:
                raise DataError(
                    f"Every training row has the score {self.range_[0]:g}; expected different ones.",
                    where="data.label",
                    hint="Name the column of the scores, or choose an objective without scores.",
                )
        return self

    def check(self, rows: Rows) -> None:
        given = self.options["range"]
        if not self.objective.takes_scores or given is None:
            return
        scores = rows.numbers()[:, 0]
        outside = np.flatnonzero((scores < self.range_[0]) | (scores > self.range_[1]))
        if outside.size:
            place = int(outside[0])
            raise DataError(
                f"Got score {scores[place]:g}; task.options.range is {self.range_[0]:g} to {self.range_[1]:g}.",
                where=rows.where(place),
                hint=f"Mend the row (there are {outside.size} such rows), or widen task.options.range.",
            )

    def targets(self, rows: Rows, encoded: Encoded | None = None) -> dict[str, Any]:
        """Return `labels` [rows, 2]: the pair's score from 0 to 1, or the text's number, and a 1 that padding lacks."""
        texts = len(rows.source.text)
        if self.objective.takes_scores:
            low, high = getattr(self, "range_", (0.0, 1.0))
            values = np.repeat((rows.numbers()[:, 0] - low) / (high - low), texts)
        else:
            values = self.objective.text_numbers(rows).reshape(-1)
        labels = np.stack([values, np.ones(len(values))], axis=1)
        return {"labels": labels.astype(np.float32 if self.objective.takes_scores else np.int32)}

    def targets_of_copies(
        self, copies: Rows, encoded: Encoded, *, originals: Rows, positions: np.ndarray
    ) -> dict[str, Any]:
        """Return the targets of the originals: a copy of a text counts as equal to it, and as no other text."""
        labels = self.targets(originals)["labels"].reshape(len(originals), self.texts_, 2)
        return {"labels": labels[positions].reshape(-1, 2)}

    def loss(self, settings: LossSettings | None = None) -> keras.losses.Loss:
        return self.objective.loss(settings, self.texts_)

    def metrics(self) -> list[keras.metrics.Metric]:
        return self.objective.metrics(self.texts_)

    def activation(self, outputs: np.ndarray) -> np.ndarray:
        return np.asarray(outputs, np.float64)

    def probabilities(self) -> keras.layers.Layer:
        import keras

        return keras.layers.Activation("linear", dtype="float32", name="embeddings")

    def decode(
        self, outputs: np.ndarray, *, rows: Rows | None = None, encoded: Encoded | None = None
    ) -> list[Prediction]:
        """Return, for each pair, `score`, its cosine; for a third text `other_score`, the cosine with that one too."""
        from tltk.evaluation.cosine import cosines

        vectors = self._by_example(outputs, encoded)
        names = ("score", "other_score")[: vectors.shape[1] - 1]
        columns = [cosines(vectors[:, 0], vectors[:, place]).tolist() for place in range(1, vectors.shape[1])]
        return [dict(zip(names, scores, strict=True)) for scores in zip(*columns, strict=True)]

    def evaluate(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> Evaluation:
        vectors = self._by_example(outputs, encoded)
        return self.objective.evaluate(targets["labels"], vectors, self._scores(targets, rows), rows)

    def mistakes(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
        limit: int = 20,
    ) -> list[dict[str, Any]]:
        vectors = self._by_example(outputs, encoded)
        return self.objective.mistakes(vectors, self._scores(targets, rows), rows, limit)

    def get_config(self) -> dict[str, Any]:
        options = {name: list(value) if name == "range" and value else value for name, value in self.options.items()}
        config = {"name": self.name, "objective": self.objective.name, **options, "texts_": self.texts_}
        fitted = getattr(self, "range_", None)
        return {**config, "range_": list(fitted) if fitted else None}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Similarity:
        given = {key: value for key, value in config.items() if key != "name" and not key.endswith("_")}
        task = cls(**given)
        task.texts_ = int(config.get("texts_", task.texts_))
        if config.get("range_"):
            low, high = config["range_"]
            task.range_ = (float(low), float(high))
        return task

    def _by_example(self, outputs: np.ndarray, encoded: Encoded | None) -> np.ndarray:
        """Return embeddings [examples, texts, width]."""
        texts = self.texts_ if encoded is None else encoded.group
        return outputs.reshape(-1, texts, outputs.shape[-1])

    def _scores(self, targets: Mapping[str, Any], rows: Rows | None) -> np.ndarray:
        """Return the scores as they stand in the data, float64 [examples]; scaled ones where the rows are not known."""
        if rows is not None and self.objective.takes_scores:
            return rows.numbers()[:, 0]
        return np.asarray(targets["labels"])[:: self.texts_, 0].astype(np.float64)
