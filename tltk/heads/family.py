"""What the checkpoint's family says about its own classes with a head, as arguments and layers of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

from tltk.heads.pooling import ClsPooling, FamilyPooling

if TYPE_CHECKING:
    from tltk.backbones import BackboneConfig, Family
    from tltk.backbones.family import OutputHead


def family_arguments(family: Family | None, config: BackboneConfig | None) -> dict[str, Any]:
    """Return `dropout`, `initializer_range` and `family_pooler` for a head; empty without a family."""
    described = family.classification_head if family is not None else None
    if described is None or config is None:
        return {}
    rate = described.dropout(config.raw)
    pooler = _dense_arguments(described, config)
    if pooler is not None:
        pooler["dropout"] = rate if described.dropout_before_dense else 0.0
        if described.pooling(config.raw) != "cls":
            pooler["pooling"] = described.pooling(config.raw)
    return {"dropout": rate, "initializer_range": config.initializer_range, "family_pooler": pooler}


def output_arguments(head_class: type, family: Family | None, config: BackboneConfig | None) -> dict[str, Any]:
    """Return `dropout` and `family_dense`: what the family's class has in front of its output layer."""
    described = getattr(family, getattr(head_class, "family_head", "classification_head"), None)
    if described is None or config is None:
        return {}
    return {"dropout": described.dropout(config.raw), "family_dense": _dense_arguments(described, config)}


def _dense_arguments(described: OutputHead, config: BackboneConfig) -> dict[str, Any] | None:
    """Return arguments of `dense_and_norm`; None where the family's class has no such layers."""
    if described.dense is None:
        return None
    arguments = {
        "units": config.hidden_size,
        "activation": described.activation,
        "initializer_range": config.initializer_range,
    }
    if not described.dense_bias:
        arguments["use_bias"] = False
    if described.norm:
        arguments["norm_epsilon"] = config.epsilon
    return arguments


def pooler_layers(pool: Any, family: Family) -> dict[str, Any] | None:
    """Return tensor prefix -> layer of a pooling that is what the family's class does, else None."""
    described = family.classification_head
    if described is None:
        return None
    if described.dense is None:
        return {} if isinstance(pool, ClsPooling) else None
    return dense_layers(pool, described) if isinstance(pool, FamilyPooling) else None


def dense_layers(part: Any, described: OutputHead) -> dict[str, Any] | None:
    """Return tensor prefix -> layer of `part.dense` and `part.norm`, where the family has the same, else None."""
    if part.dense is None or described.dense is None:
        return {} if part.dense is described.dense else None
    activation = keras.activations.serialize(part.dense.activation)
    if (activation, part.dense.use_bias) != (described.activation, described.dense_bias):
        return None
    if (part.norm is None) != (described.norm is None):
        return None
    return {described.dense: part.dense, **({described.norm: part.norm} if described.norm else {})}
