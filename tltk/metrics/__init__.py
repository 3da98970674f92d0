"""Keras metrics of tltk's own, for what Keras has none for."""

from tltk.backend import require_tensorflow

require_tensorflow()  # Keras reads its backend once, when it is first imported

from tltk.metrics.exact_position import ExactPosition  # noqa: E402

__all__ = ["ExactPosition"]
