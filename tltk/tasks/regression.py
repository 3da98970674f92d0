"""Regression: one or several numbers for each text or pair of texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from tltk.errors import DataError, RecipeError, TltkError, did_you_mean
from tltk.evaluation import Evaluation
from tltk.tasks.options import check_bounds
from tltk.tasks.registry import register_task
from tltk.tasks.task import Prediction, Task

if TYPE_CHECKING:
    import keras

    from tltk.data import Encoded, LabelKind, Rows
    from tltk.losses import LossSettings

_LOSSES = ("squared", "huber")
_CALLED = {"mse": "squared", "l2": "squared", "mean_squared_error": "squared", "l1": "huber", "smooth_l1": "huber"}


@register_task("regression")
class Regression(Task):
    """Gives each text, or pair of texts, a number, or one for each label column.

    The model learns the numbers scaled to mean 0 and standard deviation 1 over the training rows, so that columns of
    any unit weigh alike; predictions and figures are in the data's own units.

    Args:
        loss: "squared", or "huber", which minds outliers less.
        clip: the least and greatest number that may be predicted, such as [0, 5]; None for any.

    Attributes:
        names_: names of the numbers, once fitted: those of the label columns.
        mean_: mean of each over the training rows.
        scale_: standard deviation of each.

    Example:
        >>> task = Regression.from_config({"names_": ["stars"], "mean_": [3.0], "scale_": [2.0]})
        >>> task.decode(np.array([[0.5]]))
        [{'value': 4.0}]
    """

    takes: ClassVar[tuple[str, ...] | None] = ("rows",)
    headline: ClassVar[tuple[str, ...]] = ("spearman", "pearson", "mae", "rmse", "r2")
    problem_type: ClassVar[str] = "regression"

    def __init__(self, loss: Literal["squared", "huber"] = "squared", clip: tuple[float, float] | None = None) -> None:
        super().__init__()
        if loss not in _LOSSES:
            meant = _CALLED.get(str(loss).lower(), str(loss))
            raise RecipeError(f"Got loss {loss!r}.", where="task.options.loss", hint=did_you_mean(meant, _LOSSES))
        if clip is not None:
            check_bounds("clip", clip, "the least and the greatest number, the least first")
        self.loss_name = loss
        self.clip = clip

    def label_kind(self, data: Any) -> LabelKind:
        from tltk.data import NumbersKind

        return NumbersKind()

    @property
    def units(self) -> int:
        return len(self._fitted("mean_"))

    def fit(self, rows: Rows) -> Regression:
        values = rows.numbers()
        with np.errstate(over="ignore", invalid="ignore"):
            mean, spread = values.mean(axis=0), values.std(axis=0)
        names = rows.source.labels or (rows.source.label or "",)
        if len(names) != values.shape[1]:
            names = tuple(f"{rows.source.label}[{index}]" for index in range(values.shape[1]))
        # Of equal numbers the deviation may be a rounding error; of tiny ones it may be none.
        constant = (values.min(axis=0) == values.max(axis=0)) | (spread == 0)
        if constant.any():
            name = names[int(np.argmax(constant))]
            raise DataError(
                f"Every training row has the same number in {name!r}, so that there is nothing to learn.",
                where="data.label",
                hint="Check data.label, or raise data.limit.",
            )
        if not (np.isfinite(mean).all() and np.isfinite(spread).all()):
            raise DataError(
                f"The training rows have numbers up to {np.abs(values).max():g}, of which no mean can be taken.",
                where="data.label",
                hint="Write them in another unit, or take their logarithms.",
            )
        idle = ~self._inside(values).any(axis=0)
        if self.clip is not None and idle.any():
            place = int(np.argmax(idle))
            raise DataError(
                f"No number of the training rows in {names[place]!r} ({values[:, place].min():g} to "
                f"{values[:, place].max():g}) lies between {self.clip[0]:g} and {self.clip[1]:g}, so that all "
                "predictions would be one of the two.",
                where="task.options.clip",
                hint="Give the least and the greatest number that may be predicted, in the units of the data.",
            )
        self.names_, self.mean_, self.scale_ = names, mean.tolist(), spread.tolist()
        return self

    def learn_from_encoded(self, encoded: Encoded, rows: Rows | None = None) -> list[str]:
        """Tell of training numbers outside `clip`, which can never be predicted."""
        if self.clip is None or rows is None:
            return []
        outside = int((~self._inside(self._numbers(rows))).any(axis=1).sum())
        if not outside:
            return []
        low, high = self.clip
        return [
            f"{outside:,} of the {len(rows):,} training rows have a number outside task.options.clip ({low:g} to "
            f"{high:g}), which is never predicted."
        ]

    def _inside(self, values: np.ndarray) -> np.ndarray:
        low, high = self.clip or (-np.inf, np.inf)
        return (values >= low) & (values <= high)

    def targets(self, rows: Rows, encoded: Encoded | None = None) -> dict[str, Any]:
        values = self._numbers(rows)
        return {"labels": ((values - self._fitted("mean_")) / self._fitted("scale_")).astype(np.float32)}

    def loss(self, settings: LossSettings | None = None) -> keras.losses.Loss:
        from tltk.losses import HuberError, SquaredError

        return (SquaredError if self.loss_name == "squared" else HuberError)(settings)

    def metrics(self) -> list[keras.metrics.Metric]:
        from tltk.metrics.rescaled_error import RescaledError

        return [RescaledError(self._fitted("scale_"), self._fitted("mean_"), clip=self.clip, name="mae")]

    def activation(self, outputs: np.ndarray) -> np.ndarray:
        values = np.asarray(outputs, np.float64) * self._fitted("scale_") + self._fitted("mean_")
        return values if self.clip is None else values.clip(*self.clip)

    def probabilities(self) -> keras.layers.Layer:
        from tltk.tasks.graph.rescale import Rescale

        return Rescale(list(self._fitted("scale_")), list(self._fitted("mean_")), clip=self.clip, name="values")

    def comparable(self, values: np.ndarray) -> np.ndarray:
        """Return numbers in standard deviations from the mean, so that none hides behind one of a larger unit."""
        return (np.asarray(values, np.float64) - self._fitted("mean_")) / self._fitted("scale_")

    def decode(
        self, outputs: np.ndarray, *, rows: Rows | None = None, encoded: Encoded | None = None
    ) -> list[Prediction]:
        """Return `value` for each row of outputs [rows, 1], or `values` by name where there are several."""
        values = self.activation(outputs).tolist()
        if self.units == 1:
            return [{"value": value} for (value,) in values]
        return [{"values": dict(zip(self._fitted("names_"), row, strict=True))} for row in values]

    def evaluate(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> Evaluation:
        from tltk.evaluation.regression import evaluate_regression

        return evaluate_regression(self._truth(targets, rows), self.activation(outputs), self._fitted("names_"))

    def mistakes(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
        limit: int = 20,
    ) -> list[dict[str, Any]]:
        from tltk.evaluation.regression import largest_errors

        return largest_errors(
            self._truth(targets, rows), self.activation(outputs), self._fitted("scale_"), rows=rows, limit=limit
        )

    def get_config(self) -> dict[str, Any]:
        learned = {name: getattr(self, name, None) for name in ("names_", "mean_", "scale_")}
        lists = {name: None if value is None else list(value) for name, value in learned.items()}
        clip = None if self.clip is None else list(self.clip)
        return {"name": self.name, "loss": self.loss_name, "clip": clip, **lists}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Regression:
        clip = config.get("clip")
        task = cls(loss=config.get("loss", "squared"), clip=None if clip is None else tuple(clip))
        if config.get("mean_") is not None:
            task.names_ = tuple(config["names_"])
            task.mean_, task.scale_ = list(config["mean_"]), list(config["scale_"])
        return task

    def _truth(self, targets: Mapping[str, Any], rows: Rows | None) -> np.ndarray:
        """Return the numbers of the data, float64: those of the rows, or else the targets without their scale."""
        if rows is not None:
            return self._numbers(rows)
        return targets["labels"].astype(np.float64) * self._fitted("scale_") + self._fitted("mean_")

    def _numbers(self, rows: Rows) -> np.ndarray:
        """Return the numbers of rows, float64 [examples, units], in the order of the training's columns.

        Columns that are called as in training are found by their names, others by their order.

        Raises:
            DataError: there are more or fewer, or only some are called as in training, and stand elsewhere.
        """
        values, given, known = rows.numbers(), rows.source.labels, tuple(self._fitted("names_"))
        if values.shape[1] != self.units:
            raise DataError(
                f"Got {values.shape[1]} numbers a row; the training rows have {self.units}.",
                where=rows.where(0),
                hint="Name as many label columns as in training (data.label, --label).",
            )
        if set(given) == set(known):
            return values[:, [given.index(name) for name in known]]
        moved = [name for place, name in enumerate(given) if name in known and known.index(name) != place]
        if moved:
            raise DataError(
                f"Got the label columns {', '.join(map(repr, given))}; the model has learned "
                f"{', '.join(map(repr, known))}, with {moved[0]!r} in another place.",
                where="data.label",
                hint="Name them in the order of the training (data.label, --label).",
            )
        return values

    def _fitted(self, name: str) -> Any:
        if not hasattr(self, name):
            raise TltkError("This task has not learned the scale of its numbers yet.", hint="Call fit(rows).")
        return getattr(self, name)
