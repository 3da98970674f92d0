"""From token ids to vectors by narrow word embeddings, each read together with its neighbours'."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.backbones.layers.dropout import Dropout
from tltk.backbones.layers.embeddings import check_length
from tltk.backbones.layers.no_norm import NoNorm


@keras.saving.register_keras_serializable(package="tltk")
class TrigramEmbeddings(keras.layers.Layer):
    """Three word embeddings side by side, projected, plus position and token type, then `NoNorm` and dropout.

    Call it on `input_ids`, int32 [batch, length], and optionally `token_type_ids` of the same shape (all of type 0
    when left out). The result is [batch, length, width] in the layer's compute dtype. Of a token, the next one comes
    first, then itself, then the one before; beyond the ends are zeros. Padding is a neighbour as any other: the last
    token sees whether padding follows. Source: Sun et al. 2020 (MobileBERT).

    Args:
        vocabulary_size: rows of the word table.
        word_width: size of a word embedding.
        width: size of a vector that comes out.
        position_rows: rows of the position table: the longest input in tokens.
        token_types: rows of the token type table.
        untrained_id: the word whose embedding no gradient reaches, as PyTorch keeps that of padding; None for none.
        dropout: rate at the end.
        initializer_range: standard deviation of the random initial tables and kernel.

    Raises:
        DataError: an input of known length is longer than the position table reaches.

    Example:
        >>> TrigramEmbeddings(100, 4, 8, 16)(keras.ops.array([[5, 6, 7]])).shape
        TensorShape([1, 3, 8])
    """

    def __init__(
        self,
        vocabulary_size: int,
        word_width: int,
        width: int,
        position_rows: int,
        *,
        token_types: int = 2,
        untrained_id: int | None = None,
        dropout: float = 0.0,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # Only the rows looked up are cast in mixed precision, not the whole table.
        self.autocast = False
        self.vocabulary_size = vocabulary_size
        self.word_width = word_width
        self.width = width
        self.position_rows = position_rows
        self.token_types = token_types
        self.untrained_id = untrained_id
        self.dropout = dropout
        self.initializer_range = initializer_range
        self.word = self._table(vocabulary_size, word_width, "word")
        self.position = self._table(position_rows, width, "position")
        self.token_type = self._table(token_types, width, "token_type")
        normal = keras.initializers.RandomNormal(stddev=initializer_range)
        policy = self.dtype_policy
        self.projection = keras.layers.Dense(width, kernel_initializer=normal, dtype=policy, name="projection")
        self.norm = NoNorm(dtype=policy, name="norm")
        self.drop = Dropout(dropout, dtype=policy, name="drop")

    def _table(self, rows: int, width: int, name: str) -> keras.layers.Embedding:
        normal = keras.initializers.RandomNormal(stddev=self.initializer_range)
        return keras.layers.Embedding(rows, width, embeddings_initializer=normal, dtype=self.dtype_policy, name=name)

    def build(self, input_ids_shape: tuple[int | None, ...], token_type_ids_shape: Any = None) -> None:
        for table in (self.word, self.position, self.token_type):
            table.build()
        self.projection.build((*input_ids_shape, 3 * self.word_width))
        self.norm.build((*input_ids_shape, self.width))
        self.built = True

    def call(self, input_ids: Any, token_type_ids: Any = None, training: bool | None = None) -> Any:
        check_length(input_ids.shape[1], self.position_rows, where=self.name)
        words = self.word(input_ids)
        if self.untrained_id is not None:
            untrained = ops.expand_dims(ops.equal(input_ids, self.untrained_id), -1)
            words = ops.where(untrained, ops.stop_gradient(words), words)
        following = ops.pad(words[:, 1:], ((0, 0), (0, 1), (0, 0)))
        preceding = ops.pad(words[:, :-1], ((0, 0), (1, 0), (0, 0)))
        embedded = ops.cast(self.projection(ops.concatenate([following, words, preceding], axis=-1)), "float32")
        # A slice, not a lookup: too long an input fails on every device.
        positions = ops.slice(self.position.embeddings, (0, 0), (ops.shape(input_ids)[1], self.width))
        kinds = self.token_type.embeddings[0] if token_type_ids is None else self.token_type(token_type_ids)
        embedded = embedded + ops.cast(positions, "float32") + ops.cast(kinds, "float32")
        return self.drop(self.norm(embedded), training=training)

    def compute_output_shape(self, input_ids_shape: Any, token_type_ids_shape: Any = None) -> tuple[Any, ...]:
        return (*input_ids_shape, self.width)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "word_width": self.word_width,
            "width": self.width,
            "position_rows": self.position_rows,
            "token_types": self.token_types,
            "untrained_id": self.untrained_id,
            "dropout": self.dropout,
            "initializer_range": self.initializer_range,
        }
