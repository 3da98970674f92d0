"""A checkpoint's own masked language model: its encoder and the head that guesses words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tltk.backbones.activations import activation_function
from tltk.backbones.load import LoadedBackbone, load_backbone, load_config
from tltk.backbones.tensors import read_tensors
from tltk.backbones.weights import find_variable
from tltk.errors import Problem, WeightsError

_TABLE = "embeddings.word.embeddings"


class MaskedLanguageModel:
    """An encoder with the head that gives each position a logit for every word piece.

    The kernel of the logits is the encoder's own table of word embeddings, unless the checkpoint says otherwise.

    Args:
        backbone: the encoder.
        tensors: the head's tensors: dense and norm weight and bias, `bias`, and `decoder` where it is not tied.
    """

    def __init__(self, backbone: LoadedBackbone, tensors: Mapping[str, np.ndarray]) -> None:
        self.backbone = backbone
        self.tensors = dict(tensors)

    @property
    def vocabulary_size(self) -> int:
        """How many logits a position gets."""
        return self.backbone.config.vocabulary_size

    def logits(self, inputs: Mapping[str, Any], rows: Any = None, positions: Any = None) -> Any:
        """Return float32 logits: [batch, length, vocabulary] of all positions, or [n, vocabulary] of n of them.

        Args:
            inputs: what the encoder takes, int32 [batch, length] each.
            rows: which rows of the batch, int [n]; None for all positions of all rows.
            positions: which position of each of these rows, int [n].
        """
        from keras import ops

        states = ops.cast(self.backbone.model(dict(inputs), training=False), "float32")
        if rows is not None:
            length = ops.shape(states)[1]
            flat = ops.reshape(states, (-1, self.backbone.config.hidden_size))
            states = ops.take(flat, np.asarray(rows) * int(length) + np.asarray(positions), axis=0)
        return self._head(states)

    def _head(self, states: Any) -> Any:
        from keras import ops

        config, head = self.backbone.config, self.backbone.family.masked_language_head
        assert head is not None
        dense = ops.matmul(states, self.tensors["dense.weight"].T) + self.tensors.get("dense.bias", 0.0)
        dense = activation_function(head.activation or config.activation)(dense)
        mean, variance = ops.moments(dense, axes=-1, keepdims=True)
        scaled = (dense - mean) * ops.rsqrt(variance + config.epsilon)
        scaled = scaled * self.tensors["norm.weight"] + self.tensors.get("norm.bias", 0.0)
        kernel = self.tensors.get("decoder", find_variable(self.backbone.model, _TABLE))
        return ops.matmul(scaled, ops.transpose(kernel)) + self.tensors["bias"]


def load_masked_language_model(folder: Path | str) -> MaskedLanguageModel:
    """Return the masked language model of a checkpoint folder, for inference.

    Raises:
        WeightsError: the checkpoint cannot be read, or the tensors of the head are missing or misshapen: all of them
            in one error.
    """
    missing = missing_masked_language_tensors(folder)
    if missing:
        raise WeightsError(
            "The checkpoint does not hold the head of its masked language model.",
            where=str(folder),
            hint="Choose a checkpoint as it was pretrained; most that were fine-tuned since have lost this head.",
            problems=[Problem(f"missing: {name}") for name in missing],
        )
    backbone = load_backbone(folder)
    stored = read_tensors(Path(folder))
    names = {backbone.family.canonical(name): name for name in stored}
    tensors = {part: stored[names[name]] for part, name in _names(folder, set(names)).items()}
    _check_shapes(backbone, tensors, str(folder))
    return MaskedLanguageModel(backbone, tensors)


def missing_masked_language_tensors(folder: Path | str) -> list[str]:
    """Return the tensors that a checkpoint lacks to be a masked language model; no weights are read.

    Raises:
        WeightsError: the checkpoint cannot be read, or its family has no masked language model.
    """
    family, _ = load_config(folder)
    held = {family.canonical(name) for name in read_tensors(Path(folder))}
    return [name for name in _names(folder, held).values() if name not in held]


def _names(folder: Path | str, held: set[str]) -> dict[str, str]:
    """Return the tensor of each part of the head, by the names that this checkpoint gives them."""
    family, config = load_config(folder)
    head = family.masked_language_head
    if head is None:
        raise WeightsError(
            f"Family {family.name!r} has no masked language model.",
            where=str(folder),
            hint="Take a checkpoint of another family.",
        )
    tied = config.raw.get("tie_word_embeddings", True)
    # Where nothing is tied, the bias that counts is the decoder's own; where all is, they are one and saved once.
    biases = head.bias if tied else head.bias[::-1]
    parts = {
        "dense.weight": f"{head.dense}.weight",
        "norm.weight": f"{head.norm}.weight",
        "bias": next((name for name in biases if name in held), head.bias[0]),
    }
    if head.offsets:
        parts |= {"dense.bias": f"{head.dense}.bias", "norm.bias": f"{head.norm}.bias"}
    if not tied:
        parts["decoder"] = head.decoder
    return parts


def _check_shapes(backbone: LoadedBackbone, tensors: Mapping[str, np.ndarray], where: str) -> None:
    config = backbone.config
    width, rows = config.embedding_size, config.vocabulary_size
    expected = {
        "dense.weight": (width, config.hidden_size),
        "dense.bias": (width,),
        "norm.weight": (width,),
        "norm.bias": (width,),
        "bias": (rows,),
        "decoder": (rows, width),
    }
    problems = [
        Problem(
            f"misshapen: {part} of the masked language model has shape {list(tensor.shape)}; expected {list(shape)}"
        )
        for part, tensor in tensors.items()
        if tensor.shape != (shape := expected[part])
    ]
    if problems:
        raise WeightsError("The head of the masked language model does not fit.", where=where, problems=problems)
