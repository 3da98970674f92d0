"""A trained model, written as a Bundle."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tltk.build import Built
from tltk.bundle import Bundle
from tltk.bundle_document import DOCUMENT, ENCODER, HEAD, write_document
from tltk.folders import atomic_folder
from tltk.manifest import list_files
from tltk.recipe import Recipe
from tltk.tasks import Task


def save_bundle(
    path: Path,
    *,
    built: Built,
    tokenizer: Any,
    task: Task,
    recipe: Recipe,
    data: Mapping[str, Any],
    metrics: Mapping[str, Any],
    environment: Mapping[str, Any],
) -> Bundle:
    """Write a Bundle in one step: either the whole of it is there afterwards or nothing has changed.

    Args:
        path: the folder; an older Bundle there is replaced.
        built: the trained model with its parts.
        tokenizer: the backbone's tokenizer.
        task: the fitted task.
        recipe: the recipe; its paths are cut to bare names.
        data: fingerprint and counts of the rows.
        metrics: figures by split.
        environment: versions, precision and the like.

    Raises:
        BundleError: the head cannot be described as data (a lambda, an unregistered class).
        EnvironmentProblem: the disk is full.
    """
    from tltk.heads import head_to_config, write_sentence_modules

    head = head_to_config(built.head)
    labels = list(getattr(task, "labels_", ()))
    with atomic_folder(path) as folder:
        holds_head = built.write(folder / ENCODER, tokenizer, labels=task.output_names, problem_type=task.problem_type)
        if task.embeds:
            write_sentence_modules(folder / ENCODER, built.head, max_length=recipe.backbone.max_length)
        if not holds_head:
            built.write_head(folder / HEAD)
        fields = {
            "task": task.get_config(),
            "labels": labels,
            "head": head,
            "encoder": {"folder": ENCODER, "family": built.family.name, "holds_head": holds_head},
            "thresholds": None,
            "temperature": None,
            "recipe": relocatable(recipe).model_dump(mode="json"),
            "data": dict(data),
            "metrics": dict(metrics),
            "environment": dict(environment),
            "files": list_files(folder, skip=DOCUMENT),
        }
        document = write_document(folder, fields)
    return Bundle(path, document)


def relocatable(recipe: Recipe) -> Recipe:
    """Return the recipe with every path cut to its last part, so that a Bundle betrays no folder of its maker."""
    data = {
        field: Path(value).name
        for field in ("path", "validation_path", "test_path", "data_dir")
        if (value := getattr(recipe.data, field)) is not None
    }
    backbone = {
        field: Path(value).name
        for field in ("name", "preset", "tokenizer")
        if (value := getattr(recipe.backbone, field)) is not None and Path(value).is_absolute()
    }
    return recipe.model_copy(
        update={
            "data": recipe.data.model_copy(update=data),
            "backbone": recipe.backbone.model_copy(update=backbone),
            "output": None if recipe.output is None else Path(recipe.output).name,
        }
    )
