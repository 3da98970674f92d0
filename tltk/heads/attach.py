"""Puts a head on a backbone."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import keras

from tltk.backbones.encoder import first_position
from tltk.errors import RecipeError
from tltk.heads.head import DIMENSIONS, GIVES, Head


def attach(
    backbone: keras.Model,
    head: keras.layers.Layer,
    *,
    units: int | None = None,
    takes: Sequence[str] | None = None,
) -> keras.Model:
    """Return the functional model that runs `backbone` and then `head`: the backbone's inputs in, float32 logits out.

    The backbone and the head stay plain layers of the model, found by their names. The output is called "logits". Under
    a head that says `first_only`, the model's backbone is `first_position(backbone)`, which shares all layers.

    Args:
        backbone: model from a dict with `attention_mask` to hidden states [batch, length, width].
        head: any Keras layer; it is given `attention_mask` if its call names it.
        units: how many outputs are wanted; None checks nothing.
        takes: what outputs are wanted (see `Task.takes`), by which their dimensions are checked; None checks nothing.

    Raises:
        RecipeError: the head does not give `units` outputs or such as are wanted, or reads more positions than the
            backbone gives.

    Example:
        >>> ids = {name: keras.Input((None,), dtype="int32", name=name) for name in ("input_ids", "attention_mask")}
        >>> states = keras.layers.Embedding(10, 4)(ids["input_ids"])
        >>> backbone = keras.Model(ids, states, name="tiny")
        >>> from tltk.heads import LinearHead
        >>> attach(backbone, LinearHead(2, pooling="mean")).output.shape
        (None, 2)
    """
    if not isinstance(head, keras.layers.Layer):
        raise RecipeError(
            f"Got a head of type {type(head).__name__}.", where="head", hint="Pass a keras.layers.Layer instance."
        )
    reads_first_only = getattr(head, "first_only", False)
    if backbone.output.shape[1] == 1 and not reads_first_only:
        raise RecipeError(
            f"Got a backbone of the first position alone for the head {type(head).__name__}, which reads all.",
            where="head",
            hint="Attach it to the whole backbone: `Bundle.built.backbone`, or what `load_backbone` returns.",
        )
    inputs = backbone.input
    hidden_states = (first_position(backbone) if reads_first_only else backbone)(inputs)
    if takes_attention_mask(head):
        raw = head(hidden_states, attention_mask=inputs["attention_mask"])
    else:
        raw = head(hidden_states)
    shape = getattr(raw, "shape", None)
    if units is not None and (shape is None or shape[-1] != units):
        raise RecipeError(
            f"The head {type(head).__name__} gives outputs of shape {shape}; the task wants {units} for each row.",
            where="head",
            hint=f"Let its last layer have {units} units.",
        )
    if takes and (shape is None or len(shape) not in {DIMENSIONS[kind] for kind in takes}):
        wanted = " or ".join(f"{GIVES[kind]} ({DIMENSIONS[kind]} dimensions)" for kind in takes)
        raise RecipeError(
            f"The head {type(head).__name__} gives outputs of shape {shape}; the task wants {wanted}.",
            where="head",
            hint="Hidden states come as [batch, length, width]: let it pool them for rows, and keep the positions for "
            "all else.",
        )
    logits = keras.layers.Activation("linear", dtype="float32", name="logits")(raw)
    return keras.Model(inputs, logits, name=f"{backbone.name}_{head.name}")


def takes_attention_mask(head: keras.layers.Layer) -> bool:
    """Return whether the head is one of tltk's own kind, or its call names an argument `attention_mask`."""
    return isinstance(head, Head) or "attention_mask" in inspect.signature(head.call).parameters
