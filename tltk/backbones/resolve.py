"""From a recipe's backbone section to a checkpoint on this machine and its tokenizer, whoever provides them."""

from __future__ import annotations

from typing import Any

from tltk.assets import Checkpoint, resolve_checkpoint
from tltk.assets.checkpoint import is_on_this_machine
from tltk.assets.keras_hub import preset_is_on_this_machine, resolve_preset
from tltk.backbones.tokenizer import fit_tokenizer, load_tokenizer
from tltk.data.case_markup import mark_case
from tltk.recipe import BackboneSection


def backbone_is_on_this_machine(section: BackboneSection) -> bool:
    """Return whether the checkpoint that a recipe names is here; else it would be fetched.

    Raises:
        AssetError: it is a folder that does not do, or the name could be none of a checkpoint.
    """
    if section.provider == "keras_hub":
        return preset_is_on_this_machine(section.source)
    return is_on_this_machine(section.source, section.revision)


def resolve_backbone(section: BackboneSection, *, progress: bool = True) -> tuple[Checkpoint, Any]:
    """Return the checkpoint that a recipe names, fetched where it is not here yet, and its Hugging Face tokenizer.

    The tokenizer gives the arrays that the encoder takes, whatever its own files say of them, and marks capital letters
    where `case_markup` asks for it.

    Raises:
        AssetError: the checkpoint or its tokenizer cannot be had, or they do not belong together.
        RecipeError: there are no capital letters to mark, or no pieces to mark them with.
        WeightsError: the checkpoint's config is of no encoder that tltk reads.
        EnvironmentProblem: a KerasHub preset must be fetched, and KerasHub is not installed.
    """
    if section.provider == "keras_hub":
        checkpoint = resolve_preset(section.source)
    else:
        checkpoint = resolve_checkpoint(section.source, section.revision, progress=progress)
    tokenizer = load_tokenizer(section.tokenizer or checkpoint.folder)
    fit_tokenizer(tokenizer, checkpoint.folder)
    return checkpoint, mark_case(tokenizer) if section.case_markup else tokenizer
