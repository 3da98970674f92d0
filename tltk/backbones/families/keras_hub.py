"""Encoders that KerasHub builds, from its presets: they are read and written as preset folders."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tltk.assets.keras_hub import ENCODERS, require_keras_hub
from tltk.backbones.config import BackboneConfig, ConfigReader
from tltk.backbones.family import Family, register_family
from tltk.backbones.names import TensorName
from tltk.backbones.preset_tokenizer import KEPT
from tltk.backbones.report import LoadReport
from tltk.errors import WeightsError

if TYPE_CHECKING:
    import keras
    import numpy as np

_NAMES = {"token_ids": "input_ids", "padding_mask": "attention_mask", "segment_ids": "token_type_ids"}


@dataclass(frozen=True, kw_only=True)
class PresetShape(BackboneConfig):
    """The shape of a preset's encoder."""

    folder: Path | None = field(default=None, compare=False)
    """The preset, of which a copy takes the tokenizer and what the hidden states do not follow from (poolers)."""


@register_family("keras_hub")
class KerasHub(Family):
    """Every encoder of the BERT family that KerasHub has.

    What KerasHub computes is taken as it is: its hidden states differ from those of the original checkpoints by some
    1e-3 where it approximates GELU. It has no classification class of its own here; a head lies in a file of its own.
    """

    prefix = ""
    class_prefixes: ClassVar[Mapping[str, str]] = {"keras_hub": "KerasHub"}
    classification_head = None
    token_head = None
    question_head = None
    dropout_keys = ("dropout", "attention_dropout")

    def read_config(self, raw: Mapping[str, Any], *, where: str | None = None) -> BackboneConfig:
        kind, settings = raw.get("class_name"), raw.get("config")
        if kind not in ENCODERS or not isinstance(settings, Mapping):
            raise WeightsError(
                f"Got a KerasHub {kind}; expected one of {', '.join(ENCODERS)}.",
                where=where,
                hint="Choose a preset of one of these encoders.",
            )
        read = ConfigReader({**settings, **{key: raw[key] for key in self.dropout_keys if key in raw}}, where=where)
        width = read.count("hidden_dim", 768)
        rate = read.number("dropout", 0.1, least=0, below=1)
        config = PresetShape(
            model_type=self.model_type,
            vocabulary_size=read.count("vocab_size" if "vocab_size" in settings else "vocabulary_size", 30522),
            hidden_size=width,
            embedding_size=width,
            layers=read.count("num_layers", 12),
            heads=read.count("num_heads", 12),
            intermediate_size=read.count("intermediate_dim", 3072),
            activation="gelu",
            dropout=rate,
            attention_dropout=rate,
            position_rows=read.count("max_sequence_length", 512),
            padding_id=None,
            token_types=read.count("num_segments", 2) if ENCODERS[kind] else 0,
            takes_token_types=ENCODERS[kind],
            epsilon=1e-12,
            initializer_range=0.02,
            raw=dict(raw),
            folder=Path(where).parent if where else None,
        )
        read.refuse("attention_dropout", (None,), "KerasHub's encoders have one rate, backbone.dropout")
        read.finish()
        return config

    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        raise WeightsError("KerasHub's encoders are no checkpoints with names of tensors; they are written as presets.")

    def build(self, config: BackboneConfig) -> keras.Model:
        return _wrapped(_backbone(config), config, name=self.name)

    def load(self, folder: Path, config: BackboneConfig) -> tuple[keras.Model, LoadReport, dict[str, np.ndarray]]:
        backbone = _preset(folder, config)
        return _wrapped(backbone, config, name=self.name), LoadReport(str(folder), len(backbone.weights)), {}

    def write(self, model: keras.Model, config: BackboneConfig, tokenizer: Any, folder: Path, **_: Any) -> list[Path]:
        source = config.folder if isinstance(config, PresetShape) else None
        backbone = _preset(source, config) if source else _backbone(config)
        for layer in _inner(model).layers:
            backbone.get_layer(layer.name).set_weights(layer.get_weights())
        folder.mkdir(parents=True, exist_ok=True)
        backbone.save_to_preset(str(folder))
        _name_float32(folder / "config.json")
        if source:
            _copy_tokenizer(source, folder)
        if tokenizer is not None:
            tokenizer.save_pretrained(folder / KEPT)
        return [path for path in folder.rglob("*") if path.is_file()]


def _backbone(config: BackboneConfig) -> Any:
    """Return KerasHub's own model with random weights, under the global precision policy."""
    keras_hub = require_keras_hub()
    part = getattr(keras_hub.models, config.raw["class_name"])
    return part.from_config({**config.raw["config"], **_settings(config)})


def _preset(folder: Path, config: BackboneConfig) -> Any:
    """Return KerasHub's own model with a preset's weights, under the global precision policy."""
    keras_hub = require_keras_hub()
    try:
        return keras_hub.models.Backbone.from_preset(str(folder), **_settings(config))
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise WeightsError(
            f"KerasHub cannot read the preset ({type(error).__name__}: {error}).",
            where=str(folder),
            hint="Fetch the preset again, or install the KerasHub that wrote it (its metadata.json names the version).",
        ) from error


def _settings(config: BackboneConfig) -> dict[str, Any]:
    import keras

    return {"dropout": config.dropout, "dtype": keras.config.dtype_policy()}


def _wrapped(backbone: Any, config: BackboneConfig, *, name: str) -> keras.Model:
    """Return the model from tltk's inputs to the hidden states; what they do not follow from stays outside."""
    import keras

    states = backbone.output["sequence_output"] if isinstance(backbone.output, dict) else backbone.output
    inner = keras.Model(backbone.input, states, name=backbone.name)
    inputs = {key: keras.Input((None,), dtype="int32", name=key) for key in config.inputs}
    return keras.Model(inputs, inner({key: inputs[_NAMES[key]] for key in backbone.input}), name=name)


def _copy_tokenizer(source: Path, folder: Path) -> None:
    """Copy KerasHub's own tokenizer, so that the folder is a whole preset."""
    if (source / "tokenizer.json").is_file():
        shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    if (source / "assets").is_dir():
        shutil.copytree(source / "assets", folder / "assets", dirs_exist_ok=True)


def _inner(model: keras.Model) -> keras.Model:
    import keras

    return next(layer for layer in model.layers if isinstance(layer, keras.Model))


def _name_float32(path: Path) -> None:
    """Let the config name float32: the weights are, whatever training computed in."""
    config = json.loads(path.read_text(encoding="utf-8"))
    config["config"]["dtype"] = "float32"
    path.write_text(json.dumps(config, indent=4), encoding="utf-8")
