"""What a recipe says about every loss: label smoothing, and what is done about rare classes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tltk.errors import RecipeError

_FIELDS = {
    "label_smoothing": ("train.label_smoothing", "label smoothing", "Set train.label_smoothing to 0."),
    "focal": ("train.imbalance", "focal weighting", "Choose another train.imbalance, or none."),
    "class_weights": ("train.imbalance", "class weights", "Choose another train.imbalance, or none."),
}


@dataclass(frozen=True)
class LossSettings:
    """How targets are softened and classes weighed.

    Args:
        label_smoothing: share of the target that is spread evenly over all classes (Szegedy et al. 2016), from 0 to
            below 1.
        focal: exponent gamma of the focal loss (Lin et al. 2017), at least 0: what the model is sure of counts less.
            None for the plain loss.
        class_weights: a factor for each class in the order of the labels, above 0; None weighs all alike.

    Raises:
        RecipeError: a value out of range.

    Example:
        >>> LossSettings(label_smoothing=0.1).is_plain
        False
    """

    label_smoothing: float = 0.0
    focal: float | None = None
    class_weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing < 1:
            raise RecipeError(
                f"Got {self.label_smoothing}; expected a number from 0 to below 1.",
                where="train.label_smoothing",
                hint="Give 0 for none.",
            )
        if self.focal is not None and not 0 <= self.focal < math.inf:
            raise RecipeError(
                f"Got gamma {self.focal}; expected a number of at least 0.",
                where="train.imbalance",
                hint="Give 0 for a plain loss.",
            )
        if self.class_weights is not None:
            weights = tuple(float(weight) for weight in self.class_weights)
            object.__setattr__(self, "class_weights", weights)
            if not weights or not all(0 < weight < math.inf for weight in weights):
                raise RecipeError(
                    f"Got class weights {weights}; expected numbers above 0.",
                    where="train.imbalance",
                    hint="Give each class a positive weight.",
                )

    @property
    def is_plain(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.label_smoothing or self.focal or self.class_weights)

    def allow(self, fields: tuple[str, ...], *, loss: str) -> LossSettings:
        """Return self where only `fields` are set.

        Args:
            fields: names of the fields that make sense.
            loss: the loss's name, for the message.

        Raises:
            RecipeError: another field is set; names the recipe's field.
        """
        for field, (where, words, hint) in _FIELDS.items():
            if field not in fields and getattr(self, field):
                raise RecipeError(f"Got {words}, which make no sense for the {loss} loss.", where=where, hint=hint)
        return self

    def to_config(self) -> dict[str, Any]:
        """Return the settings as plain JSON."""
        config = asdict(self)
        weights = config["class_weights"]
        return {**config, "class_weights": None if weights is None else list(weights)}

    @classmethod
    def read(cls, given: LossSettings | Mapping[str, Any] | None) -> LossSettings:
        """Return settings from settings, from what `to_config` returned, or the plain ones from None."""
        if isinstance(given, LossSettings):
            return given
        return cls(**(given or {}))
