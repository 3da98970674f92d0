"""From a recipe to encoded rows: everything that is needed before a model is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tltk.assets import Checkpoint, cache_folder, resolve_checkpoint
from tltk.backbones import load_tokenizer
from tltk.data import Dataset, Encoded, encode, read
from tltk.errors import RecipeError, did_you_mean
from tltk.recipe import Recipe
from tltk.tasks import Task, create_task


@dataclass(frozen=True, eq=False)
class Prepared:
    """A recipe's rows, read, split, checked and encoded.

    Args:
        checkpoint: the pretrained checkpoint's folder and where it came from.
        tokenizer: its tokenizer.
        dataset: the rows as read, with the report on them.
        task: the task, which has learned its labels.
        encoded: encoded rows of each split, with their targets.
    """

    checkpoint: Checkpoint
    tokenizer: Any
    dataset: Dataset
    task: Task
    encoded: Mapping[str, Encoded]

    @property
    def row_counts(self) -> dict[str, int]:
        """Rows of each split."""
        return {name: len(rows) for name, rows in self.dataset.splits.items()}

    @property
    def labels(self) -> tuple[str, ...]:
        """Label names, for tasks that have them."""
        return tuple(getattr(self.task, "labels_", ()))

    @property
    def truncated(self) -> int:
        """Texts that were cut to the longest input, over all sources."""
        by_source = {self.dataset[name].source.name: part.truncated for name, part in self.encoded.items()}
        return sum(by_source.values())


def prepare(recipe: Recipe, *, data: Any = None, progress: bool = True) -> Prepared:
    """Read, split, check and encode the rows that a recipe speaks of.

    Args:
        recipe: the recipe.
        data: rows in memory, for `source: memory`: one table, or a mapping from split to table.
        progress: whether to draw progress bars.

    Raises:
        DataError: the rows do not fit the recipe.
        AssetError: the checkpoint or the dataset could not be had.

    Example:
        >>> recipe = Recipe(data={"source": "asset", "name": "movie-snippets"})  # doctest: +SKIP
        >>> prepare(recipe).row_counts["train"]  # doctest: +SKIP
        8484
    """
    dataset, task = read_rows(recipe, data=data)
    checkpoint = resolve_checkpoint(recipe.backbone.name, recipe.backbone.revision, progress=progress)
    tokenizer = load_tokenizer(checkpoint.folder)
    encoded = {
        name: part.with_targets(**task.targets(dataset[name], part))
        for name, part in encode_splits(recipe, dataset, task, tokenizer, progress=progress).items()
    }
    return Prepared(checkpoint, tokenizer, dataset, task, encoded)


def read_rows(recipe: Recipe, *, data: Any = None) -> tuple[Dataset, Task]:
    """Read and split the rows and let the task learn its labels; no checkpoint is touched."""
    task = create_task(recipe.task)
    dataset = read(
        recipe.data, seed=recipe.seed, memory=data, cache=cache_folder() / "data", kind=task.label_kind(recipe.data)
    )
    task.fit(dataset["train"])
    for rows in dataset.splits.values():
        task.check(rows)
    check_measured(recipe, task)
    return dataset, task


def check_parts(recipe: Recipe) -> None:
    """Look up every part that the recipe names, before any work begins.

    Raises:
        RecipeError: a task or head is not registered.
        ExportError: an exporter is not registered.
    """
    from tltk.exporting import exporters
    from tltk.heads import heads

    task = create_task(recipe.task)
    task.text_columns(recipe.data)
    if recipe.head.name is not None:
        heads.get(recipe.head.name, where="head.name")
    for name in recipe.export.formats:
        exporters.get(name, where="export.formats")


def check_measured(recipe: Recipe, task: Task) -> None:
    """Compare the values by which epochs and trials are chosen with what the task measures.

    Raises:
        RecipeError: one of them is not measured.
    """
    measured = ["loss", *(metric.name for metric in task.metrics())]
    wanted = {"train.monitor": recipe.train.monitor}
    if recipe.tune is not None:
        wanted["tune.objective"] = recipe.tune.objective
    for field, name in wanted.items():
        if name.removeprefix("val_") not in measured:
            known = [f"{prefix}{value}" for value in measured for prefix in ("val_", "")]
            raise RecipeError(
                f"Got {name!r}, which is not measured.",
                where=field,
                hint=did_you_mean(name, known),
            )


def encode_splits(
    recipe: Recipe, dataset: Dataset, task: Task, tokenizer: Any, *, progress: bool = True
) -> dict[str, Encoded]:
    """Tokenise every source once, whole, and return each split as a view of it."""
    whole = {
        name: encode(
            source.table,
            tokenizer,
            text_columns=task.text_columns(recipe.data),
            max_length=recipe.backbone.max_length,
            layout=task.layout,
            cache=cache_folder() / "encoded",
            fingerprint=source.fingerprint,
            progress=progress,
        )
        for name, source in dataset.sources.items()
    }
    return {name: whole[rows.source.name].take_examples(rows.indices) for name, rows in dataset.splits.items()}


def token_counts(encoded: Mapping[str, Encoded]) -> dict[str, dict[str, float]]:
    """Return rows, mean and longest length in tokens of each split, for the report."""
    return {
        name: {
            "rows": len(part),
            "mean_tokens": round(float(np.mean(part.lengths)), 1) if len(part) else 0.0,
            "longest": int(np.max(part.lengths, initial=0)),
        }
        for name, part in encoded.items()
    }
