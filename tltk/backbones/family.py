"""The contract of a family of encoders, and the registry that finds families by model_type."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from tltk.assets.keras_hub import REGISTERED
from tltk.backbones.config import BackboneConfig
from tltk.backbones.names import TensorName
from tltk.backbones.weights import load_safetensors
from tltk.backbones.write import write_backbone
from tltk.errors import WeightsError, did_you_mean
from tltk.registry import Registry

if TYPE_CHECKING:
    import keras
    import numpy as np

    from tltk.backbones.report import LoadReport

families: Registry[type[Family]] = Registry("family", package="tltk.backbones.families", error=WeightsError)
F = TypeVar("F", bound="type[Family]")


def register_family(*model_types: str) -> Callable[[F], F]:
    """Return a decorator that makes a Family known under each `model_type` it reads."""

    def decorate(family: F) -> F:
        for model_type in model_types:
            families.register(model_type)(family)
        return family

    return decorate


def find_family(raw: Mapping[str, Any], *, where: str | None = None) -> Family:
    """Return the family that reads a Hugging Face config, by its `model_type`.

    Raises:
        WeightsError: `model_type` is missing or none of ours.

    Example:
        >>> find_family({"model_type": "bert"}).class_name()
        'BertModel'
    """
    model_type = "keras_hub" if str(raw.get("registered_name")).startswith(REGISTERED) else raw.get("model_type")
    if model_type not in families.names():
        known = did_you_mean(str(model_type), families.names())
        raise WeightsError(
            f"Got model_type {model_type!r}, which tltk does not read.",
            where=f"{where} model_type" if where else "model_type",
            hint=_NOT_BUILT.get(str(model_type), f"{known} Choose a checkpoint of one of these families."),
        )
    return families.get(str(model_type))(str(model_type)).variant(raw)


# Their names are near to those of families that are built, which read other checkpoints.
_NOT_BUILT = {
    "deberta": "That is version 1 of DeBERTa, another architecture; version 3 is read (microsoft/deberta-v3-base).",
}


@dataclass(frozen=True)
class OutputHead:
    """How a family's own class makes outputs of hidden states, each by itself.

    hidden -> (dense -> activation -> (norm)) -> dropout -> output.

    Args:
        output: name of the output layer's tensors, without `.weight` and `.bias`, as in that class.
        dropout_keys: config keys of the dropout rate; the first one that is set counts.
        dropout_default: the rate when none is set.
        dense: name of the dense layer's tensors; None where the class has none.
        activation: after it: "tanh", "relu", "gelu" (erf), or "linear" without a dense layer.
        dense_bias: whether the dense layer has a bias.
        norm: name of the tensors of a layer norm without offset, after the activation; None for none.
    """

    output: str
    dropout_keys: tuple[str, ...] = ("classifier_dropout", "hidden_dropout_prob")
    dropout_default: float = 0.1
    dense: str | None = None
    activation: str = "linear"
    dense_bias: bool = True
    norm: str | None = None

    @property
    def tensors(self) -> tuple[str, ...]:
        """Names of the head's tensors in its class."""
        dense = [f"{self.dense}.weight"] if self.dense else []
        bias = [f"{self.dense}.bias"] if self.dense and self.dense_bias else []
        norm = [f"{self.norm}.weight"] if self.norm else []
        return (*dense, *bias, *norm, f"{self.output}.weight", f"{self.output}.bias")

    def dropout(self, raw: Mapping[str, Any]) -> float:
        """Return the head's dropout rate under a Hugging Face config."""
        set_ = (float(raw[key]) for key in self.dropout_keys if raw.get(key) is not None)
        return next(set_, self.dropout_default)


@dataclass(frozen=True)
class ClassificationHead(OutputHead):
    """How a family's own sequence classification class makes logits: an `OutputHead` on one vector a row.

    Args:
        dropout_before_dense: whether that vector is dropped out before the dense layer too.
        pooling_key: config key that says whether it is the first hidden state ("cls") or the mean of all ("mean").
    """

    dropout_before_dense: bool = False
    pooling_key: str | None = None

    def pooling(self, raw: Mapping[str, Any]) -> str:
        """Return how a Hugging Face config pools: "cls" or "mean"."""
        return raw.get(self.pooling_key, "cls") if self.pooling_key else "cls"


@dataclass(frozen=True)
class MaskedLanguageHead:
    """Names of the tensors by which a family's own masked language model makes logits from hidden states.

    hidden -> dense -> activation -> layer norm -> product with the word embeddings -> plus bias.

    Args:
        dense: name of the dense layer's tensors, without `.weight` and `.bias`.
        norm: name of the layer norm's tensors.
        bias: names under which the bias of the logits may lie.
        decoder: the kernel of the logits, for checkpoints that do not tie it to the word embeddings.
        activation: after the dense layer, where it is not the encoder's own.
        offsets: whether the dense layer has a bias and the layer norm an offset.
    """

    dense: str
    norm: str
    bias: tuple[str, ...]
    decoder: str
    activation: str | None = None
    offsets: bool = True


