"""KerasHub presets by name: a local folder, the cache, or KerasHub's own download."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tltk.assets.cache import assets_folder
from tltk.assets.checkpoint import Checkpoint
from tltk.assets.lock import locked
from tltk.assets.offline import offline_switch
from tltk.assets.placement import placed
from tltk.backend import require_tensorflow
from tltk.errors import AssetError, EnvironmentProblem, did_you_mean

REGISTERED = "keras_hub>"
"""How the `registered_name` in the config.json of a preset begins."""

ENCODERS = {
    "BertBackbone": True,
    "AlbertBackbone": True,
    "ElectraBackbone": True,
    "RobertaBackbone": False,
    "XLMRobertaBackbone": False,
    "DistilBertBackbone": False,
    "DebertaV3Backbone": False,
}
"""KerasHub's encoders that tltk takes, and whether they take token types."""

_WEIGHTS = ("model.weights.h5", "model.weights.json")


def require_keras_hub() -> Any:
    """Return the module `keras_hub`, imported on TensorFlow.

    Raises:
        EnvironmentProblem: it is not installed, or does not work here.
    """
    require_tensorflow()
    try:
        import keras_hub
    except ImportError as error:
        raise EnvironmentProblem(
            f"KerasHub cannot be imported ({error}).",
            where="backbone.provider",
            hint="Install it: pip install 'tltk[keras-hub]'.",
        ) from error
    return keras_hub


def is_preset_folder(folder: Path) -> bool:
    """Return whether the config.json of a folder is that of a KerasHub model; KerasHub itself is not needed."""
    try:
        config = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))
        return str(config.get("registered_name", "")).startswith(REGISTERED)
    except (OSError, ValueError, AttributeError):
        return False


def resolve_preset(name: str) -> Checkpoint:
    """Return the KerasHub preset called `name` as a folder, fetching it if it is not on this machine yet.

    Args:
        name: a folder that `save_to_preset` wrote, one of KerasHub's own presets (`bert_tiny_en_uncased`), or a handle
            that KerasHub knows (`kaggle://...`). What is fetched is kept in tltk's cache.

    Raises:
        AssetError: the folder is no preset, there is no such preset, or it cannot be fetched.
        EnvironmentProblem: KerasHub is not installed.
    """
    folder = Path(name).expanduser()
    if folder.is_dir() or folder.is_absolute() or name.startswith("."):
        _check_folder(folder)
        return Checkpoint(name, folder.absolute(), "folder")
    kept = _kept(name)
    if is_preset_folder(kept):
        return Checkpoint(name, kept, "cache")
    if switch := offline_switch():
        raise AssetError(
            f"{name!r} is not in the cache, and {switch} forbids to fetch it.",
            where=str(kept),
            hint=f"Unset {switch.split('=')[0]}, or give a folder that save_to_preset wrote.",
        )
    keras_hub = require_keras_hub()
    with locked(kept, what=name):
        if not is_preset_folder(kept):
            _fetch(keras_hub, name, kept)
    return Checkpoint(name, kept, "KerasHub")


def preset_is_on_this_machine(name: str) -> bool:
    """Return whether a KerasHub preset is a folder or in the cache, so that nothing would be fetched."""
    folder = Path(name).expanduser()
    return folder.is_dir() or is_preset_folder(_kept(name))


def _kept(name: str) -> Path:
    return assets_folder() / "keras_hub" / name.replace("://", "-").replace("/", "-")


def _check_folder(folder: Path) -> None:
    hint = "Give a folder that save_to_preset wrote, for the backbone and for the tokenizer."
    if not is_preset_folder(folder):
        raise AssetError("Got no KerasHub preset: no config.json of its own.", where=str(folder), hint=hint)
    if not any((folder / name).is_file() for name in _WEIGHTS):
        raise AssetError(f"The preset lacks its weights ({' or '.join(_WEIGHTS)}).", where=str(folder), hint=hint)


def _fetch(keras_hub: Any, name: str, target: Path) -> None:
    if "://" not in name:
        known = [preset for encoder in ENCODERS for preset in getattr(keras_hub.models, encoder).presets]
        if name not in known:
            raise AssetError(
                f"Got {name!r}, which is no folder and no KerasHub preset of an encoder.",
                hint=did_you_mean(name, known),
            )
    try:
        parts = [part.from_preset(name) for part in (keras_hub.models.Backbone, keras_hub.tokenizers.Tokenizer)]
    except Exception as error:  # whatever the libraries that download for KerasHub raise
        raise AssetError(
            f"KerasHub cannot fetch the preset ({type(error).__name__}: {error}).",
            where=name,
            hint="Check the network, or give a local preset folder.",
        ) from error
    with placed(target) as folder:
        for part in parts:
            part.save_to_preset(str(folder))
