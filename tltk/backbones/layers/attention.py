"""Multi-head self-attention, and the additive bias that keeps it off padding."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.backbones.layers.dense import dense
from tltk.backbones.layers.dropout import Dropout, drop
from tltk.backbones.quick_path import choose

# So low that the highest score of an encoder that normalises nothing (1e13 and more in MobileBERT) leaves nothing of a
# masked position, yet finite: a row of nothing but padding gives finite numbers, never NaN.
MASKED = -1e38
# In float16 neither scores nor their bias go further.
_MASKED_IN_FLOAT16 = -65504.0

# Scores from which the float32 arrays of a softmax are worth sparing: 16 MB each.
_MANY_SCORES = 2**22


@keras.saving.register_keras_serializable(package="tltk")
class AttentionBias(keras.layers.Layer):
    """Turn an attention mask into a bias that is added to attention scores.

    Call it on `attention_mask`, int [batch, length], 1 for tokens and 0 for padding. The result is
    [batch, 1, 1, length]: 0 at tokens, -1e38 (in float16 -65504) at padding. It is built once and shared by all layers.

    Example:
        >>> AttentionBias()(keras.ops.array([[1, 0]])).numpy()
        array([[[[ 0.e+00, -1.e+38]]]], dtype=float32)
    """

    def call(self, attention_mask: Any) -> Any:
        return bias_of(ops.expand_dims(ops.not_equal(attention_mask, 0), (1, 2)), self.compute_dtype)

    def compute_output_shape(self, attention_mask_shape: Any) -> tuple[Any, ...]:
        batch, length = attention_mask_shape
        return (batch, 1, 1, length)


@keras.saving.register_keras_serializable(package="tltk")
class SelfAttention(keras.layers.Layer):
    """Multi-head scaled dot-product self-attention with one fused projection for query, key and value.

    Call it on `hidden_states` [batch, length, width], `attention_bias` [batch, 1, 1, length] and, if there is one,
    `position_bias` [1, heads, length, length]; both are added to the scores. The result has the shape of
    `hidden_states`. The kernel of `qkv` is [width, 3 * width]: query, key, value side by side; heads lie next
    to each other within each. The softmax is taken in float32 under every precision policy. With `first_only` the
    result is that of the first position alone, [batch, 1, width], for a fraction of the work.
    Source: Vaswani et al. 2017, section 3.2.

    Args:
        heads: number of heads; divides the width.
        dropout: rate on the attention probabilities.
        initializer_range: standard deviation of the random initial kernels.
        use_bias: whether the projections have a bias.

    Example:
        >>> layer = SelfAttention(heads=2)
        >>> layer(keras.ops.ones((1, 3, 8)), keras.ops.zeros((1, 1, 1, 3))).shape
        TensorShape([1, 3, 8])
    """

    def __init__(
        self,
        heads: int,
        *,
        dropout: float = 0.0,
        initializer_range: float = 0.02,
        use_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.heads = heads
        self.dropout = dropout
        self.initializer_range = initializer_range
        self.use_bias = use_bias
        self.drop = Dropout(dropout, dtype=self.dtype_policy, name="drop")

    def build(self, hidden_states_shape: tuple[int | None, ...], **_: Any) -> None:
        width = hidden_states_shape[-1]
        if width is None or width % self.heads:
            raise ValueError(f"SelfAttention: got width {width} and {self.heads} heads; heads must divide the width.")
        self.width = width
        self.scale = (width // self.heads) ** -0.5
        self.qkv = self._dense(3 * width, "qkv")
        self.output_dense = self._dense(width, "output_dense")
        self.qkv.build((None, width))
        self.output_dense.build((None, width))
        self.built = True

    def _dense(self, units: int, name: str) -> keras.layers.Dense:
        normal = keras.initializers.RandomNormal(stddev=self.initializer_range)
        return keras.layers.Dense(
            units, use_bias=self.use_bias, kernel_initializer=normal, dtype=self.dtype_policy, name=name
        )

    def call(
        self,
        hidden_states: Any,
        attention_bias: Any = None,
        position_bias: Any = None,
        first_only: bool = False,
        training: bool | None = None,
    ) -> Any:
        if first_only:
            query, key, value = self._first_query(hidden_states, training)
        else:
            query, key, value = self._every_query(hidden_states, training)
        if position_bias is not None and first_only:
            position_bias = position_bias[:, :, :1]
        return self._joined(self._context(query, key, value, attention_bias, position_bias, training), training)

    def _joined(self, context: Any, training: bool | None) -> Any:
        """Return the output projection of the heads side by side, [batch, queries, width]."""
        queries = ops.shape(context)[2]
        context = ops.transpose(context, (0, 2, 1, 3))
        attended = dense(self.output_dense, ops.reshape(context, (-1, self.width)), training)
        return ops.reshape(attended, (-1, queries, self.width))

    def _every_query(self, hidden_states: Any, training: bool | None) -> list[Any]:
        """Return query, key and value, each [batch, heads, length, width / heads]."""
        # Dense layers see [batch * length, width]: one plain matrix product each, forwards and backwards.
        projected = dense(self.qkv, ops.reshape(hidden_states, (-1, self.width)), training)
        return self._heads(projected, ops.shape(hidden_states)[1], 3)

    def _first_query(self, hidden_states: Any, training: bool | None) -> list[Any]:
        """Return the query of the first position alone, and key and value of all."""
        if self.qkv.quantization_mode is not None or not self.use_bias:
            query, key, value = self._every_query(hidden_states, training)
            return [query[:, :, :1], key, value]
        query_kernel, kernel = ops.split(self.qkv.kernel, [self.width], axis=-1)
        query_bias, bias = ops.split(self.qkv.bias, [self.width])
        query = ops.matmul(hidden_states[:, 0], query_kernel) + query_bias
        projected = ops.matmul(ops.reshape(hidden_states, (-1, self.width)), kernel) + bias
        return [*self._heads(query, 1, 1), *self._heads(projected, ops.shape(hidden_states)[1], 2)]

    def _heads(self, projected: Any, length: Any, parts: int) -> list[Any]:
        shape = (-1, length, parts, self.heads, self.width // self.heads)
        return ops.unstack(ops.transpose(ops.reshape(projected, shape), (2, 0, 3, 1, 4)), parts)

    def _context(
        self, query: Any, key: Any, value: Any, attention_bias: Any, position_bias: Any, training: bool | None
    ) -> Any:
        """Return what each query attends to, [batch, heads, queries, width / heads]."""
        scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
        if position_bias is not None:
            # Before the scores are scaled: what follows serves every family alike.
            scores = scores + ops.cast(position_bias, scores.dtype) / self.scale
        return ops.matmul(self._probabilities(scores, attention_bias, training), value)

    def _probabilities(self, scores: Any, attention_bias: Any, training: bool | None) -> Any:
        if attention_bias is None:
            attention_bias = ops.zeros((1, 1, 1, 1), dtype=scores.dtype)
        function = choose(
            attention_probabilities,
            attention_probabilities_gradient,
            training=training,
            compile_from=_MANY_SCORES,
            scale=self.scale,
            rate=self.drop.active_rate(training),
        )
        return function(scores, attention_bias, self.drop.next_key(training))

    def compute_output_shape(self, hidden_states_shape: Any, *_: Any) -> Any:
        return hidden_states_shape

    def compute_output_spec(
        self,
        hidden_states: Any,
        attention_bias: Any = None,
        position_bias: Any = None,
        first_only: bool = False,
        training: Any = None,
    ) -> keras.KerasTensor:
        batch, length, width = hidden_states.shape
        return keras.KerasTensor((batch, 1 if first_only else length, width), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "heads": self.heads,
            "dropout": self.dropout,
            "initializer_range": self.initializer_range,
            "use_bias": self.use_bias,
        }


def attention_probabilities(scores: Any, bias: Any, key: Any, *, scale: float, rate: float) -> Any:
    """Return the dropout of the softmax of `scores * scale + bias`, computed in float32.

    Args:
        scores: [batch, heads, length, length], of any floating type, which is also the result's.
        bias: broadcast to the scores.
        key: of the dropout mask, uint32 [2].
        scale: of the scores.
        rate: of the dropout; 0 for none.
    """
    return ops.cast(drop(_softmax(scores, bias, scale), key, rate=rate), scores.dtype)


def attention_probabilities_gradient(
    scores: Any, bias: Any, key: Any, upstream: Any, *, scale: float, rate: float
) -> tuple[Any, ...]:
    """Return the gradients of `attention_probabilities`; the bias, which comes from the mask, has none."""
    probabilities = _softmax(scores, bias, scale)
    inner = probabilities * drop(ops.cast(upstream, "float32"), key, rate=rate)
    inner = inner - probabilities * ops.sum(inner, axis=-1, keepdims=True)
    return ops.cast(inner * scale, scores.dtype), ops.zeros_like(bias)


def bias_of(seen: Any, dtype: str) -> Any:
    """Return what is added to scores so that they count where `seen`, and nowhere else.

    Example:
        >>> bias_of(ops.array([True, False]), "float16").numpy().tolist()
        [0.0, -65504.0]
    """
    return ops.cast(ops.where(seen, 0.0, _MASKED_IN_FLOAT16 if dtype == "float16" else MASKED), dtype)


def _softmax(scores: Any, bias: Any, scale: float) -> Any:
    return ops.softmax(ops.cast(scores, "float32") * scale + ops.cast(bias, "float32"), axis=-1)
