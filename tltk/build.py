"""A backbone and a head made into one model, and the model's parts written and read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tltk.backbones import BackboneConfig, Family, LoadReport, load_backbone
from tltk.errors import BundleError, RecipeError, WeightsError
from tltk.recipe import HeadSection, Recipe
from tltk.tasks import Task

if TYPE_CHECKING:
    import keras

    from tltk.heads import SentenceDense


@dataclass(frozen=True, eq=False)
class Built:
    """A model and the parts it is made of, which share its weights.

    Args:
        model: token ids in, raw outputs in float32 out.
        backbone: the encoder.
        head: the layer on it.
        family: the encoder's family.
        config: the encoder's shape.
        report: what became of the checkpoint's tensors; None for a restored model.
        initialised: tensors and weights of the head that the checkpoint does not hold, and that therefore start at
            random.
    """

    model: keras.Model
    backbone: keras.Model
    head: keras.layers.Layer
    family: Family
    config: BackboneConfig
    report: LoadReport | None = None
    initialised: tuple[str, ...] = ()

    def write(self, folder: Path, tokenizer: Any, *, labels: Sequence[str], problem_type: str) -> bool:
        """Write the encoder as a Hugging Face folder, with the head where a class of the family's holds it.

        Args:
            folder: is made if it is not there.
            tokenizer: the backbone's tokenizer.
            labels: names of the outputs, written into the config; empty where they have none.
            problem_type: see `Task.problem_type`.

        Returns:
            Whether the folder holds the head, and therefore claims the class that the head names.
        """
        from tltk.heads import huggingface_tensors

        head_tensors = huggingface_tensors(self.head, self.family)
        kind = "Model"
        changes: dict[str, Any] = {}
        if head_tensors is not None:
            kind = self.head.huggingface_class
            # Without names of ours those of transformers itself, since an older head's may stand in the config.
            names = list(labels) or [f"LABEL_{index}" for index in range(self.head.units)]
            changes = {
                "id2label": {str(index): label for index, label in enumerate(names)},
                "label2id": {label: index for index, label in enumerate(names)},
                "num_labels": len(names),
                "problem_type": problem_type if kind == "ForSequenceClassification" else None,
            }
            described = self.family.classification_head
            if kind == "ForSequenceClassification" and described and (key := described.pooling_key):
                changes[key] = self.head.pool.pooling
        self.family.write(
            self.backbone,
            self.config,
            tokenizer,
            folder,
            head_tensors=head_tensors,
            architectures=[self.family.class_name(kind)],
            changes=changes,
        )
        return head_tensors is not None

    def write_head(self, path: Path) -> None:
        """Write the head's weights, float32, to a safetensors file."""
        from safetensors.numpy import save_file

        save_file({name: np.asarray(variable, np.float32) for name, variable in _named(self.head)}, path)


def build_model(recipe: Recipe, checkpoint: Path, task: Task, *, head: Any = None) -> Built:
    """Return the model a recipe asks for, with the checkpoint's weights, under the global precision policy.

    Args:
        recipe: the recipe; its `backbone`, `head` and `seed` count here.
        checkpoint: folder of the checkpoint.
        task: the fitted task; it says how many outputs there are, and which head stands there where the recipe names
            none.
        head: a layer of the user's own in place of the recipe's head.

    Raises:
        WeightsError: the checkpoint's tensors do not fit.
        RecipeError: the head does not fit, or texts may be longer than the encoder can take.
    """
    from tltk.heads import attach, build_head, load_huggingface_head

    loaded = load_backbone(
        checkpoint, dropout=recipe.backbone.dropout, attention_dropout=recipe.backbone.attention_dropout
    )
    check_length(recipe, loaded.config)
    loaded.model.trainable = recipe.backbone.trainable
    dense = None
    if head is None:
        section, dense = as_the_checkpoint(recipe.head, checkpoint) if task.embeds else (recipe.head, None)
        head = build_head(
            section,
            units=task.units,
            family=loaded.family,
            config=loaded.config,
            default=task.default_head,
            default_pooling=task.default_pooling,
        )
    model = attach(loaded.model, head, units=task.units, takes=task.takes)
    weights = load_huggingface_head(
        head, loaded.head_tensors, loaded.family, architectures=loaded.config.raw.get("architectures")
    )
    if dense is not None:
        dense.load_into(head.projection)
        weights = weights.with_loaded(head.projection)
    report = loaded.report.with_head(taken=weights.loaded, initialised=weights.initialised)
    return Built(model, loaded.model, head, loaded.family, loaded.config, report, weights.initialised)


def as_the_checkpoint(section: HeadSection, checkpoint: Path) -> tuple[HeadSection, SentenceDense | None]:
    """Return a head section that does as a sentence-transformers checkpoint does, unless it says how, and that one's
    dense layer, whose weights are to be taken.

    Raises:
        WeightsError: the checkpoint does what tltk does not know.
    """
    from tltk.heads import read_sentence_modules

    if section.name not in (None, "embedding") or section.pooling is not None:
        return section, None
    modules = read_sentence_modules(checkpoint)
    if modules is None:
        return section, None
    dense = None if {"units", "activation"} & section.options.keys() else modules.dense
    options = {"normalize": modules.normalize, **(dense.options if dense else {}), **section.options}
    return section.model_copy(update={"pooling": modules.pooling, "options": options}), dense


def restore_model(folder: Path, *, head: keras.layers.Layer, head_file: Path | None) -> Built:
    """Return a saved model, in float32.

    Args:
        folder: the encoder's Hugging Face folder.
        head: the head, unbuilt.
        head_file: safetensors file of the head's weights; None where the encoder's folder holds them.

    Raises:
        BundleError: the head's weights do not fit the head.
    """
    from tltk.heads import attach, load_huggingface_head

    loaded = load_backbone(folder)
    model = attach(loaded.model, head)
    if head_file is None:
        weights = load_huggingface_head(head, loaded.head_tensors, loaded.family)
        if weights.initialised:
            raise BundleError(
                f"The encoder's folder lacks {', '.join(weights.initialised)}.",
                where=str(folder),
                hint="Take a whole copy of the Bundle.",
            )
    else:
        _read_head(head, head_file)
    return Built(model, loaded.model, head, loaded.family, loaded.config)


def check_length(recipe: Recipe, config: BackboneConfig) -> None:
    """Compare the longest input with what the encoder can take.

    Raises:
        RecipeError: it is longer.
    """
    if recipe.backbone.max_length > config.max_positions:
        raise RecipeError(
            f"Got {recipe.backbone.max_length}; "
            f"{recipe.backbone.source!r} takes at most {config.max_positions} tokens.",
            where="backbone.max_length",
            hint=f"Give {config.max_positions} or less.",
        )


def _named(head: keras.layers.Layer) -> list[tuple[str, Any]]:
    """Return the head's weights by names that do not depend on where the head was built."""
    return [(f"{number:03d}.{variable.name}", variable) for number, variable in enumerate(head.weights)]


def _read_head(head: keras.layers.Layer, path: Path) -> None:
    from safetensors.numpy import load_file

    tensors = load_file(path)
    expected = {name: tuple(variable.shape) for name, variable in _named(head)}
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if expected != found:
        raise WeightsError(
            f"Got tensors {found}; the head wants {expected}.", where=str(path), hint="Take a whole copy of the Bundle."
        )
    for name, variable in _named(head):
        variable.assign(tensors[name])
