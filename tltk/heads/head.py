"""What every head is: a plain Keras layer from hidden states to raw outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import keras
from keras import ops

from tltk.errors import RecipeError
from tltk.heads.pooling import FamilyPooling, make_pooling
from tltk.registry import Registry

if TYPE_CHECKING:
    from tltk.backbones import Family

heads: Registry[type[keras.layers.Layer]] = Registry("head", package="tltk.heads", error=RecipeError)
"""Every head by name."""

GIVES = {
    "rows": "outputs for each row",
    "positions": "outputs for each position",
    "spans": "a start and an end for each position",
    "edges": "edges between the tags of positions",
    "embeddings": "an embedding of each row",
}
"""What a head can give (`Head.gives`) and a task can take (`Task.takes`), in words."""

DIMENSIONS = {"rows": 2, "positions": 3, "spans": 3, "edges": 4, "embeddings": 2}
"""How many dimensions outputs of each kind have, the batch's among them."""


def register_head(name: str, *, replace: bool = False) -> Callable[[type], type]:
    """Make a Keras layer class known to recipes as head `name`, and to Keras for saving and loading.

    The class is built with `units` (how many outputs the task wants), with those of `pooling`, `dropout` and
    `family_pooler` that its constructor takes, and with the recipe's `head.options`. Its call takes the hidden
    states [batch, length, width] and, if it wishes, `attention_mask` [batch, length] and `training`. With an attribute
    `gives` (see `Head`) it goes with the tasks that take that; without one with every task.

    Raises:
        RecipeError: the name is taken and `replace` is False.

    Example:
        >>> @register_head("first-token")
        ... class FirstToken(keras.layers.Layer):
        ...     def __init__(self, units, **kwargs):
        ...         super().__init__(**kwargs)
        ...         self.units, self.dense = units, keras.layers.Dense(units)
        ...     def call(self, hidden_states):
        ...         return self.dense(hidden_states[:, 0])
        ...     def get_config(self):
        ...         return {**super().get_config(), "units": self.units}
        >>> heads.get("first-token").__name__
        'FirstToken'
    """

    def decorate(part: type) -> type:
        if keras.saving.get_registered_object(keras.saving.get_registered_name(part)) is not part:
            keras.saving.register_keras_serializable(package="tltk_heads", name=name)(part)
        return heads.register(name, replace=replace)(part)

    return decorate


