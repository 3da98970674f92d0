"""Step time with the input pipeline in place, against the very same batches held in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.competitors import Competitor
from benchmarks.data import sentiment
from benchmarks.environments import OWN
from benchmarks.job import Job
from benchmarks.launch import launchers
from benchmarks.ratios import rate, spread
from benchmarks.rounds import run_rounds
from benchmarks.settings import Settings

STEPS = 100
_BOTH = (
    Competitor("from the pipeline", OWN, "tltk_steps", "tltk", "", {"source": "pipeline"}),
    Competitor("from memory", OWN, "tltk_steps", "tltk", "", {"source": "memory"}),
)


def run(settings: Settings) -> dict[str, Any]:
    """Train the same hundred steps again and again, in turn, from both."""
    from tltk.assets import resolve_checkpoint

    rows = sentiment(settings)
    job = Job(
        checkpoint=str(Path(resolve_checkpoint("all-MiniLM-L6-v2").folder)),
        output="",
        train=str(rows.train),
        segment_steps=4 if settings.quick else STEPS,
    )
    starts = {}
    for one in _BOTH:
        starts |= launchers(settings, (one,), job, "pipeline")
    courses = run_rounds(starts, rounds=settings.rounds)
    failures = {name: course.failure for name, course in courses.items() if course.failure}
    if failures or len(courses) < len(_BOTH):
        return {"failures": failures}
    milliseconds = {
        name: spread([1000 / rate([one], "steps") for one in course.segments]) for name, course in courses.items()
    }
    piped, held = (courses[one.name].segments for one in _BOTH)
    cost = [a["seconds"] / b["seconds"] - 1 for a, b in zip(piped, held, strict=True)]
    return {"data": rows.name, "steps": job.segment_steps, "step_ms": milliseconds, "cost": spread(cost)}
