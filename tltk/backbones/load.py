"""From a checkpoint folder in Hugging Face layout, or a config, to a Keras model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tltk.backbones.config import BackboneConfig, read_config_file
from tltk.backbones.family import Family, find_family
from tltk.backbones.report import LoadReport

if TYPE_CHECKING:
    import keras


@dataclass
class LoadedBackbone:
    """An encoder with a checkpoint's weights.

    Args:
        model: functional Keras model, a dict of int32 [batch, length] -> hidden states [batch, length, hidden_size].
        family: its family.
        config: its shape; `config.raw` is the Hugging Face config.
        report: what became of each tensor; `print(loaded.report)`.
        head_tensors: the tensors of the family's heads (sequence classification, token classification, question
            answering) that the checkpoint holds, under the names they have in their classes
            ("bert.pooler.dense.weight", "classifier.weight", "qa_outputs.weight").
    """

    model: keras.Model
    family: Family
    config: BackboneConfig
    report: LoadReport
    head_tensors: dict[str, np.ndarray] = field(default_factory=dict, repr=False)


def load_config(
    folder: Path | str, *, dropout: float | None = None, attention_dropout: float | None = None
) -> tuple[Family, BackboneConfig]:
    """Return the family and the configuration of a checkpoint folder; neither weights nor TensorFlow are loaded.

    Args:
        folder: holds `config.json`.
        dropout: of the hidden layers, in place of the checkpoint's own.
        attention_dropout: of the attention probabilities, in place of the checkpoint's own.

    Raises:
        WeightsError: the config is missing, damaged, or of no family tltk reads.
    """
    path = Path(folder) / "config.json"
    return _read(read_config_file(Path(folder)), str(path), dropout, attention_dropout)


def build_backbone(
    config: Mapping[str, Any], *, dropout: float | None = None, attention_dropout: float | None = None
) -> keras.Model:
    """Return an encoder with random weights from a Hugging Face config dict.

    Args:
        config: for example `{"model_type": "bert", "hidden_size": 128, ...}`; what it does not say is the family's
            default.
        dropout: see `load_config`.
        attention_dropout: see `load_config`.

    Raises:
        WeightsError: `model_type` is unknown, or values are wrong: all of them in one error.

    Example:
        >>> model = build_backbone({"model_type": "electra", "num_hidden_layers": 1, "vocab_size": 100})
        >>> model.output.shape
        (None, None, 256)
    """
    family, read = _read(config, None, dropout, attention_dropout)
    return family.build(read)


def load_backbone(
    folder: Path | str, *, dropout: float | None = None, attention_dropout: float | None = None
) -> LoadedBackbone:
    """Return the encoder of a checkpoint folder with its weights.

    Args:
        folder: `config.json` and `model.safetensors` (or shards and their index).
        dropout: see `load_config`.
        attention_dropout: see `load_config`.

    Raises:
        WeightsError: no safetensors, damaged files, or tensors that do not fit the config: all of them in one error.
    """
    family, config = load_config(folder, dropout=dropout, attention_dropout=attention_dropout)
    model, report, head_tensors = family.load(Path(folder), config)
    return LoadedBackbone(model, family, config, report, head_tensors)


def _read(
    raw: Mapping[str, Any], where: str | None, dropout: float | None, attention_dropout: float | None
) -> tuple[Family, BackboneConfig]:
    family = find_family(raw, where=where)
    rates = zip(family.dropout_keys, (dropout, attention_dropout), strict=True)
    changed = {**raw, **{key: rate for key, rate in rates if rate is not None}}
    return family, family.read_config(changed, where=where)
