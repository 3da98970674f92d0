"""The same beside the peers with a model of bert-base's size (110 million random weights), batch 16, a few steps.

Once with CLINC150's short questions and 150 labels, once with texts of 256 to 512 tokens.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.checkpoint import write_random_bert
from benchmarks.competitors import LONG
from benchmarks.data import intents, long_texts
from benchmarks.parts.training import WARM_UP, train_all
from benchmarks.settings import Settings

BATCH_SIZE = 16
# A step on long texts takes some 15 seconds.
SEGMENT_STEPS, MOST_ROUNDS = {"CLINC150": 10, "long texts": 1}, {"CLINC150": 6, "long texts": 4}
# Workers alive together, besides the two that measure matrix products: on long texts PyTorch takes 13 GB and more.
AT_ONCE = {"CLINC150": 3, "long texts": 1}


def run(settings: Settings) -> dict[str, Any]:
    """Train on both, steps enough for some segments."""
    from tltk.assets import resolve_checkpoint

    like = Path(resolve_checkpoint("all-MiniLM-L6-v2").folder)
    checkpoint = write_random_bert(settings.work / "bert-base", like)
    rounds = {name: min(settings.rounds, most) + WARM_UP for name, most in MOST_ROUNDS.items()}
    texts = long_texts(settings, like, BATCH_SIZE * rounds["long texts"] * SEGMENT_STEPS["long texts"])
    found: dict[str, Any] = {}
    wanted = [(rows, most) for rows, most in ((intents(settings), 128), (texts, 512)) if rows is not None]
    for number, (rows, max_length) in enumerate(wanted):
        if settings.clock.stopped():
            break
        steps = 1 if settings.quick else SEGMENT_STEPS[rows.name]
        rows = rows.first(BATCH_SIZE * rounds[rows.name] * steps, settings.work / "rows" / rows.name)
        found[rows.name] = train_all(
            settings,
            f"long/{rows.train.stem}",
            LONG,
            rows,
            checkpoint,
            epochs=1,
            batch_size=BATCH_SIZE,
            max_length=max_length,
            at_once=min(AT_ONCE[rows.name], settings.at_once),
            segment_steps=steps,
            clock=settings.clock.share(len(wanted) - number),
        )
    return {"checkpoint": "bert-base-sized, random", "trainings": found}
