"""Keras metrics of tltk's own, for what Keras has none for."""

from tltk.backend import require_tensorflow

require_tensorflow()  # Keras reads its backend once, when it is first imported

from tltk.metrics.exact_position import ExactPosition  # noqa: E402
from tltk.metrics.rescaled_error import RescaledError  # noqa: E402
from tltk.metrics.similarity import BatchAccuracy, CosinePearson, TripletAccuracy  # noqa: E402
from tltk.metrics.tags import EntityF1, TokenAccuracy  # noqa: E402

__all__ = [
    "BatchAccuracy",
    "CosinePearson",
    "EntityF1",
    "ExactPosition",
    "RescaledError",
    "TokenAccuracy",
    "TripletAccuracy",
]
