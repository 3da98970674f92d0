"""What the checkpoint's family says about its own classification head, as arguments of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tltk.backbones import BackboneConfig, Family


def family_arguments(family: Family | None, config: BackboneConfig | None) -> dict[str, Any]:
    """Return `dropout`, `initializer_range` and `family_pooler` for a head; empty without a family."""
    if family is None or config is None:
        return {}
    described = family.classification_head
    rate = described.dropout(config.raw)
    return {
        "dropout": rate,
        "initializer_range": config.initializer_range,
        "family_pooler": {
            "units": config.hidden_size,
            "activation": described.activation,
            "dropout": rate if described.dropout_before_dense else 0.0,
            "initializer_range": config.initializer_range,
        },
    }


def output_arguments(head_class: type, family: Family | None, config: BackboneConfig | None) -> dict[str, Any]:
    """Return the `dropout` that the family's class has in front of the output layer, for heads on every position."""
    described = getattr(family, getattr(head_class, "family_head", "classification_head"), None)
    return {} if described is None or config is None else {"dropout": described.dropout(config.raw)}
