"""What the checkpoint's family says about its own classification head, as arguments of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tltk.backbones import Family


def family_arguments(family: Family | None, config: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return `dropout`, `initializer_range` and `family_pooler` for a head, as far as the checkpoint gives them.

    The dropout rate is the first of the family's keys that the configuration holds with a value: the classifier's
    own, then the hidden layers'.
    """
    config = config or {}
    arguments: dict[str, Any] = {}
    if config.get("initializer_range") is not None:
        arguments["initializer_range"] = float(config["initializer_range"])
    if family is None:
        return arguments
    described = family.classification_head
    rate = next((float(config[key]) for key in described.dropout_keys if config.get(key) is not None), None)
    if rate is not None:
        arguments["dropout"] = rate
    arguments["family_pooler"] = {
        "units": int(config[described.width_key]),
        "activation": described.activation,
        "dropout": (rate or 0.0) if described.dropout_before_dense else 0.0,
        "initializer_range": arguments.get("initializer_range", 0.02),
    }
    return arguments
