"""From token ids to vectors, by words alone: for encoders whose attention tells positions apart."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.backbones.layers.dropout import Dropout
from tltk.backbones.layers.embeddings import check_length


@keras.saving.register_keras_serializable(package="tltk")
class WordEmbeddings(keras.layers.Layer):
    """Word embeddings, normalised and dropped out.

    Call it on `input_ids`, int32 [batch, length], and, where padding is to be zeros, on `attention_mask` of the same
    shape. The result is [batch, length, width] in the layer's compute dtype.

    Args:
        vocabulary_size: rows of the table.
        width: size of a vector.
        max_positions: longest input in tokens.
        epsilon: of the layer norm.
        norm_bias: whether the layer norm has an offset.
        dropout: rate after the layer norm.
        initializer_range: standard deviation of the random initial table.

    Raises:
        DataError: an input of known length is longer than `max_positions`.

    Example:
        >>> WordEmbeddings(100, 8, 16)(keras.ops.array([[5, 6, 7]])).shape
        TensorShape([1, 3, 8])
    """

    def __init__(
        self,
        vocabulary_size: int,
        width: int,
        max_positions: int,
        *,
        epsilon: float = 1e-5,
        norm_bias: bool = True,
        dropout: float = 0.0,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # Only the rows looked up are cast in mixed precision, not the whole table.
        self.autocast = False
        self.vocabulary_size = vocabulary_size
        self.width = width
        self.max_positions = max_positions
        self.epsilon = epsilon
        self.norm_bias = norm_bias
        self.dropout = dropout
        self.initializer_range = initializer_range
        policy = self.dtype_policy
        normal = keras.initializers.RandomNormal(stddev=initializer_range)
        self.word = keras.layers.Embedding(
            vocabulary_size, width, embeddings_initializer=normal, dtype=policy, name="word"
        )
        self.norm = keras.layers.LayerNormalization(epsilon=epsilon, center=norm_bias, dtype=policy, name="norm")
        self.drop = Dropout(dropout, dtype=policy, name="drop")

    def build(self, input_ids_shape: tuple[int | None, ...], attention_mask_shape: Any = None) -> None:
        self.word.build()
        self.norm.build((*input_ids_shape, self.width))
        self.built = True

    def call(self, input_ids: Any, attention_mask: Any = None, training: bool | None = None) -> Any:
        check_length(input_ids.shape[1], self.max_positions, where=self.name)
        embedded = self.norm(self.word(input_ids))
        if attention_mask is not None:
            embedded = embedded * ops.cast(ops.expand_dims(attention_mask, -1), embedded.dtype)
        return self.drop(embedded, training=training)

    def compute_output_shape(self, input_ids_shape: Any, attention_mask_shape: Any = None) -> tuple[Any, ...]:
        return (*input_ids_shape, self.width)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "width": self.width,
            "max_positions": self.max_positions,
            "epsilon": self.epsilon,
            "norm_bias": self.norm_bias,
            "dropout": self.dropout,
            "initializer_range": self.initializer_range,
        }
