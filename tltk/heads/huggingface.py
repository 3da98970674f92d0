"""The tensors of a Hugging Face class with a head, to and from the head of ours that computes the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from tltk.errors import WeightsError
from tltk.heads.family import dense_layers, pooler_layers
from tltk.heads.head import Head, PoolingHead
from tltk.heads.position_head import PositionHead

if TYPE_CHECKING:
    from tltk.backbones import Family


_KIND = re.compile("For(SequenceClassification|TokenClassification|QuestionAnswering|MultipleChoice)$")


@dataclass(frozen=True)
class HeadWeights:
    """Which tensors of a head came from a checkpoint.

    Args:
        loaded: names of the tensors that were read, as in the family's class.
        initialised: names of those that the checkpoint lacks, or holds for another number of labels, and by their own
            names ("head.output.kernel") the head's weights that no class of the family has; the initial values stay.

    As a truth value it tells whether every tensor was loaded.
    """

    loaded: tuple[str, ...] = ()
    initialised: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.loaded) and not self.initialised

    def with_loaded(self, layer: keras.layers.Layer) -> HeadWeights:
        """Return the same, where a layer of the head's own got its weights from another file of the checkpoint."""
        names = [_own_name(weight) for weight in layer.weights]
        left = tuple(name for name in self.initialised if name not in names)
        return HeadWeights((*self.loaded, *names), left)


def huggingface_tensors(head: keras.layers.Layer, family: Family) -> dict[str, np.ndarray] | None:
    """Return the head's tensors under the names and in the layout of the family's class of `huggingface_class`.

    None where no class would compute the same logits: a head that names none, or `linear` with another pooling than
    `family`. Kernels come out as PyTorch keeps them, [out, in], float32.
    """
    layers = _shared_layers(head, family)
    if layers is None:
        return None
    return {
        f"{name}.{kind}": np.ascontiguousarray(np.asarray(variable, dtype="float32").T)
        for name, layer in layers.items()
        for kind, variable in _variables(layer).items()
    }


def load_huggingface_head(
    head: keras.layers.Layer, tensors: Mapping[str, Any], family: Family, *, architectures: Sequence[str] | None = ()
) -> HeadWeights:
    """Fill a built head from a checkpoint's tensors, and say which were there.

    A checkpoint of the bare encoder may hold the pooler alone (BERT). Any built-in head that has the family's dense
    layer takes it; the output layer is taken by the head whose class it is, and only one for as many labels.

    Args:
        head: the head; whatever it cannot take from the family's class stays as it is.
        tensors: name -> array in PyTorch's layout, such as `LoadedBackbone.head_tensors` or `read_tensors(folder)`.
        family: the backbone's family.
        architectures: classes that the checkpoint's config claims. The output layer of another class with a head is
            left alone, though some families call both by the same name: it was trained for something else.

    Raises:
        WeightsError: the dense layer before the output has another width than the backbone, or a layer is not whole.
    """
    loaded: list[str] = []
    initialised: list[str] = []
    known: set[int] = set()
    foreign = _is_of_another_class(head, architectures or ())
    for name, layer in _loadable_layers(head, family).items():
        if not layer.built:
            raise ValueError("The head is not built yet; attach it to its backbone first.")
        variables = _variables(layer)
        known |= {id(variable) for variable in variables.values()}
        names = [f"{name}.{kind}" for kind in variables]
        found = next((form for form in (name, family.canonical(name)) if f"{form}.weight" in tensors), None)
        shapes = {kind: tuple(reversed(variable.shape)) for kind, variable in variables.items()}
        is_output = layer is getattr(head, "output_layer", None)
        if found is None or (is_output and (foreign or np.shape(tensors[f"{found}.weight"]) != shapes["weight"])):
            initialised += names
            continue
        values = {kind: _tensor(f"{found}.{kind}", tensors, shape) for kind, shape in shapes.items()}
        for kind, variable in variables.items():
            variable.assign(values[kind].T)
        loaded += names
    initialised += [_own_name(weight) for weight in head.weights if id(weight) not in known]
    return HeadWeights(tuple(loaded), tuple(initialised))


def _own_name(weight: Any) -> str:
    return str(weight.path.replace("/", "."))


def _tensor(name: str, tensors: Mapping[str, Any], shape: tuple[int, ...]) -> np.ndarray:
    if name not in tensors:
        raise WeightsError(
            f"The checkpoint lacks {name}; the rest of that layer is there.", hint="Fetch the checkpoint again."
        )
    if np.shape(tensors[name]) != shape:
        raise WeightsError(
            f"Tensor {name} has shape {np.shape(tensors[name])}; expected {shape}.",
            hint="The weights and config.json are not of one checkpoint; fetch both again.",
        )
    return np.asarray(tensors[name], dtype="float32")


def _shared_layers(head: keras.layers.Layer, family: Family) -> dict[str, Any] | None:
    """Return tensor prefix -> layer where the family's class computes what this head computes."""
    # A subclass may compute anything: only the class that says so itself is known to be the same.
    if not isinstance(head, Head) or "huggingface_class" not in vars(type(head)):
        return None
    return head.huggingface_layers(family)


def _loadable_layers(head: keras.layers.Layer, family: Family) -> dict[str, Any]:
    """Return tensor prefix -> layer for what a checkpoint can lend this head."""
    shared = _shared_layers(head, family)
    if shared is not None:
        return shared
    if isinstance(head, PoolingHead):
        return pooler_layers(head.pool, family) or {}
    described = getattr(family, head.family_head) if isinstance(head, PositionHead) else None
    return {} if described is None else dense_layers(head, described) or {}


def _is_of_another_class(head: keras.layers.Layer, architectures: Sequence[str]) -> bool:
    kinds = {kind.group() for name in architectures if (kind := _KIND.search(name))}
    return bool(kinds) and getattr(head, "huggingface_class", None) not in kinds


def _variables(layer: Any) -> dict[str, Any]:
    """Return a layer's variables by what PyTorch calls them; a kernel is to be transposed."""
    found = {"weight": layer.kernel if hasattr(layer, "kernel") else layer.gamma, "bias": getattr(layer, "bias", None)}
    return {kind: variable for kind, variable in found.items() if variable is not None}
