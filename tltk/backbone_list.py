"""The encoders there are: families, pinned and well-known checkpoints, and what training them would cost here."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tltk.assets import catalog, resolve_checkpoint
from tltk.assets.checkpoint import is_on_this_machine
from tltk.assets.inventory import inventory
from tltk.assets.preset import Preset
from tltk.backbones import BackboneConfig, Family, find_family, load_config
from tltk.backbones.family import families
from tltk.backbones.published import PUBLISHED, PublishedCheckpoint
from tltk.errors import AssetError, TrainingError, some_of
from tltk.training.cost import training_cost
from tltk.training.precision import Precision, choose_precision


@dataclass(frozen=True)
class KnownCheckpoint:
    """A checkpoint whose shape is known, be its weights on this machine or not.

    Args:
        name: what the user calls it.
        family: its family.
        config: its encoder's shape.
        state: "cached", "absent" or "damaged" for a pinned preset, "folder", "cached" or "absent" for any other.
        bytes: of its files; None where they were never seen.
        licence: of its weights, if it is known.
        title: what it is, for a preset.
    """

    name: str
    family: Family
    config: BackboneConfig
    state: str
    bytes: int | None
    licence: str | None = None
    title: str | None = None


def describe_backbones(name: str | None, *, batch_size: int, length: int, precision: str) -> dict[str, Any]:
    """Return what `tltk.list_backbones` returns; see there."""
    from tltk.training.rate import product_rate

    _check_positive(batch_size=batch_size, length=length)
    chosen = choose_precision(precision)
    if name is None:
        presets = [_preset(preset) for preset in catalog.PRESETS if preset.kind == "checkpoint"]
        known = [*presets, *map(_published, PUBLISHED)]
    else:
        known = [_checkpoint(name)]
        _check_length(known[0], length)
    rate = product_rate(chosen)
    return {
        "families": [_family(model_type) for model_type in families.names()] if name is None else [],
        "checkpoints": [_facts(checkpoint, batch_size, length, chosen, rate) for checkpoint in known],
        "estimated_for": {
            "batch_size": batch_size,
            "length": length,
            "precision": chosen,
            "product_flops_per_second": round(rate),
        },
    }


def _family(model_type: str) -> dict[str, str | None]:
    family = find_family({"model_type": model_type})
    about = (
        family.descriptions.get(model_type)
        or inspect.getdoc(inspect.getmodule(type(family)))
        or inspect.getdoc(type(family))
        or ""
    )
    in_huggingface_layout = type(family).load is Family.load
    return {
        "model_type": model_type,
        "class": family.class_name() if in_huggingface_layout else None,
        "about": about.partition("\n")[0],
    }


def _preset(preset: Preset) -> KnownCheckpoint:
    """Return a pinned preset's shape from the catalog: nothing is fetched for it."""
    assert preset.config is not None
    (entry,) = inventory([preset.name])
    family = find_family(preset.config)
    config = family.read_config(preset.config)
    return KnownCheckpoint(preset.name, family, config, entry.state, preset.size, preset.licence, preset.title)


def _published(checkpoint: PublishedCheckpoint) -> KnownCheckpoint:
    """Return the shape of a checkpoint of the hub, which is not looked up there."""
    family = find_family(checkpoint.config)
    config = family.read_config(checkpoint.config)
    state = "cached" if is_on_this_machine(checkpoint.name) else "absent"
    return KnownCheckpoint(checkpoint.name, family, config, state, None, checkpoint.licence, checkpoint.title)


def _checkpoint(name: str) -> KnownCheckpoint:
    preset = catalog.find_preset(name, "checkpoint")
    if preset is not None and not Path(name).is_dir():
        return _preset(preset)
    if name in families.names() and not Path(name).is_dir():
        raise _is_family(name)
    found = resolve_checkpoint(name)
    family, config = load_config(found.folder)
    size = sum(path.stat().st_size for path in found.folder.iterdir() if path.is_file())
    state = "folder" if found.source == "folder" else "cached"
    return KnownCheckpoint(name, family, config, state, size, found.licence)


def _is_family(name: str) -> AssetError:
    """Return what to say where a family is named instead of one of its checkpoints."""
    presets = [preset for preset in catalog.PRESETS if preset.kind == "checkpoint"]
    of_presets = [preset.name for preset in presets if (preset.config or {}).get("model_type") == name]
    of_the_hub = [checkpoint.name for checkpoint in PUBLISHED if checkpoint.config["model_type"] == name]
    known = some_of([*map(repr, of_presets + of_the_hub)], 3)
    example = f" (as {known})" if known else ""
    return AssetError(
        f"Got {name!r}, which is a family: an architecture without weights.",
        where="name",
        hint=f"Name one of its checkpoints{example}: a preset, a Hugging Face id, or a folder.",
    )


def _facts(
    checkpoint: KnownCheckpoint, batch_size: int, length: int, precision: Precision, rate: float
) -> dict[str, Any]:
    from tltk.backbones.size import encoder_size

    config = checkpoint.config
    size = encoder_size(checkpoint.family, config)
    facts: dict[str, Any] = {
        "name": checkpoint.name,
        "model_type": config.model_type,
        "title": checkpoint.title,
        "licence": checkpoint.licence,
        "state": checkpoint.state,
        "bytes": checkpoint.bytes,
        "parameters": size.parameters,
        "vocabulary_size": config.vocabulary_size,
        "hidden_size": config.hidden_size,
        "depths": len(config.passes),
        "heads": config.heads,
        "max_length": config.max_positions,
        "training": None,
    }
    if length <= config.max_positions:
        cost = training_cost(size, batch_size=batch_size, length=length, precision=precision)
        facts["training"] = {
            "weights_bytes": cost.weights,
            "gradients_bytes": cost.gradients,
            "moments_bytes": cost.moments,
            "activations_bytes": cost.activations,
            "memory_bytes": cost.memory,
            "flops_per_step": cost.flops,
            "seconds_per_step": cost.seconds(rate, precision),
        }
    return facts


def _check_positive(**values: int) -> None:
    for key, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise TrainingError(
                f"Got {value!r}; expected a whole number of at least 1.", where=key, hint="Give 1 or more."
            )


def _check_length(checkpoint: KnownCheckpoint, length: int) -> None:
    if length > checkpoint.config.max_positions:
        raise TrainingError(
            f"Got {length}; {checkpoint.name!r} takes at most {checkpoint.config.max_positions} tokens.",
            where="length",
            hint=f"Give {checkpoint.config.max_positions} or less.",
        )
