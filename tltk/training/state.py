"""How far a training has come: what its callbacks share and a checkpoint holds besides tensors."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass
class Best:
    """The best epoch so far by the monitored value."""

    epoch: int
    """Number of the epoch, from 0."""

    value: float
    """The monitored value there."""

    sha256: str | None = None
    """Of the file with the weights of that epoch; None where they were kept in memory."""


@dataclass
class TrainingState:
    """The position and record of a training; plain values, so that it goes into JSON and back unchanged."""

    epoch: int = 0
    """Epochs finished."""

    step: int = 0
    """Steps of the running epoch that are done."""

    steps_per_epoch: int = 0
    """Steps of every epoch."""

    finished: bool = False
    """All epochs are trained, or training stopped early."""

    history: dict[str, list[float]] = field(default_factory=dict)
    """Values of the finished epochs under Keras's names."""

    best: Best | None = None
    """The best epoch; None where nothing is monitored."""

    waited: int = 0
    """Epochs since the monitored value last got better by more than early stopping's least change."""

    stopping_best: float | None = None
    """The value early stopping compares with."""

    seconds: float = 0.0
    """Wall time so far."""

    training_seconds: float = 0.0
    """Of which spent in training steps."""

    rows: int = 0
    """Rows trained on in `training_seconds`."""

    @property
    def global_step(self) -> int:
        """Steps since the start of the run."""
        return self.epoch * self.steps_per_epoch + self.step

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> TrainingState:
        known = {entry.name for entry in fields(cls)}
        state = cls(**{name: value for name, value in values.items() if name in known})
        if isinstance(state.best, dict):
            state.best = Best(**state.best)
        return state
