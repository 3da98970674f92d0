"""The embedding head: a sequence becomes one vector, which is what the model gives."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.heads.head import PoolingHead, register_head
from tltk.heads.sentence_dense import ACTIVATIONS

_SMALLEST_NORM = 1e-12
"""As PyTorch's `F.normalize`: a vector of zeros stays one."""


@register_head("embedding")
@keras.saving.register_keras_serializable(package="tltk")
class EmbeddingHead(PoolingHead):
    """Gives each row one vector: pooled, projected if asked for, of length 1 if asked for; [batch, width] in float32.

    With its defaults it has no weights and computes what a sentence-transformers model of the modules `Transformer`
    and `Pooling` computes (Reimers & Gurevych 2019, "Sentence-BERT"); `units` and `normalize` are its modules `Dense`
    and `Normalize`. It computes in float32 in every precision policy, since nearly equal vectors are to be told apart.

    Args:
        units: numbers in a vector, by a dense layer; None leaves the hidden size.
        activation: of the dense layer: linear, tanh, relu or gelu (by erf).
        pooling: mean, cls, max, attention or family.
        normalize: whether vectors are divided by their Euclidean norm.
        **kwargs: as for `PoolingHead`.

    Raises:
        ValueError: `units` is no whole number of at least 1, or `pooling` or `activation` is unknown, or there is an
            activation without `units`.

    Example:
        >>> head = EmbeddingHead(normalize=True)
        >>> vectors = head(keras.ops.ones((2, 5, 8)), attention_mask=keras.ops.ones((2, 5)))
        >>> tuple(vectors.shape), round(float(keras.ops.sum(vectors[0] ** 2)), 3)
        ((2, 8), 1.0)
    """

    gives = "embeddings"
    pools_in = "float32"

    def __init__(
        self,
        units: int | None = None,
        *,
        activation: str = "linear",
        pooling: str = "mean",
        normalize: bool = False,
        **kwargs: Any,
    ) -> None:
        if activation not in tuple(ACTIVATIONS):
            raise ValueError(f"Got activation={activation!r}; expected one of {', '.join(ACTIVATIONS)}.")
        if units is None and activation != "linear":
            raise ValueError(f"Got activation={activation!r} without units; give units too, the width of its layer.")
        if not isinstance(normalize, bool):
            raise ValueError(f"Got normalize={normalize!r}; expected true or false.")
        super().__init__(units, pooling=pooling, **kwargs)
        self.activation = activation
        self.normalize = normalize
        self.projection: keras.layers.Dense | None = None
        if self.units is not None:
            kernel = keras.initializers.RandomNormal(stddev=self.initializer_range)
            self.projection = keras.layers.Dense(
                self.units, activation=activation, kernel_initializer=kernel, dtype="float32", name="projection"
            )

    def build(self, shape: tuple, **_: Any) -> None:
        self.pool.build(shape)
        self.pool_width = self.pool.compute_output_shape(shape)[-1]
        if self.projection is not None:
            self.projection.build(self.pool.compute_output_shape(shape))
        self.built = True

    def call(self, hidden_states: Any, attention_mask: Any = None, training: bool | None = None) -> Any:
        vector = ops.cast(self.pooled(hidden_states, attention_mask, training), "float32")
        if self.projection is not None:
            vector = self.projection(vector)
        if self.normalize:
            squares = ops.sum(ops.square(vector), axis=-1, keepdims=True)
            # The maximum comes before the root, whose gradient at 0 is infinite.
            vector = vector / ops.sqrt(ops.maximum(squares, _SMALLEST_NORM**2))
        return vector

    def compute_output_shape(self, shape: tuple, **_: Any) -> tuple:
        return (shape[0], self.units or self.pool.compute_output_shape(shape)[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": self.activation, "normalize": self.normalize}
