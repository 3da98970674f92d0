"""What every loss is: one value a row, which the pipeline's weights make a mean over true rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import keras

from tltk.losses.settings import LossSettings


class RowLoss(keras.losses.Loss):
    """The contract of a loss: `call(y_true, y_pred)` gives one float32 value a row, of shape [rows].

    The loss of a batch is the weighted sum over its rows (`reduction="sum"`). The pipeline's weights are 1 / (true rows
    of the whole batch) and 0 for padding rows, so the sum is a mean over true rows, on one device and on many. A row's
    value therefore depends on nothing that other devices hold, unless a loss says so.

    Losses are safe to save with a model: a subclass is registered with Keras and keeps its arguments in `get_config`.

    Args:
        settings: label smoothing, focal weighting and class weights; plain where None.

    Raises:
        RecipeError: settings that make no sense for this loss.
    """

    takes: ClassVar[tuple[str, ...]] = ()
    """Fields of `LossSettings` that make sense for this loss."""

    called: ClassVar[str]
    """The loss's name in messages, and its default name."""

    def __init__(
        self,
        settings: LossSettings | Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        reduction: str = "sum",
    ) -> None:
        super().__init__(name=name or self.called.replace(" ", "_"), reduction=reduction, dtype="float32")
        self.settings = LossSettings.read(settings).allow(self.takes, loss=self.called)

    def get_config(self) -> dict[str, Any]:
        config = {"name": self.name, "reduction": self.reduction}
        return {**config, "settings": self.settings.to_config()} if self.takes else config
