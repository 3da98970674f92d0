"""The CRF head: tags whose neighbours have a say."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.heads.head import register_head
from tltk.heads.position_head import PositionHead

_NEVER = -1e9


@register_head("crf")
@keras.saving.register_keras_serializable(package="tltk")
class CrfHead(PositionHead):
    """Gives every position the edge potentials of a conditional random field: [batch, length, units, units].

    Entry [t, i, j] is the emission of tag j at position t (dropout and one dense layer on the hidden state) plus the
    learned transition from tag i to tag j; at position 0 plus the learned start of tag j, whatever i. Padding positions
    get the identity (0 on the diagonal, -1e9 elsewhere), which changes neither the sum over paths nor the best path.
    Lafferty et al. 2001, "Conditional Random Fields"; with encoders Lample et al. 2016.

    Args:
        units: number of tags.
        **kwargs: as for `PositionHead`. Transitions and starts begin at 0, and are float32 in every precision policy.

    Example:
        >>> head = CrfHead(3)
        >>> tuple(head(keras.ops.ones((2, 5, 8)), attention_mask=keras.ops.ones((2, 5))).shape)
        (2, 5, 3, 3)
    """

    gives = "edges"

    def build(self, shape: tuple, **_: Any) -> None:
        given = {"initializer": "zeros", "dtype": "float32", "autocast": False}
        self.transitions = self.add_weight(name="transitions", shape=(self.units, self.units), **given)
        self.start = self.add_weight(name="start", shape=(self.units,), **given)
        super().build(shape)

    def call(self, hidden_states: Any, attention_mask: Any = None, training: bool | None = None) -> Any:
        emissions = self.logits(hidden_states, training)
        is_first = ops.equal(ops.arange(ops.shape(emissions)[1], dtype="int32"), 0)
        before = ops.where(ops.reshape(is_first, (-1, 1, 1)), self.start, self.transitions)
        potentials = ops.expand_dims(emissions, -2) + before
        if attention_mask is None:
            return potentials
        identity = (1.0 - ops.eye(self.units, dtype="float32")) * _NEVER
        there = ops.not_equal(attention_mask, 0)[:, :, None, None]
        return ops.where(there, potentials, identity)

    def compute_output_shape(self, shape: tuple, **_: Any) -> tuple:
        return (*shape[:-1], self.units, self.units)
