"""What the input pipeline costs a training step; `benchmarks.pipeline` measures it."""

from __future__ import annotations

from typing import Any

from benchmarks.pipeline import LEFT_OUT, step_cost
from benchmarks.settings import Settings

STEPS = 60  # of a segment


def run(settings: Settings) -> dict[str, Any]:
    """Train in pairs of segments, from the pipeline and from memory."""
    folder = settings.data / "sst2_sentences" if settings.data else None
    steps = LEFT_OUT + 3 if settings.quick else STEPS
    return {"step_cost": step_cost(folder, pairs=settings.rounds, steps=steps)}
