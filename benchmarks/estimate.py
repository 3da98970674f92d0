"""How long a part will take, by what it took on two cores."""

from __future__ import annotations

from benchmarks.competitors import LONG, PREDICTION, TRAINING, Competitor
from benchmarks.settings import Settings


def minutes(part: str, settings: Settings) -> float:
    """Return the minutes that a part takes, about."""
    if settings.quick:
        return 2 if part in ("training", "long", "prediction") else 1
    known = {
        "training": (4 + 17 * settings.epochs) * _share(TRAINING, settings),
        "long": 35 * _share(LONG, settings),
        "prediction": (4 + 23 * settings.rows / 100_000) * _share(PREDICTION, settings),
        "memory": 4.0,
        "first-answer": 2.0,
        "pipeline": 3.0,
    }[part]
    return known if settings.minutes is None else min(known, settings.minutes)


def _share(competitors: tuple[Competitor, ...], settings: Settings) -> float:
    return sum(settings.wanted(one.name) for one in competitors) / len(competitors)
