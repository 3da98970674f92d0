"""A checkpoint as it is, without training, as a Bundle that embeds."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tltk import __version__
from tltk.assets import cache_folder, locked, resolve_checkpoint
from tltk.backbones import load_config, load_tokenizer
from tltk.backbones.tokenizer import fit_tokenizer
from tltk.build import build_model
from tltk.bundle import Bundle
from tltk.bundle_document import DOCUMENT
from tltk.bundle_saving import save_bundle
from tltk.console import say
from tltk.environment import describe_environment
from tltk.errors import BundleError
from tltk.manifest import file_entry
from tltk.recipe import Recipe, load_recipe
from tltk.tasks import Similarity

if TYPE_CHECKING:
    from tltk.heads import SentenceModules

_LONGEST = 256


def pretrained_bundle(
    backbone: str,
    *,
    revision: str | None = None,
    pooling: str | None = None,
    normalize: bool | None = None,
    max_length: int | None = None,
    output: str | os.PathLike[str] | None = None,
) -> Bundle:
    """Return a checkpoint as a Bundle of task `similarity`; see `tltk.embedder`."""
    from tltk.heads import read_sentence_modules

    checkpoint = resolve_checkpoint(backbone, revision)
    modules = read_sentence_modules(checkpoint.folder) if pooling is None else None
    _, config = load_config(checkpoint.folder)
    own_length = min((modules and modules.max_length) or _LONGEST, config.max_positions)
    length = own_length if max_length is None else max_length
    options = {} if normalize is None else {"normalize": normalize}
    recipe = load_recipe(
        {
            "name": "embedder",
            "task": "similarity",
            "data": {"source": "memory", "text": ["sentence1", "sentence2"], "label": "score"},
            "backbone": {"name": backbone, "revision": revision, "max_length": length},
            "head": {"name": "embedding", "pooling": pooling, "options": options},
        }
    )
    if output is not None:
        return _save(Path(output), recipe, checkpoint.folder)
    folder = cache_folder() / "embedders" / _key(recipe, checkpoint.folder, modules)
    with locked(folder, what="embedder", doing="making the"):
        if (folder / DOCUMENT).is_file():
            try:
                return Bundle.load(folder)
            except BundleError:
                say(f"The embedder {folder} is damaged; it is made anew.")
        return _save(folder, recipe, checkpoint.folder)


def _save(folder: Path, recipe: Recipe, checkpoint: Path) -> Bundle:
    from tltk.engines.keras_engine import weights_in

    task = Similarity()
    with weights_in("float32"):
        built = build_model(recipe, checkpoint, task)
    tokenizer = load_tokenizer(checkpoint)
    fit_tokenizer(tokenizer, checkpoint)
    return save_bundle(
        folder,
        built=built,
        tokenizer=tokenizer,
        task=task,
        recipe=recipe,
        data={"fingerprint": "", "rows": {}},
        metrics={},
        environment=describe_environment("float32"),
    )


def _key(recipe: Recipe, checkpoint: Path, modules: SentenceModules | None) -> str:
    """Return what tells one embedder from another: the checkpoint's files, how vectors are made, and by which tltk."""
    files: dict[str, Any] = {path.name: file_entry(path) for path in sorted(checkpoint.iterdir()) if path.is_file()}
    files |= {str(path): file_entry(path) for path in sorted(checkpoint.glob("*/config.json"))}
    if modules is not None and modules.dense is not None:
        files |= {str(path): file_entry(path) for path in modules.dense.folder.glob("*.safetensors")}
    described = [__version__, recipe.model_dump(mode="json", include={"backbone", "head"}), files]
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()[:32]
