"""What every task is: the contract between the data's labels, the model's raw outputs and the user's predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from tltk.errors import DataError, RecipeError
from tltk.evaluation import Evaluation
from tltk.recipe import DataSection

if TYPE_CHECKING:
    import keras

    from tltk.data import Encoded, LabelKind, Layout, Rows
    from tltk.losses import LossSettings

Prediction: TypeAlias = dict[str, Any]
"""What a user gets for one example: plain strings, numbers, lists and dicts."""


class Task(ABC):
    """The contract of a problem.

    Two counts must not be confused. A *row* is what the model sees: one encoded sequence. An *example* is what the
    user gave and wants an answer for: one line of the data. For most tasks they are the same; a long text cut into
    windows makes several rows of one example, texts that are encoded apart make one each (`Encoded.examples`). Targets
    and raw outputs are row-wise (or token-wise), predictions and metrics example-wise. Where a task must go from one to
    the other, or from tokens back to characters, it finds the way in `rows` (texts, labels, places in files) and
    `encoded` (tokens, their places, row -> example).

    Constructors only store; what `fit` learns ends in `_` and is kept by `get_config`, so that a task saved as JSON
    predicts like the one that was fitted. A task imports Keras only when asked for a loss or metrics.

    Args:
        labels: label names in the order of the model's outputs; learned from the training rows when None. Tasks
            without labels refuse them.
    """

    name: ClassVar[str] = ""
    """Registered name; set by `register_task`."""

    default_head: ClassVar[str] = "linear"
    """Registered name of the head taken when a recipe names none."""

    takes: ClassVar[tuple[str, ...] | None] = None
    """What it takes of a head, of `tltk.heads.head.GIVES`; None for whatever one gives."""

    default_pooling: ClassVar[str] = "family"
    """How a sequence becomes one vector when a recipe does not say, for heads that pool."""

    headline: ClassVar[tuple[str, ...]] = ("accuracy",)
    """The metrics that a summary shows, the main one first."""

    problem_type: ClassVar[str] = "single_label_classification"
    """What the configuration of a Hugging Face class for sequences calls the problem."""

    exclusive: ClassVar[bool] = True
    """Whether of its classes, if it has any, one is right; else each is a yes or no of its own."""

    token_level: ClassVar[bool] = False
    """Whether the model gives outputs for each token; they are then handed on flat, see `decode`."""

    embeds: ClassVar[bool] = False
    """Whether the raw outputs are embeddings of single texts: then `Bundle.embed` and `Bundle.index` work."""

    fewest_texts: ClassVar[int] = 1
    most_texts: ClassVar[int] = 2
    """How many text columns an example may have: one, or a pair."""

    def __init__(self, labels: tuple[str, ...] | None = None) -> None:
        self.labels = labels

    def use_head(self, name: str) -> None:
        """Be told the registered name of the head whose outputs will be read; before all else that is asked.

        Raises:
            RecipeError: the task's options do not go with it.
        """
        return

    @property
    def takes_words(self) -> bool:
        """Whether a text to predict may be given as the list of its words; see `join_words`."""
        return False

    def join_words(self, words: Sequence[Any], *, where: str) -> tuple[str, list[dict[str, int]]]:
        """Return the text that words make and where each of them stands in it (`start`, `end`), where `takes_words`.

        `decode` finds the places in the label column of `rows`, which holds None for what was given as text.

        Raises:
            DataError: a word is no text, or the task takes none; names the place.
        """
        raise DataError(f"Task {self.name!r} takes no words.", where=where, hint="Give the text as one string.")

    def text_columns(self, data: DataSection) -> tuple[str, ...]:
        """Return the columns whose text is encoded, in order.

        Raises:
            RecipeError: there are more than the task can take.
        """
        columns = (data.text,) if isinstance(data.text, str) else tuple(data.text)
        if not self.fewest_texts <= len(columns) <= self.most_texts:
            fewest, most = self.fewest_texts, self.most_texts
            wanted = f"{most}" if fewest == most else f"{fewest} to {most}"
            raise RecipeError(
                f"Got {len(columns)} text columns; task {self.name!r} takes {wanted}.",
                where="data.text",
                hint=f"Name them as a list: text: [{', '.join('abc'[:most])}]." if most > 1 else "Name one column.",
            )
        return columns

    def label_kind(self, data: DataSection) -> LabelKind:
        """Return what stands in the label column(s): one class a row, but for tasks that say otherwise."""
        from tltk.data import ClassKind

        return ClassKind.of(data)

    @property
    def layout(self) -> Layout:
        """How an example's texts become rows: one row an example, but for tasks that say otherwise."""
        from tltk.data import Layout

        return Layout()

    @property
    @abstractmethod
    def units(self) -> int | None:
        """How many outputs the head must give for each row (or each position); None leaves it to the head."""

    @property
    def fewest_in_batch(self) -> int:
        """How many examples a batch must have for its loss to teach anything."""
        return 1

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the raw outputs in their order, as a Hugging Face config has them: the labels, where there are any.

        Empty where outputs have no names.
        """
        return tuple(getattr(self, "labels_", ()))

    @classmethod
    def main_metric(cls, metrics: Mapping[str, Mapping[str, float | None]]) -> str:
        """Return the first metric of the headline that was measured, on whichever split."""
        return next(
            (name for name in cls.headline if any(name in found for found in metrics.values())), cls.headline[0]
        )

    @abstractmethod
    def fit(self, rows: Rows) -> Task:
        """Learn from the training rows what the data alone can tell (labels, scales), and return self.

        Raises:
            DataError: the training rows cannot be learned from.
        """

    def check(self, rows: Rows) -> None:
        """Refuse labels that do not fit what `fit` learned, before anything is tokenised.

        Raises:
            DataError: one does not; names the place.
        """
        self.targets(rows)

    @abstractmethod
    def targets(self, rows: Rows, encoded: Encoded | None = None) -> dict[str, Any]:
        """Return the targets by name; the training takes `labels`.

        Args:
            rows: the examples with their labels.
            encoded: the encoded rows; always given but by `check`. Tasks whose targets lie on tokens, or whose examples
                make several rows, need it.

        Returns:
            arrays with one entry an encoded row, or `Ragged` columns with one a token.

        Raises:
            DataError: a label does not fit what `fit` learned; names the place.
        """

    def targets_of_copies(
        self, copies: Rows, encoded: Encoded, *, originals: Rows, positions: np.ndarray
    ) -> dict[str, Any]:
        """Return the targets of changed copies of training rows: those of any rows, but for tasks that say otherwise.

        Args:
            copies: the copies, with labels that moved along with the changes.
            encoded: their encoded rows.
            originals: the training rows.
            positions: for each copy the position of its original among them.
        """
        return self.targets(copies, encoded)

    def learn_from_encoded(self, encoded: Encoded, rows: Rows | None = None) -> list[str]:
        """See the encoded training rows with their targets, once, before the loss is asked for.

        Args:
            encoded: the encoded rows.
            rows: the rows themselves, to name one; None where they are not at hand.

        Returns:
            What the user should know of them, one sentence each.
        """
        return []

    @abstractmethod
    def loss(self, settings: LossSettings | None = None) -> keras.losses.Loss:
        """Return the loss of raw outputs, with `reduction="sum"`: the pipeline's weights make it a mean.

        Args:
            settings: label smoothing, class weights and the like; a plain loss where None.
        """

    @abstractmethod
    def metrics(self) -> list[keras.metrics.Metric]:
        """Return new Keras metrics of raw outputs, to be passed as `weighted_metrics`."""

    @abstractmethod
    def activation(self, outputs: np.ndarray) -> np.ndarray:
        """Turn raw outputs, as the model gives them for a batch, into probabilities or values, float64."""

    @abstractmethod
    def probabilities(self) -> keras.layers.Layer:
        """Return the layer that does what `activation` does, in the graph: for exports, whose output has its name."""

    def comparable(self, values: np.ndarray) -> np.ndarray:
        """Return what `activation` or an export gave in units in which 1 is much, as it is for probabilities.

        Two forms of a model are compared in them.
        """
        return values

    def comparable_activation(self, outputs: np.ndarray) -> np.ndarray:
        """Return what two engines of a model are compared by; see `comparable`."""
        return self.comparable(self.activation(outputs))

    @abstractmethod
    def decode(
        self, outputs: np.ndarray, *, rows: Rows | None = None, encoded: Encoded | None = None
    ) -> list[Prediction]:
        """Turn raw outputs into one prediction an example.

        Args:
            outputs: float32 [rows, ...]. Of a task that is `token_level`: [tokens, ...], the tokens of all rows
                end to end; row i has `encoded.lengths[i]` of them.
            rows: the examples.
            encoded: their rows as they were encoded.
        """

    @abstractmethod
    def evaluate(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> Evaluation:
        """Score raw outputs against targets, example-wise.

        Args:
            targets: what `targets` returned.
            outputs: as for `decode`.
            rows: the examples.
            encoded: their rows as they were encoded.
        """

    def choose_thresholds(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> bool:
        """Choose decision thresholds by the validation rows, and tell whether there were any to choose.

        Called once, after training and before any figure is measured. What is chosen ends in `_` and is kept by
        `get_config`, as what `fit` learns is.
        """
        return False

    def class_counts(self, targets: Mapping[str, Any]) -> np.ndarray | None:
        """Return how often each class is the target, int64 [units]; None for tasks without classes."""
        return None

    def mistakes(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
        limit: int = 20,
    ) -> list[dict[str, Any]]:
        """Return the mistakes worth reading, those the model was surest of first: plain dicts for the report."""
        return []

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments and what was learned, as plain JSON."""
        return {"name": self.name, "labels": list(self.labels) if self.labels is not None else None}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Task:
        """Return the task that `get_config` described, fitted if that one was."""
        given: dict[str, Any] = {key: value for key, value in config.items() if key != "name" and not key.endswith("_")}
        if given.get("labels") is not None:
            given["labels"] = tuple(given["labels"])
        return cls(**given)
