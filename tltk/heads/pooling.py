"""How a sequence of hidden states becomes one vector."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

POOLINGS = ("family", "cls", "mean", "max", "attention")
"""Names of the poolings that a head accepts."""


@keras.saving.register_keras_serializable(package="tltk")
class Pooling(keras.layers.Layer):
    """Reduces hidden states [batch, length, width] to one vector a row [batch, width].

    A position counts where `attention_mask` [batch, length] is not 0; without a mask every position counts. What
    stands in the other positions never changes the result, and a row without any position gives zeros. Sums and
    maxima are taken in float32 and cast to the layer's compute dtype.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Return None: a pooled vector has no positions left to mask."""

    def compute_output_shape(self, shape: tuple, **_: Any) -> tuple:
        return (shape[0], shape[-1])


@keras.saving.register_keras_serializable(package="tltk")
class ClsPooling(Pooling):
    """Takes the hidden state of the first position, the [CLS] token.

    Example:
        >>> float(ClsPooling()(ops.convert_to_tensor([[[3.0], [5.0]]]))[0, 0])
        3.0
    """

    def call(self, hidden_states: Any, attention_mask: Any = None) -> Any:
        return hidden_states[:, 0]


@keras.saving.register_keras_serializable(package="tltk")
class MeanPooling(Pooling):
    """Takes the mean over the positions that count, as sentence-transformers does.

    Example:
        >>> states, mask = ops.convert_to_tensor([[[3.0], [5.0], [99.0]]]), ops.convert_to_tensor([[1, 1, 0]])
        >>> float(MeanPooling()(states, attention_mask=mask)[0, 0])
        4.0
    """

    def call(self, hidden_states: Any, attention_mask: Any = None) -> Any:
        states = ops.cast(hidden_states, "float32")
        if attention_mask is None:
            return ops.cast(ops.mean(states, axis=1), self.compute_dtype)
        counts = _counts(attention_mask)
        total = ops.sum(ops.where(counts, states, 0.0), axis=1)
        number = ops.sum(ops.cast(counts, "float32"), axis=1)
        return ops.cast(total / ops.maximum(number, 1.0), self.compute_dtype)


@keras.saving.register_keras_serializable(package="tltk")
class MaxPooling(Pooling):
    """Takes, for each feature, the largest value over the positions that count.

    Example:
        >>> states, mask = ops.convert_to_tensor([[[3.0], [5.0], [99.0]]]), ops.convert_to_tensor([[1, 1, 0]])
        >>> float(MaxPooling()(states, attention_mask=mask)[0, 0])
        5.0
    """

    def call(self, hidden_states: Any, attention_mask: Any = None) -> Any:
        if attention_mask is None:
            return ops.max(hidden_states, axis=1)
        counts = _counts(attention_mask)
        states = ops.cast(hidden_states, "float32")
        largest = ops.max(ops.where(counts, states, _LOWEST), axis=1)
        return ops.cast(ops.where(ops.any(counts, axis=1), largest, 0.0), self.compute_dtype)


@keras.saving.register_keras_serializable(package="tltk")
class AttentionPooling(Pooling):
    """Takes a learned weighted mean: softmax over `v . tanh(W h + b)` of the positions that count.

    The word attention of Yang et al., "Hierarchical Attention Networks for Document Classification" (2016), with W
    as wide as the hidden states.
    """

    def build(self, shape: tuple, **_: Any) -> None:
        self.key = keras.layers.Dense(shape[-1], activation="tanh", dtype=self.dtype_policy, name="key")
        self.score = keras.layers.Dense(1, use_bias=False, dtype=self.dtype_policy, name="score")
        self.key.build(shape)
        self.score.build(shape)
        self.built = True

    def call(self, hidden_states: Any, attention_mask: Any = None) -> Any:
        states = ops.cast(hidden_states, "float32")
        scores = ops.cast(self.score(self.key(hidden_states)), "float32")
        if attention_mask is None:
            weights = ops.softmax(scores, axis=1)
        else:
            counts = _counts(attention_mask)
            weights = ops.softmax(ops.where(counts, scores, _LOWEST), axis=1)
            weights = ops.where(counts, weights, 0.0)
            states = ops.where(counts, states, 0.0)
        return ops.cast(ops.sum(weights * states, axis=1), self.compute_dtype)


