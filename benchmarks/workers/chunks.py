"""Files of sentences, one after the other: read, predict, write; each is a segment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.gate import Gate
from benchmarks.job import Job

Predicted = Iterable[tuple[str, float]]


def predict_chunks(gate: Gate, job: Job, predict: Callable[[Path], Predicted], **facts: Any) -> None:
    """Predict each file of a job when the gate opens, and write label and score of every row."""
    gate.ready(**facts)
    for path in map(Path, job.files):
        rows = 0
        with (Path(job.output) / f"{path.stem}.jsonl").open("w", encoding="utf-8") as file:
            for label, score in predict(path):
                file.write(json.dumps({"label": label, "score": round(score, 6)}) + "\n")
                rows += 1
        gate.close(rows=rows, steps=1)
        gate.wait()


def lines(path: Path) -> list[str]:
    """Return the sentences of a file."""
    return path.read_text(encoding="utf-8").splitlines()
