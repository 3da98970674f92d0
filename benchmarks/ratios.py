"""From segments to rates, ratios and their spread."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

Segment = Mapping[str, Any]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return median, quartiles, least and most.

    Example:
        >>> spread([1.0, 2.0, 3.0, 4.0, 5.0])
        {'median': 3.0, 'lower': 2.0, 'upper': 4.0, 'least': 1.0, 'most': 5.0, 'count': 5}
    """
    if not values:
        raise ValueError("There is nothing to summarise.")
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
    least, most = min(values), max(values)
    return {"median": median, "lower": lower, "upper": upper, "least": least, "most": most, "count": len(values)}


def timed(segments: Sequence[Segment], *, warm_up: int) -> list[Segment]:
    """Return the segments that count: those after the warm-up that have as many steps as the first."""
    return [one for one in segments[warm_up:] if one["steps"] == segments[0]["steps"]]


def rate(segments: Sequence[Segment], unit: str = "tokens") -> float:
    """Return units a second over several segments together."""
    return sum(one[unit] for one in segments) / sum(one["seconds"] for one in segments)


def ratios(ours: Sequence[Segment], theirs: Sequence[Segment], unit: str = "tokens") -> list[float]:
    """Return, round by round, how many times faster the first is than the second.

    A segment holds longer or shorter rows as each competitor's own order has it, so useful tokens are compared, not
    rows; over a whole epoch, which has the same rows for all, the two are the same.

    Example:
        >>> ratios([{"tokens": 90, "seconds": 1.0}], [{"tokens": 60, "seconds": 2.0}])
        [3.0]
    """
    return [rate([one], unit) / rate([other], unit) for one, other in zip(ours, theirs, strict=False)]
