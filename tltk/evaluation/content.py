"""What a report tells, as plain data: it can be written to JSON and the report be made again from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class ReportContent:
    """Everything a report shows, in plain JSON values; only `name` must be given, and what is missing is left out.

    Args:
        name: the Run's name.
        created: when it ended, ISO 8601.
        seconds: how long it took.
        task: registered name of the task.
        backbone: name of the backbone.
        evaluations: by split ("validation", "test"): `Evaluation.to_dict()`.
        history: values of each epoch by name, as in Keras.
        best_epoch: the epoch (from 1) whose weights were kept.
        training: facts to be listed: what -> value (steps, samples per second, precision, parameters).
        data: `ReadReport.to_dict()`, and besides: `tokens` (split -> `mean_tokens`, `longest`), `truncated` (how many
            texts were cut, in all or by split), `max_length` (after how many tokens), `windows` (whether the rest is
            read in further windows), `augmented` (what was made of the training rows: `CopiesReport.to_dict()`).
        mistakes: as `confident_mistakes` gives them, of the test split or else the validation split.
        recipe: the full recipe as YAML.
        environment: versions and hardware: what -> value.
        warnings: further sentences the reader should see at the top.
    """

    name: str
    created: str = ""
    seconds: float | None = None
    task: str = ""
    backbone: str = ""
    evaluations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    history: Mapping[str, list[float]] = field(default_factory=dict)
    best_epoch: int | None = None
    training: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    mistakes: list[Mapping[str, Any]] = field(default_factory=list)
    recipe: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ReportContent:
        """Return the content that `to_dict` described; unknown keys are left out."""
        return cls(**{key: values[key] for key in cls.__dataclass_fields__ if key in values})
