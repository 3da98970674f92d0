"""Rules of training, its devices, and what it starts from and leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tltk.recipe.paths import is_local
from tltk.recipe.recipe import Recipe
from tltk.recipe.rules.data import BUILT_IN, WITH_SPLITS
from tltk.recipe.rules.rule import Finding, rule
from tltk.recipe.train import TrainSection

HISTORY_NAME = re.compile(r"[a-z][a-z0-9_]*")
VALIDATION_FIELDS = (
    ("data", "split", "validation"),
    ("data", "validation_path"),
    ("data", "validation_split"),
    ("data", "source"),
)
_FOREIGN_PREFIXES = ("validation_", "valid_", "eval_", "dev_", "test_", "train_", "training_")


def has_validation_rows(recipe: Recipe) -> bool:
    """Return whether there may be validation rows, as far as a recipe tells: where the source decides, there may."""
    data = recipe.data
    given = (data.split.validation, data.validation_path, data.validation_split)
    if any(value is not None for value in given):
        return True
    in_memory = data.source == "memory" or (data.source == "auto" and data.path is None)
    return in_memory or data.source in WITH_SPLITS or data.source not in BUILT_IN


def history_name_findings(path: tuple[str, str], name: str) -> Iterator[Finding]:
    """Yield what keeps a name from being one of the training history's."""
    prefix = next((prefix for prefix in _FOREIGN_PREFIXES if name.startswith(prefix)), None)
    if prefix is not None:
        rest = name.removeprefix(prefix)
        meant = rest if prefix in ("train_", "training_") else f"val_{rest}"
        yield Finding(path, f"Got {name!r}; the history has no such name.", f"Did you mean {meant!r}?")
    elif not HISTORY_NAME.fullmatch(name) or name == "val_":
        yield Finding(
            path,
            f"Got {name!r}; the history's names are lower case with underscores.",
            "Write for example val_loss or val_accuracy.",
        )


@rule
def the_monitor_is_a_history_name(recipe: Recipe) -> Iterator[Finding]:
    yield from history_name_findings(("train", "monitor"), recipe.train.monitor)


@rule
def what_is_monitored_is_there(recipe: Recipe) -> Iterator[Finding]:
    train = recipe.train
    if has_validation_rows(recipe) or not train.monitor.startswith("val_"):
        return
    message = f"{train.monitor!r} needs validation rows, and data.split.validation is null."
    hint = "Hold out validation rows (data.split.validation: 0.1)"
    if train.early_stopping is not None:
        yield Finding(
            ("train", "early_stopping"),
            message,
            f"{hint}, or set train.early_stopping to null.",
            also=(("train", "monitor"), *VALIDATION_FIELDS),
        )
    elif train.monitor != TrainSection.model_fields["monitor"].default:
        # The default one is left alone: without validation rows the last epoch counts, as `restore_best` says.
        yield Finding(("train", "monitor"), message, f"{hint}, or monitor 'loss'.", also=VALIDATION_FIELDS)


@rule
def a_batch_holds_the_longest_row(recipe: Recipe) -> Iterator[Finding]:
    tokens, longest = recipe.train.tokens_per_batch, recipe.backbone.max_length
    if tokens is not None and tokens < longest:
        yield Finding(
            ("train", "tokens_per_batch"),
            f"Got {tokens}, less than one row of backbone.max_length ({longest}) tokens.",
            f"Give at least {longest}, or lower backbone.max_length.",
            also=(("backbone", "max_length"),),
        )


@rule
def a_token_budget_groups_by_length(recipe: Recipe) -> Iterator[Finding]:
    if recipe.train.tokens_per_batch is not None and not recipe.train.group_by_length:
        yield Finding(
            ("train", "group_by_length"),
            "Got false together with train.tokens_per_batch: batches of mixed lengths cannot keep a budget of tokens.",
            "Use train.batch_size, or set train.group_by_length to true.",
            also=(("train", "tokens_per_batch"),),
        )


@rule
def devices_need_a_strategy(recipe: Recipe) -> Iterator[Finding]:
    distribute = recipe.distribute
    if distribute.strategy == "none" and distribute.devices is not None and distribute.devices > 1:
        yield Finding(
            ("distribute", "devices"),
            f"Got {distribute.devices} devices, but distribute.strategy is none, which trains on one.",
            "Set distribute.strategy to mirrored.",
            also=(("distribute", "strategy"),),
        )


@rule
def each_device_has_rows(recipe: Recipe) -> Iterator[Finding]:
    devices, rows = recipe.distribute.devices, recipe.train.batch_size
    if (
        recipe.distribute.strategy != "none"
        and devices is not None
        and recipe.train.tokens_per_batch is None
        and rows < devices
    ):
        yield Finding(
            ("train", "batch_size"),
            f"Got {rows} rows for {devices} devices; the batch is divided among them.",
            f"Give at least {devices}.",
            also=(("distribute",),),
        )


@rule
def xla_compiles_for_one_device(recipe: Recipe) -> Iterator[Finding]:
    distribute = recipe.distribute
    if recipe.train.jit_compile is True and distribute.strategy != "none" and distribute.devices != 1:
        yield Finding(
            ("train", "jit_compile"),
            f"Got true with distribute.strategy {distribute.strategy}: XLA compiles a step of one device.",
            "Set train.jit_compile to auto, or distribute.strategy to none.",
            also=(("distribute",),),
        )


@rule
def a_folder_has_no_revision(recipe: Recipe) -> Iterator[Finding]:
    name, revision = recipe.backbone.name, recipe.backbone.revision
    if revision is not None and is_local(name):
        yield Finding(
            ("backbone", "revision"),
            f"{name!r} is a local folder, which has no revisions.",
            "Remove backbone.revision.",
            also=(("backbone", "name"),),
        )


@rule
def formats_are_named_once(recipe: Recipe) -> Iterator[Finding]:
    formats = recipe.export.formats
    for index, name in enumerate(formats):
        if name in formats[:index]:
            yield Finding(("export", "formats", index), f"The format {name!r} stands twice.", "Name it once.")
