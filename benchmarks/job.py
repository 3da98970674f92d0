"""What a worker is asked to do: one JSON document, written by the driver and read by the worker."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Job:
    """Files, settings and options of one worker.

    Args:
        checkpoint: Hugging Face folder to start from, or, for prediction, the trained model's.
        train: rows to train on: text, tab, number of the label.
        dev: rows to score at the end; None scores nothing.
        labels: number of labels.
        output: folder the worker may write to.
        segment_steps: steps in a segment.
        options: what distinguishes this competitor from others of the same module.
    """

    checkpoint: str
    output: str
    train: str = ""
    dev: str | None = None
    labels: int = 2
    batch_size: int = 32
    max_length: int = 128
    epochs: int = 3
    learning_rate: float = 5e-5
    seed: int = 0
    segment_steps: int = 1
    files: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def on(self, checkpoint: Path) -> Job:
        """Return the same job on another folder."""
        return replace(self, checkpoint=str(checkpoint))

    def write(self, path: Path) -> Path:
        """Write it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path | str) -> Job:
        """Read one."""
        return cls(**json.loads(Path(path).read_text(encoding="utf-8")))

    @classmethod
    def given(cls) -> Job:
        """Read the one that the command line names."""
        return cls.read(sys.argv[1])
