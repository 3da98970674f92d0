"""Rates, ratios and their spread."""

from __future__ import annotations

import pytest

from benchmarks.ratios import rate, ratios, spread, timed


def segment(tokens: int, seconds: float, steps: int = 10) -> dict[str, float]:
    return {"tokens": tokens, "rows": tokens // 10, "seconds": seconds, "steps": steps}


def test_the_spread_of_one_value_is_that_value() -> None:
    assert spread([2.5]) == {"median": 2.5, "lower": 2.5, "upper": 2.5, "least": 2.5, "most": 2.5, "count": 1}


def test_quartiles_lie_within_least_and_most() -> None:
    found = spread([4.0, 1.0, 2.0, 3.0])
    assert found == {"median": 2.5, "lower": 1.75, "upper": 3.25, "least": 1.0, "most": 4.0, "count": 4}


def test_nothing_has_no_spread() -> None:
    with pytest.raises(ValueError, match="nothing to summarise"):
        spread([])


def test_a_rate_is_of_the_sums_not_the_mean_of_rates() -> None:
    assert rate([segment(100, 1.0), segment(100, 3.0)]) == 50.0
    assert rate([segment(100, 1.0), segment(100, 3.0)], "rows") == 5.0


def test_ratios_are_by_round() -> None:
    ours = [segment(100, 1.0), segment(300, 2.0)]
    theirs = [segment(100, 2.0), segment(100, 1.0), segment(5, 1.0)]
    assert ratios(ours, theirs) == [2.0, 1.5]


def test_warm_up_and_an_incomplete_segment_do_not_count() -> None:
    segments = [segment(1, 9.0), segment(2, 1.0), segment(3, 1.0), segment(4, 1.0, steps=3)]
    assert timed(segments, warm_up=1) == segments[1:3]
