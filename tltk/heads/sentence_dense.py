"""The module `Dense` of sentence-transformers: a dense layer on the pooled vector, with weights of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tltk.errors import WeightsError
from tltk.heads.sentence_documents import USE_ENCODER_ALONE, read_document, write_document

ACTIVATIONS = {
    "linear": "torch.nn.modules.linear.Identity",
    "tanh": "torch.nn.modules.activation.Tanh",
    "relu": "torch.nn.modules.activation.ReLU",
    "gelu": "torch.nn.modules.activation.GELU",
}
"""Keras's name -> PyTorch's class: what the dense layer of an `EmbeddingHead` may have."""

_FROM, _TO = "module_input_name", "module_output_name"
_SENTENCE = (None, "sentence_embedding")


@dataclass(frozen=True)
class SentenceDense:
    """A dense layer in a folder.

    Args:
        folder: holds `config.json` and `model.safetensors`.
        units: numbers in a vector.
        activation: one of `EmbeddingHead`.
        has_bias: whether there is a bias; else it is 0.
    """

    folder: Path
    units: int
    activation: str
    has_bias: bool = True

    @property
    def options(self) -> dict[str, Any]:
        """What an `EmbeddingHead` with the same layer is built with."""
        return {"units": self.units, "activation": self.activation}

    def load_into(self, layer: keras.layers.Dense) -> None:
        """Give a built layer the weights.

        Raises:
            WeightsError: the weights are missing, damaged, pickled, or of another shape.
        """
        from tltk.backbones import read_tensors

        tensors = read_tensors(self.folder)
        for name, variable in (("linear.weight", layer.kernel), ("linear.bias", layer.bias)):
            if variable is layer.bias and not self.has_bias:
                variable.assign(np.zeros(variable.shape, "float32"))
                continue
            shape = tuple(reversed(variable.shape))
            found = np.shape(tensors[name]) if name in tensors else None
            if found != shape:
                raise WeightsError(
                    f"Got {'no' if found is None else f'shape {found} of'} {name}; expected {shape}.",
                    where=str(self.folder),
                    hint=f"Fetch it again. {USE_ENCODER_ALONE}",
                )
            variable.assign(np.asarray(tensors[name], "float32").T)


def read_sentence_dense(folder: Path) -> SentenceDense:
    """Return the dense layer of a folder; its weights are read when they are asked for.

    Raises:
        WeightsError: `config.json` is missing or damaged, or asks for what `EmbeddingHead` does not do.
    """
    place = folder / "config.json"
    config = read_document(place, dict)
    known = {theirs: ours for ours, theirs in ACTIVATIONS.items()}
    activation, units = str(config.get("activation_function", ACTIVATIONS["tanh"])), config.get("out_features")
    unknown = None
    if activation not in known:
        unknown = f"activation_function {activation!r}"
    elif config.get("use_residual"):
        unknown = "a residual connection (use_residual)"
    elif config.get(_FROM) not in _SENTENCE or config.get(_TO) not in _SENTENCE:
        unknown = f"a layer from {config.get(_FROM)} to {config.get(_TO)}"
    elif not isinstance(units, int) or isinstance(units, bool) or units < 1:
        unknown = f"out_features {units!r}"
    if unknown is not None:
        raise WeightsError(
            f"Got {unknown}; tltk reads a dense layer of the pooled vector, with {', '.join(known)}.",
            where=str(place),
            hint=USE_ENCODER_ALONE,
        )
    return SentenceDense(folder, units, known[activation], bool(config.get("bias", True)))


def write_sentence_dense(folder: Path, layer: keras.layers.Dense, width: int) -> None:
    """Write a dense layer on vectors of `width` numbers."""
    from safetensors.numpy import save_file

    config: dict[str, Any] = {"in_features": width, "out_features": layer.units, "bias": True}
    activation = ACTIVATIONS[keras.activations.serialize(layer.activation)]
    write_document(folder / "config.json", {**config, "activation_function": activation})
    kernel = np.ascontiguousarray(np.asarray(layer.kernel, dtype="float32").T)
    tensors = {"linear.weight": kernel, "linear.bias": np.asarray(layer.bias, dtype="float32")}
    save_file(tensors, folder / "model.safetensors")