@keras.saving.register_keras_serializable(package="tltk")
class FamilyPooling(Pooling):
    """Does what the sequence classification class of the checkpoint's family does before its output layer.

    The first position's hidden state (ModernBERT: or the mean of all) goes through dropout (RoBERTa's kind, ELECTRA,
    MPNet; rate 0 elsewhere), a dense layer with the family's activation and, in ModernBERT, a layer norm.

    Args:
        units: width of the dense layer, the hidden size.
        activation: name of a Keras activation: tanh (BERT, RoBERTa, ...), relu (DistilBERT), gelu by erf (ELECTRA,
            DeBERTa, ModernBERT).
        dropout: rate before the dense layer.
        initializer_range: standard deviation of the initial kernel, as in the checkpoint's configuration.
        use_bias: whether the dense layer has a bias.
        norm_epsilon: of a layer norm without offset after it; None for no layer norm.
        pooling: cls or mean.
    """

    def __init__(
        self,
        units: int,
        *,
        activation: str,
        dropout: float = 0.0,
        initializer_range: float = 0.02,
        use_bias: bool = True,
        norm_epsilon: float | None = None,
        pooling: str = "cls",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.activation = activation
        self.dropout_rate = dropout
        self.initializer_range = initializer_range
        self.norm_epsilon = norm_epsilon
        self.pooling = pooling
        self.pool = _PLAIN[pooling](dtype=self.dtype_policy, name="pool")
        self.dropout = keras.layers.Dropout(dropout, dtype=self.dtype_policy, name="dropout")
        self.dense, self.norm = dense_and_norm(
            units,
            activation=activation,
            initializer_range=initializer_range,
            use_bias=use_bias,
            norm_epsilon=norm_epsilon,
            dtype=self.dtype_policy,
        )

    def build(self, shape: tuple, **_: Any) -> None:
        self.dense.build((shape[0], shape[-1]))
        if self.norm is not None:
            self.norm.build((shape[0], self.units))
        self.built = True

    def call(self, hidden_states: Any, attention_mask: Any = None, training: bool | None = None) -> Any:
        pooled = self.pool(hidden_states, attention_mask=attention_mask)
        pooled = self.dense(self.dropout(pooled, training=training))
        return pooled if self.norm is None else self.norm(pooled)

    def compute_output_shape(self, shape: tuple, **_: Any) -> tuple:
        return (shape[0], self.units)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "activation": self.activation,
            "dropout": self.dropout_rate,
            "initializer_range": self.initializer_range,
            "use_bias": self.dense.use_bias,
            "norm_epsilon": self.norm_epsilon,
            "pooling": self.pooling,
        }


def dense_and_norm(
    units: int,
    *,
    activation: str,
    initializer_range: float = 0.02,
    use_bias: bool = True,
    norm_epsilon: float | None = None,
    dtype: Any = None,
) -> tuple[keras.layers.Dense, keras.layers.LayerNormalization | None]:
    """Return the dense layer, and the layer norm without offset, that classes of a family have before their output.

    The arguments are those of `FamilyPooling`.
    """
    kernel = keras.initializers.RandomNormal(stddev=initializer_range)
    dense = keras.layers.Dense(
        units, activation=activation, use_bias=use_bias, kernel_initializer=kernel, dtype=dtype, name="dense"
    )
    if norm_epsilon is None:
        return dense, None
    return dense, keras.layers.LayerNormalization(epsilon=norm_epsilon, center=False, dtype=dtype, name="norm")


_PLAIN = {"cls": ClsPooling, "mean": MeanPooling, "max": MaxPooling, "attention": AttentionPooling}

# Finite, so that a row of padding alone gives a softmax of equal weights and not NaN.
_LOWEST = -3e38


def make_pooling(name: str, family_pooler: dict[str, Any] | None, dtype: Any) -> Pooling:
    """Return the pooling called `name`; `family` is made from `family_pooler`, or is `cls` where that is None.

    Raises:
        ValueError: `name` is not one of `POOLINGS`.
    """
    if name == "family":
        if family_pooler is None:
            return ClsPooling(dtype=dtype, name="pooling")
        return FamilyPooling(**family_pooler, dtype=dtype, name="pooling")
    if name not in _PLAIN:
        raise ValueError(f"Got pooling {name!r}; expected one of {', '.join(POOLINGS)}.")
    return _PLAIN[name](dtype=dtype, name="pooling")


def _counts(attention_mask: Any) -> Any:
    return ops.expand_dims(ops.not_equal(attention_mask, 0), -1)