class Head(keras.layers.Layer):
    """The contract of the built-in heads: hidden states [batch, length, width] in, raw outputs in float32 out.

    A head is called as `head(hidden_states, attention_mask=mask)`. What stands in masked positions never changes the
    outputs of the others. It keeps every constructor argument in `get_config`, so that it can be saved, cloned and
    rebuilt in another precision. A layer that does not inherit from it can be a head all the same. A head whose
    attribute `first_only` is True reads the first position's hidden state alone; it is then given no other.

    Args:
        units: number of outputs, for each row or each position; None where it follows from the hidden states.
    """

    gives: ClassVar[str | None] = None
    """What its outputs are, of `GIVES`: a task that does not take it refuses the head. None goes with every task."""

    huggingface_class: ClassVar[str | None] = None
    """End of the name of the Hugging Face class that computes the same ("ForTokenClassification"); None for none."""

    family_head: ClassVar[str] = "classification_head"
    """The attribute of a `Family` that describes the head of that class, from which the dropout rate is taken."""

    def __init__(self, units: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if units is not None and not is_count(units):
            raise ValueError(f"Got units={units!r}; expected a whole number of at least 1.")
        self.units = units
        self.supports_masking = True

    @property
    def first_only(self) -> bool:
        """Whether the outputs follow from the first position's hidden state alone."""
        return False

    def huggingface_layers(self, family: Family) -> dict[str, keras.layers.Layer] | None:
        """Return the prefix of its tensors in `huggingface_class` -> dense layer, or None where that class computes
        something else.
        """
        return None

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Return None: masks are given and taken as `attention_mask`, never implicitly."""

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


def is_count(value: Any) -> bool:
    """Return whether a value is a whole number of at least 1."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def check_initializer_range(value: Any) -> float:
    """Return a standard deviation of initial kernels.

    Raises:
        ValueError: it is no number above 0.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise ValueError(f"Got initializer_range={value!r}; expected a number above 0.")
    return value


class PoolingHead(Head):
    """A head that first makes one vector of the sequence.

    Args:
        units: number of outputs of a row; None where it follows from the hidden states.
        pooling: family, cls, mean, max or attention.
        family_pooler: arguments of `FamilyPooling` for `pooling="family"`; None where the family pools by [CLS] alone.
        initializer_range: standard deviation of initial kernels, as in the checkpoint's configuration.
    """

    pools_in: ClassVar[str | None] = None
    """The precision of the pooling; None for that of the head."""

    def __init__(
        self,
        units: int | None,
        *,
        pooling: str,
        family_pooler: dict[str, Any] | None = None,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.pooling = pooling
        self.family_pooler = dict(family_pooler) if family_pooler else None
        self.initializer_range = check_initializer_range(initializer_range)
        self.pool = make_pooling(pooling, self.family_pooler, self.pools_in or self.dtype_policy)

    @property
    def first_only(self) -> bool:
        pooling = self.pool.pooling if isinstance(self.pool, FamilyPooling) else self.pooling
        return pooling in ("family", "cls")

    def pooled(self, hidden_states: Any, attention_mask: Any, training: bool | None) -> Any:
        """Return one vector a row, [batch, width]."""
        return self.pool(hidden_states, attention_mask=attention_mask, training=training)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "pooling": self.pooling,
            "family_pooler": self.family_pooler,
            "initializer_range": self.initializer_range,
        }


class PooledHead(PoolingHead):
    """A head that pools the sequence, transforms the vector, drops out, and ends in a dense layer.

    Args:
        units: number of outputs of a row.
        pooling: family, cls, mean, max or attention.
        dropout: rate before the output layer.
        **kwargs: as for `PoolingHead`.

    Outputs are [batch, units] in float32; the output layer computes in float32 in every precision policy.
    """

    gives: ClassVar[str | None] = "rows"

    def __init__(self, units: int, *, pooling: str = "family", dropout: float = 0.1, **kwargs: Any) -> None:
        super().__init__(units, pooling=pooling, **kwargs)
        if not 0 <= dropout < 1:
            raise ValueError(f"Got dropout={dropout!r}; expected a number from 0 to below 1.")
        self.dropout_rate = dropout
        self.dropout = keras.layers.Dropout(dropout, dtype=self.dtype_policy, name="dropout")
        self.output_layer = keras.layers.Dense(
            units,
            kernel_initializer=keras.initializers.RandomNormal(stddev=self.initializer_range),
            dtype="float32",
            name="output",
        )

    def transform_width(self, width: int) -> int:
        """Return the width that `transform` gives for a pooled vector of `width`."""
        return width

    def transform(self, pooled: Any, training: bool | None) -> Any:
        """Turn the pooled vector [batch, width] into the one that the output layer sees."""
        return pooled

    def build(self, shape: tuple, **_: Any) -> None:
        self.pool.build(shape)
        width = self.pool.compute_output_shape(shape)[-1]
        self.build_transform(width)
        self.output_layer.build((shape[0], self.transform_width(width)))
        self.built = True

    def build_transform(self, width: int) -> None:
        """Build the layers that `transform` uses."""

    def call(self, hidden_states: Any, attention_mask: Any = None, training: bool | None = None) -> Any:
        pooled = self.pooled(hidden_states, attention_mask, training)
        vector = self.dropout(self.transform(pooled, training), training=training)
        return self.output_layer(ops.cast(vector, "float32"))

    def compute_output_shape(self, shape: tuple, **_: Any) -> tuple:
        return (shape[0], self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dropout": self.dropout_rate}
