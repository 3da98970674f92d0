"""Which recipe values are searched, and how."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tltk.recipe.kinds import Bounds, Choices, Number
from tltk.recipe.section import Section


class SearchDimension(Section):
    """The values one recipe field may take: exactly one of `choice`, `range`, `log_range`."""

    choice: Choices | None = None
    """The values to choose from."""

    range: Bounds | None = None
    """Lowest and highest value, drawn evenly. Whole numbers stay whole."""

    log_range: Bounds | None = None
    """Lowest and highest value (both above zero), drawn evenly in the logarithm."""

    step: Number | None = Field(default=None, gt=0)
    """Distance between values of a `range`."""

    @model_validator(mode="after")
    def _one_kind(self) -> SearchDimension:
        given = [kind for kind in ("choice", "range", "log_range") if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of choice, range, log_range; got {', '.join(given) or 'none'}")
        bounds = self.range or self.log_range
        if bounds and bounds[0] >= bounds[1]:
            raise ValueError(f"the lowest value must be below the highest; got {bounds[0]} and {bounds[1]}")
        if self.log_range and self.log_range[0] <= 0:
            raise ValueError(f"a log_range starts above zero; got {self.log_range[0]}")
        return self


class TuneSection(Section):
    """A KerasTuner search over recipe values."""

    tuner: Literal["random", "bayesian", "hyperband"] = "random"
    """Search method."""

    trials: int = Field(default=10, ge=1)
    """How many trials; Hyperband decides by itself from `train.epochs`."""

    objective: str = "val_accuracy"
    """Value to optimise, as in the history."""

    direction: Literal["auto", "min", "max"] = "auto"
    """Whether less or more is better; `auto` goes by the objective's name."""

    parameters: dict[str, SearchDimension] = Field(min_length=1)
    """Search dimensions by dotted recipe path, for example `train.learning_rate: {log_range: [1e-5, 1e-4]}`."""
