"""From a recipe to encoded rows: everything that is needed before a model is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tltk.assets import Checkpoint, cache_folder
from tltk.assets.keras_hub import require_keras_hub
from tltk.augmentation.copies import CopiesReport, make_copies, originals_of
from tltk.backbones.resolve import resolve_backbone
from tltk.data import Dataset, Encoded, Rows, Source, encode, join, read
from tltk.errors import RecipeError, did_you_mean
from tltk.recipe import Recipe
from tltk.tasks import Task, check_head, create_task


@dataclass(frozen=True, eq=False)
class Copies:
    """Changed copies of training rows, encoded.

    Args:
        rows: their texts and labels.
        encoded: their encoded rows, with their targets.
        report: what was made.
    """

    rows: Rows
    encoded: Encoded
    report: CopiesReport


@dataclass(frozen=True, eq=False)
class Prepared:
    """A recipe's rows, read, split, checked and encoded.

    Args:
        checkpoint: the pretrained checkpoint's folder and where it came from.
        tokenizer: its tokenizer.
        dataset: the rows as read, with the report on them.
        task: the task, which has learned its labels.
        encoded: encoded rows of each split, with their targets; those of "train" end with the changed copies, if any.
        copies: the changed copies of training rows; None where the recipe asks for none.
    """

    checkpoint: Checkpoint
    tokenizer: Any
    dataset: Dataset
    task: Task
    encoded: Mapping[str, Encoded]
    copies: Copies | None = None

    @property
    def row_counts(self) -> dict[str, int]:
        """Rows of each split."""
        return {name: len(rows) for name, rows in self.dataset.splits.items()}

    @property
    def given(self) -> dict[str, Encoded]:
        """Encoded rows of each split as they were given, without changed copies."""
        train, copies = self.encoded["train"], len(self.copies.encoded) if self.copies else 0
        return {**self.encoded, "train": train.take(np.arange(len(train) - copies)) if copies else train}

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
    checkpoint, tokenizer = resolve_backbone(recipe.backbone, progress=progress)
    encoded = {
        name: part.with_targets(**task.targets(dataset[name], part))
        for name, part in encode_splits(recipe, dataset, task, tokenizer, progress=progress).items()
    }
    dataset.report.warnings.extend(task.learn_from_encoded(encoded["train"], dataset["train"]))
    if recipe.augment is None:
        return Prepared(checkpoint, tokenizer, dataset, task, encoded)
    copies = make_train_copies(recipe, dataset["train"], task, checkpoint, tokenizer, progress=progress)
    if len(copies.rows):
        encoded["train"] = join(encoded["train"], copies.encoded)
    else:
        dataset.report.warnings.append("augment: no text of the training rows has anything that could be changed.")
    return Prepared(checkpoint, tokenizer, dataset, task, encoded, copies)


def read_rows(recipe: Recipe, *, data: Any = None) -> tuple[Dataset, Task]:
    """Read and split the rows and let the task learn its labels; no checkpoint is touched."""
    task = create_task(recipe.task, recipe.head.name)
    dataset = read(
        recipe.data,
        seed=recipe.seed,
        memory=data,
        cache=cache_folder() / "data",
        kind=task.label_kind(recipe.data),
        labels=task.labels,
    )
    task.fit(dataset["train"])
    for rows in dataset.splits.values():
        task.check(rows)
    check_measured(recipe, task)
    from tltk.heads import build_head
    from tltk.training import check_criterion, count_devices

    # Dropped: that it can be made is what is asked, before rows are encoded and weights are read.
    build_head(recipe.head, units=task.units, default=task.default_head)
    check_criterion(task, recipe.train, devices=count_devices(recipe.distribute))
    return dataset, task


def make_train_copies(
    recipe: Recipe, rows: Rows, task: Task, checkpoint: Checkpoint, tokenizer: Any, *, progress: bool = True
) -> Copies:
    """Make and encode the changed copies of training rows that a recipe's `augment` section asks for."""
    assert recipe.augment is not None
    made, report = make_copies(
        rows,
        recipe.augment,
        seed=recipe.seed,
        checkpoint=checkpoint.folder,
        cache=cache_folder() / "augmented",
        progress=progress,
    )
    encoded = encode_source(recipe, made.source, task, tokenizer, progress=progress)
    targets = task.targets_of_copies(made, encoded, originals=rows, positions=originals_of(made, rows))
    return Copies(made, encoded.with_targets(**targets), report)


def check_parts(recipe: Recipe, *, head: Any = None) -> None:
    """Look up every part that the recipe names, before any work begins.

    Args:
        recipe: the recipe.
        head: a layer of the user's own in place of the recipe's head.

    Raises:
        RecipeError: a task, head or augmentation is not registered, or the head does not go with the task.
        ExportError: an exporter is not registered.
        EnvironmentProblem: KerasHub is asked for and not installed.
    """
    from tltk.augmentation import augmentations
    from tltk.exporting import exporters

    for name in recipe.augment.methods if recipe.augment else ():
        augmentations.get(name, where="augment.methods")
    task = create_task(recipe.task, recipe.head.name)
    task.text_columns(recipe.data)
    check_stride(recipe, task)
    if recipe.backbone.provider == "keras_hub":
        require_keras_hub()
    if head is not None:
        check_head(type(task), head, named=recipe.head.name or task.default_head)
    for name in recipe.export.formats:
        exporters.get(name, where="export.formats")


def check_stride(recipe: Recipe, task: Task) -> None:
    """Refuse windows that could not move on; how many special tokens there are only the tokenizer knows.

    Raises:
        RecipeError: neighbouring windows would share all they hold.
    """
    stride, longest = task.layout.stride, recipe.backbone.max_length
    if isinstance(stride, int) and stride >= longest:
        raise RecipeError(
            f"Got a stride of {stride} for windows of backbone.max_length ({longest}) tokens.",
            where="task.options.stride",
            hint="Leave it out for a third of backbone.max_length, or raise that.",
        )


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
        name: encode_source(recipe, source, task, tokenizer, progress=progress)
        for name, source in dataset.sources.items()
    }
    return {name: whole[rows.source.name].take_examples(rows.indices) for name, rows in dataset.splits.items()}


def encode_source(recipe: Recipe, source: Source, task: Task, tokenizer: Any, *, progress: bool = True) -> Encoded:
    """Tokenise the whole table of a source as a recipe and its task want it, now or before."""
    return encode(
        source.table,
        tokenizer,
        text_columns=task.text_columns(recipe.data),
        max_length=recipe.backbone.max_length,
        layout=task.layout,
        cache=cache_folder() / "encoded",
        fingerprint=source.fingerprint,
        progress=progress,
        where=source.where,
    )


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
