"""Every Keras object of tltk, registered with Keras by importing this module.

`keras.models.load_model` rebuilds a saved model from classes it knows by name, and imports none by itself:

    >>> import keras
    >>> import tltk.layers  # noqa: F401
    >>> model = keras.models.load_model("m.keras")  # doctest: +SKIP
"""

from tltk.backend import require_tensorflow

require_tensorflow()

from tltk.backbones.layers import (  # noqa: E402  (Keras reads its backend once)
    AttentionBias,
    EncoderLayer,
    FeedForward,
    RelativePositionBias,
    SelfAttention,
    TokenEmbeddings,
)
from tltk.heads import LinearHead, MlpHead  # noqa: E402
from tltk.training import AdamW, WarmUp  # noqa: E402

__all__ = [
    "AdamW",
    "AttentionBias",
    "EncoderLayer",
    "FeedForward",
    "LinearHead",
    "MlpHead",
    "RelativePositionBias",
    "SelfAttention",
    "TokenEmbeddings",
    "WarmUp",
]
