"""What the input pipeline costs a training step; `benchmarks.pipeline` measures it."""

from __future__ import annotations

from typing import Any

from benchmarks.pipeline import LEFT_OUT, step_cost
from benchmarks.settings import Settings

STEPS, MOST_PAIRS = 24, 10  # of a segment; two minutes in all


def run(settings: Settings) -> dict[str, Any]:
    """Train in pairs of segments, from the pipeline and from memory."""
    folder = settings.data / "sst2_sentences" if settings.data else None
    steps = LEFT_OUT + 3 if settings.quick else STEPS
    return {"step_cost": step_cost(folder, pairs=min(settings.rounds, MOST_PAIRS), steps=steps, clock=settings.clock)}
