"""From a recipe's backbone section to a checkpoint on this machine and its tokenizer, whoever provides them."""

from __future__ import annotations

from typing import Any

from tltk.assets import Checkpoint, resolve_checkpoint
from tltk.assets.keras_hub import resolve_preset
from tltk.backbones.tokenizer import check_vocabulary, load_tokenizer
from tltk.recipe import BackboneSection


def resolve_backbone(section: BackboneSection, *, progress: bool = True) -> tuple[Checkpoint, Any]:
    """Return the checkpoint that a recipe names, fetched where it is not here yet, and its Hugging Face tokenizer.

    Raises:
        AssetError: the checkpoint or its tokenizer cannot be had, or they do not belong together.
        EnvironmentProblem: a KerasHub preset must be fetched, and KerasHub is not installed.
    """
    if section.provider == "keras_hub":
        checkpoint = resolve_preset(section.source)
    else:
        checkpoint = resolve_checkpoint(section.source, section.revision, progress=progress)
    if section.tokenizer is None:
        return checkpoint, load_tokenizer(checkpoint.folder)
    tokenizer = load_tokenizer(section.tokenizer)
    check_vocabulary(tokenizer, checkpoint.folder)
    return checkpoint, tokenizer
