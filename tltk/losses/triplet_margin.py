"""The loss of one text being nearer than another."""

from __future__ import annotations

from typing import Any, Literal

import keras
from keras import ops

from tltk.losses import stacked
from tltk.losses.loss import RowLoss


@keras.saving.register_keras_serializable(package="tltk")
class TripletMargin(RowLoss):
    """Margin between a text's distances to a like and an unlike one: embeddings [rows, width], targets [rows, 2].

    Rows 3n, 3n + 1 and 3n + 2 are triplet n: a text, one like it, one unlike it; see `tltk.losses.stacked`. A
    triplet's value, on each of its rows, is `max(0, distance to the like - distance to the unlike + margin)` (Schroff
    et al. 2015). Scores are not looked at.

    Args:
        margin: by how much the unlike text must be farther away, above 0, in the units of the distance.
        distance: "cosine" (1 - cosine, from 0 to 2) or "euclidean".

    Raises:
        ValueError: `margin` or `distance` is none of these.

    Example:
        >>> loss = TripletMargin(margin=0.5)
        >>> texts = keras.ops.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
        >>> loss.call(keras.ops.ones((3, 2)), texts).numpy().tolist()
        [1.5, 1.5, 1.5]
    """

    called = "triplet margin"

    def __init__(
        self,
        settings: Any = None,
        *,
        margin: float = 0.5,
        distance: Literal["cosine", "euclidean"] = "cosine",
        **kwargs: Any,
    ) -> None:
        super().__init__(settings, **kwargs)
        if not margin > 0:
            raise ValueError(f"Got margin={margin!r}; expected a number above 0.")
        if distance not in ("cosine", "euclidean"):
            raise ValueError(f"Got distance={distance!r}; expected 'cosine' or 'euclidean'.")
        self.margin = float(margin)
        self.distance = distance

    def call(self, y_true: Any, y_pred: Any) -> Any:
        triplets = stacked.embeddings(y_pred, 3)
        _, is_true = stacked.targets(y_true, 3)
        to_like, to_unlike = (self._distance(triplets[:, 0], triplets[:, place]) for place in (1, 2))
        return stacked.on_rows(ops.maximum(to_like - to_unlike + self.margin, 0.0), is_true, 3)

    def _distance(self, left: Any, right: Any) -> Any:
        return stacked.euclidean(left, right) if self.distance == "euclidean" else 1 - stacked.cosine(left, right)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "margin": self.margin, "distance": self.distance}
