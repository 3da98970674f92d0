"""From token ids to vectors: word, position and token type embeddings, summed, normalised and dropped out."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.backbones.layers.dropout import Dropout
from tltk.backbones.layers.norm import norm_and_drop, norm_and_drop_gradient
from tltk.backbones.quick_path import choose
from tltk.errors import DataError


@keras.saving.register_keras_serializable(package="tltk")
class TokenEmbeddings(keras.layers.Layer):
    """Sum of word, position and token type embeddings, then layer norm and dropout.

    Call it on `input_ids`, int32 [batch, length], and optionally `token_type_ids` of the same shape (all of type 0
    when left out). The result is [batch, length, width] in the layer's compute dtype.

    Args:
        vocabulary_size: rows of the word table.
        width: size of a vector.
        position_rows: rows of the position table.
        token_types: rows of the token type table; 0 for none.
        padding_id: when given, positions are counted as RoBERTa does: from `padding_id + 1` over the ids that differ
            from `padding_id`, which itself stays at position `padding_id`. When None, from 0 in steps of 1.
        epsilon: of the layer norm.
        dropout: rate after the layer norm.
        initializer_range: standard deviation of the random initial tables.

    Raises:
        DataError: an input of known length is longer than the position table reaches.

    Example:
        >>> TokenEmbeddings(100, 8, 16)(keras.ops.array([[5, 6, 7]])).shape
        TensorShape([1, 3, 8])
    """

    def __init__(
        self,
        vocabulary_size: int,
        width: int,
        position_rows: int,
        *,
        token_types: int = 0,
        padding_id: int | None = None,
        epsilon: float = 1e-12,
        dropout: float = 0.0,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # The ids are integers and the tables stay in float32: only the rows looked up are cast. With autocast the whole
        # word table would be cast in every step of mixed precision.
        self.autocast = False
        self.vocabulary_size = vocabulary_size
        self.width = width
        self.position_rows = position_rows
        self.token_types = token_types
        self.padding_id = padding_id
        self.epsilon = epsilon
        self.dropout = dropout
        self.initializer_range = initializer_range

        def table(rows: int, name: str) -> keras.layers.Embedding:
            normal = keras.initializers.RandomNormal(stddev=initializer_range)
            return keras.layers.Embedding(
                rows, width, embeddings_initializer=normal, dtype=self.dtype_policy, name=name
            )

        self.word = table(vocabulary_size, "word")
        self.position = table(position_rows, "position")
        self.token_type = table(token_types, "token_type") if token_types else None
        self.norm = keras.layers.LayerNormalization(epsilon=epsilon, dtype=self.dtype_policy, name="norm")
        self.drop = Dropout(dropout, dtype=self.dtype_policy, name="drop")

    @property
    def max_positions(self) -> int:
        """Longest input, in tokens."""
        return self.position_rows if self.padding_id is None else self.position_rows - self.padding_id - 1

    def build(self, input_ids_shape: tuple[int | None, ...], token_type_ids_shape: Any = None) -> None:
        self.word.build()
        self.position.build()
        if self.token_type is not None:
            self.token_type.build()
        self.norm.build((*input_ids_shape, self.width))
        self.built = True

    def call(self, input_ids: Any, token_type_ids: Any = None, training: bool | None = None) -> Any:
        check_length(input_ids.shape[1], self.max_positions, where=self.name)
        embedded = self.word(input_ids)
        if self.token_type is not None and token_type_ids is not None:
            embedded = embedded + self.token_type(token_type_ids)
        elif self.token_type is not None:
            embedded = embedded + ops.cast(self.token_type.embeddings[0], self.compute_dtype)
        embedded = embedded + self._positions(input_ids)
        function = choose(
            norm_and_drop,
            norm_and_drop_gradient,
            training=training,
            rate=self.drop.active_rate(training),
            epsilon=self.epsilon,
            dtype=self.compute_dtype,
        )
        return function(
            ops.cast(embedded, "float32"),
            self.norm.gamma,
            self.norm.beta,
            self.drop.next_key(training),
        )

    def _positions(self, input_ids: Any) -> Any:
        if self.padding_id is not None:
            real = ops.cast(ops.not_equal(input_ids, self.padding_id), "int32")
            return self.position(ops.cumsum(real, axis=1) * real + self.padding_id)
        # A slice, not a lookup: too long an input fails on every device, where a GPU's lookup would give zeros.
        length = ops.shape(input_ids)[1]
        rows = ops.slice(self.position.embeddings, (0, 0), (length, self.width))
        return ops.cast(rows, self.compute_dtype)

    def compute_output_shape(self, input_ids_shape: Any, token_type_ids_shape: Any = None) -> tuple[Any, ...]:
        return (*input_ids_shape, self.width)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "width": self.width,
            "position_rows": self.position_rows,
            "token_types": self.token_types,
            "padding_id": self.padding_id,
            "epsilon": self.epsilon,
            "dropout": self.dropout,
            "initializer_range": self.initializer_range,
        }


def check_length(length: int | None, max_positions: int, *, where: str) -> None:
    """Compare the length of inputs, where it is known, with the longest that an encoder takes.

    Raises:
        DataError: they are longer.
    """
    if length is not None and length > max_positions:
        raise DataError(
            f"Got inputs of {length} tokens; this encoder has positions for {max_positions}.",
            where=where,
            hint=f"Encode with max_length={max_positions} or less (backbone.max_length in a recipe).",
        )
