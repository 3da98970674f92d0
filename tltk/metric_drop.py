"""What a precision costs: the metrics of the validation rows, beside those in float32."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tltk.assets import cache_folder
from tltk.console import stage
from tltk.data import Rows, read
from tltk.engines import EngineChoice, compare_engines, engine_folder
from tltk.errors import DataError, TltkError
from tltk.folders import write_json, writing
from tltk.recipe import load_recipe
from tltk.tasks import Task

if TYPE_CHECKING:
    from tltk.bundle import Bundle

_SHOWN = 2
_RECIPE = "recipe.yaml"


@dataclass(frozen=True)
class MetricDrop:
    """What was measured of one engine and precision.

    Args:
        engine: the engine.
        precision: its number format.
        rows: validation rows it was measured on; 0 where they could not be had.
        float32: their metrics in float32, by name.
        measured: their metrics in this precision.
        reason: why they could not be had.
        largest_difference: where they could not: largest difference of a probability from float32 on rows of random
            tokens.
    """

    engine: str
    precision: str
    rows: int = 0
    float32: Mapping[str, float] = field(default_factory=dict)
    measured: Mapping[str, float] = field(default_factory=dict)
    reason: str | None = None
    largest_difference: float | None = None

    @property
    def drops(self) -> dict[str, float]:
        """How much lower each metric is than in float32; negative where it is higher."""
        return {name: self.float32[name] - value for name, value in self.measured.items() if name in self.float32}

    def __str__(self) -> str:
        if not self.rows:
            return (
                f"{self.precision}: the metric drop is not known, for the validation rows cannot be had: {self.reason} "
                f"On random tokens outputs differ from float32 by {self.largest_difference:.2g} at the most."
            )
        shown = list(self.drops)[:_SHOWN]
        figures = (f"{name} {self.measured[name]:.4f} (float32 {self.float32[name]:.4f})" for name in shown)
        return f"{self.precision} on the {self.rows:,} validation rows: {', '.join(figures)}."


def metric_drop(bundle: Bundle, choice: EngineChoice) -> MetricDrop:
    """Return what a precision costs, as it was measured once and kept in the cache, else measured now.

    Where the validation rows cannot be had that is told, kept nowhere, and tried again the next time.
    """
    path = engine_folder(bundle.identity) / f"metric-drop-{choice.engine}-{choice.precision}.json"
    found = _read(path)
    if found is not None:
        return found
    with stage("Measure") as told:
        drop = _measured(bundle, choice)
        told.append(f"{choice} on {drop.rows:,} validation rows" if drop.rows else f"{choice} on random tokens")
    if drop.rows:
        hint = "Free some space, or set TLTK_CACHE to a folder that can be written."
        with writing(path, failed="What a precision costs cannot be kept", hint=hint):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_json(path, asdict(drop))
    return drop


def _measured(bundle: Bundle, choice: EngineChoice) -> MetricDrop:
    float32 = bundle.metrics.get("validation")
    try:
        if not float32:
            raise DataError("The model was trained without a validation split.")
        rows = _validation_rows(bundle)
    except (TltkError, OSError) as error:
        reason = error.problems[0].message if isinstance(error, TltkError) else f"{error}."
        return MetricDrop(*choice, reason=reason, largest_difference=_on_random_tokens(bundle, choice))
    evaluation = bundle.quiet_predictor(choice).evaluate(rows)
    return MetricDrop(
        *choice,
        rows=len(rows),
        float32=_ordered(float32, bundle.task),
        measured=_ordered(evaluation.metrics, bundle.task),
    )


def _validation_rows(bundle: Bundle) -> Rows:
    """Read the validation rows again.

    Raises:
        DataError: they cannot be read, or are not those that the model was validated on.
    """
    beside = bundle.path.parent / _RECIPE
    recipe = load_recipe(beside) if beside.is_file() else bundle.recipe
    if recipe.data.source == "memory":
        raise DataError("They were given in memory.")
    kind, labels = bundle.task.label_kind(recipe.data), bundle.task.labels
    dataset = read(recipe.data, seed=recipe.seed, cache=cache_folder() / "data", kind=kind, labels=labels)
    if dataset.fingerprint != bundle.document["data"].get("fingerprint"):
        raise DataError("The data have changed since the training.")
    return dataset["validation"]


def _on_random_tokens(bundle: Bundle, choice: EngineChoice) -> float:
    if choice.engine == "onnx":
        return bundle.engine_file(choice.precision).largest_difference
    return compare_engines(
        bundle.quiet_predictor(EngineChoice()).engine,
        bundle.quiet_predictor(choice).engine,
        vocabulary=bundle.built.config.vocabulary_size,
        max_length=bundle.recipe.backbone.max_length,
        activation=bundle.task.comparable_activation,
    )


def _ordered(metrics: Mapping[str, float | None], task: Task) -> dict[str, float]:
    """Return the metrics that are defined, the task's headline first."""
    names = [*(name for name in task.headline if name in metrics), *(n for n in metrics if n not in task.headline)]
    return {name: value for name in names if (value := metrics[name]) is not None}


def _read(path: Path) -> MetricDrop | None:
    try:
        return MetricDrop(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
