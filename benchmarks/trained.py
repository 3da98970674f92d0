"""A Bundle trained on sentiment, which prediction and first answers start from."""

from __future__ import annotations

from pathlib import Path

from benchmarks.data import sentiment
from benchmarks.settings import Settings


def trained_bundle(settings: Settings) -> Path:
    """Return a Bundle: the one that an earlier part trained, or one trained now for an epoch."""
    made = settings.work / "training" / "tltk" / "run" / "bundle"
    if not (made / "tltk.json").exists():
        made = settings.work / "trained" / "bundle"
    if not (made / "tltk.json").exists():
        import tltk
        from benchmarks.job import Job
        from benchmarks.workers.recipe import recipe_of

        print("   training a Bundle for one epoch", flush=True)
        rows = sentiment(settings)
        if settings.quick:
            rows = rows.first(32 * 8, settings.work / "rows", dev=64)
        job = Job(checkpoint="all-MiniLM-L6-v2", output="", train=str(rows.train), dev=str(rows.dev), epochs=1)
        tltk.fit(recipe_of(job), output=made.parent, overwrite=True)
    return made