class Family(ABC):
    """One family of encoders: reads its configs, builds its models, and knows the names of its tensors.

    A new family is one file in `tltk/backbones/families/` with one subclass under `@register_family(...)`.

    Args:
        model_type: the `model_type` of the config, one of those the class is registered under.
    """

    prefix: ClassVar[str]
    """Before every encoder tensor in a checkpoint that has a head ("bert.")."""
    class_prefixes: ClassVar[Mapping[str, str]]
    """Start of the Hugging Face class names, by model_type ({"bert": "Bert"})."""
    classification_head: ClassVar[ClassificationHead | None]
    """Head of the family's sequence classification class; None where there is no such class."""
    masked_language_head: ClassVar[MaskedLanguageHead | None] = None
    """The head of the family's masked language model, where it has one."""
    token_head: ClassVar[OutputHead | None] = OutputHead("classifier")
    """Head of the family's token classification class; None where that class computes something else."""
    question_head: ClassVar[OutputHead | None] = OutputHead("qa_outputs", dropout_keys=(), dropout_default=0.0)
    """Head of the family's question answering class; None where that class computes something else."""
    dropout_keys: ClassVar[tuple[str, str]] = ("hidden_dropout_prob", "attention_probs_dropout_prob")
    """Config keys of the hidden and the attention dropout."""
    pooler: ClassVar[tuple[str, ...]] = ()
    """Tensors of a pooler in a bare checkpoint: not part of the encoder, may be missing."""
    pretraining_heads: ClassVar[tuple[str, ...]] = ()
    """Regular expressions of tensors that only pretraining uses: ignored."""

    descriptions: ClassVar[Mapping[str, str]] = {}
    """What encoders of a model_type are, in a sentence, where a class has several; else the file's first line says."""

    def __init__(self, model_type: str) -> None:
        self.model_type = model_type

    @property
    def name(self) -> str:
        """The family's name as an identifier; its models carry it."""
        return self.model_type.replace("-", "_")

    @property
    def head_tensors(self) -> tuple[str, ...]:
        """Names of the tensors of all heads that a checkpoint of the family may lend, as in their classes."""
        heads = (self.classification_head, self.token_head, self.question_head)
        return tuple(dict.fromkeys(name for head in heads if head is not None for name in head.tensors))

    def variant(self, raw: Mapping[str, Any]) -> Family:
        """Return the family as a config has it, where a config decides what its classes compute."""
        return self

    @abstractmethod
    def read_config(self, raw: Mapping[str, Any], *, where: str | None = None) -> BackboneConfig:
        """Return the checked configuration; raise WeightsError for what cannot be built."""

    @abstractmethod
    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        """Return the name table: every tensor the encoder needs."""

    def build(self, config: BackboneConfig) -> keras.Model:
        """Return the encoder with random weights: a functional model, input dict -> last hidden state."""
        from tltk.backbones.encoder import build_encoder  # brings TensorFlow, which reading configs does not need

        return build_encoder(config, name=self.name)

    def load(self, folder: Path, config: BackboneConfig) -> tuple[keras.Model, LoadReport, dict[str, np.ndarray]]:
        """Return the encoder with a folder's weights, what became of its tensors, and those of the family's heads."""
        return load_safetensors(self, folder, config)

    def write(
        self, model: keras.Model, config: BackboneConfig, tokenizer: Any, folder: Path, **settings: Any
    ) -> list[Path]:
        """Write a folder that `load` reads; `settings` are those of `write_backbone`. Returns the files written."""
        return write_backbone(model, self, config, tokenizer, folder, **settings)

    def class_name(self, suffix: str = "Model") -> str:
        """Return the name of a Hugging Face class, for example `BertForSequenceClassification`."""
        return self.class_prefixes[self.model_type] + suffix

    def canonical(self, name: str) -> str:
        """Return a checkpoint's tensor name without the family's prefix and legacy spellings.

        Example:
            >>> find_family({"model_type": "bert"}).canonical("bert.embeddings.LayerNorm.gamma")
            'embeddings.LayerNorm.weight'
        """
        name = name.removeprefix(self.prefix)
        name = re.sub(r"LayerNorm\.gamma$", "LayerNorm.weight", name)
        return re.sub(r"LayerNorm\.beta$", "LayerNorm.bias", name)

    def may_ignore(self, canonical: str) -> bool:
        """Tell whether the encoder can do without this tensor of a checkpoint."""
        patterns = (*_BUFFERS, *_TASK_HEADS, *self.pretraining_heads, *map(re.escape, self.pooler))
        return any(re.fullmatch(pattern, canonical) for pattern in patterns)


# Buffers that older versions of transformers saved: they hold 0, 1, 2, ...
_BUFFERS = (r"embeddings\.position_ids", r"embeddings\.token_type_ids")
# Heads of the Hugging Face task classes; a Head of ours takes what it can use of them.
_TASK_HEADS = (r"classifier\..*", r"pre_classifier\..*", r"qa_outputs\..*", r"sequence_summary\..*")
