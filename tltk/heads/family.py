"""What the checkpoint's family says about its own classification head, as arguments of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tltk.heads.pooling import ClsPooling, FamilyPooling

if TYPE_CHECKING:
    from tltk.backbones import BackboneConfig, Family


def family_arguments(family: Family | None, config: BackboneConfig | None) -> dict[str, Any]:
    """Return `dropout`, `initializer_range` and `family_pooler` for a head; empty without a family."""
    described = family.classification_head if family is not None else None
    if described is None or config is None:
        return {}
    rate = described.dropout(config.raw)
    common = {"dropout": rate, "initializer_range": config.initializer_range}
    if described.dense is None:
        return {**common, "family_pooler": None}
    pooler = {
        "units": config.hidden_size,
        "activation": described.activation,
        "dropout": rate if described.dropout_before_dense else 0.0,
        "initializer_range": config.initializer_range,
    }
    if not described.dense_bias:
        pooler["use_bias"] = False
    if described.norm:
        pooler["norm_epsilon"] = config.epsilon
    if described.pooling(config.raw) != "cls":
        pooler["pooling"] = described.pooling(config.raw)
    return {**common, "family_pooler": pooler}


def output_arguments(head_class: type, family: Family | None, config: BackboneConfig | None) -> dict[str, Any]:
    """Return the `dropout` that the family's class has in front of the output layer, for heads on every position."""
    described = getattr(family, getattr(head_class, "family_head", "classification_head"), None)
    return {} if described is None or config is None else {"dropout": described.dropout(config.raw)}


def pooler_layers(pool: Any, family: Family) -> dict[str, Any] | None:
    """Return tensor prefix -> layer of a pooling that is what the family's class does, else None."""
    described = family.classification_head
    if described is None:
        return None
    if described.dense is None:
        return {} if isinstance(pool, ClsPooling) else None
    if not isinstance(pool, FamilyPooling):
        return None
    if (pool.activation, pool.dense.use_bias) != (described.activation, described.dense_bias):
        return None
    if (pool.norm is None) != (described.norm is None):
        return None
    return {described.dense: pool.dense, **({described.norm: pool.norm} if described.norm else {})}
