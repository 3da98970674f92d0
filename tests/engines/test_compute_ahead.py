"""Results computed ahead: in order, a bounded number at a time, errors in their place."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from tltk.engines.compute_ahead import compute_ahead


def test_results_come_in_order_whatever_takes_longest() -> None:
    def slow_first(number: int) -> int:
        time.sleep(0.05 if number == 0 else 0)
        return number * number

    assert list(compute_ahead(slow_first, range(9), workers=3)) == [number * number for number in range(9)]
    assert list(compute_ahead(slow_first, [], workers=3)) == []


def test_as_many_are_computed_at_a_time_as_there_are_workers() -> None:
    # Each waits for the other: alone, none would ever end.
    meeting = threading.Barrier(2, timeout=10)
    assert list(compute_ahead(lambda _: meeting.wait() >= 0, range(6), workers=2)) == [True] * 6


def test_items_are_taken_one_more_than_workers_ahead() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    results = compute_ahead(lambda number: number, items(), workers=2)
    assert taken == []
    assert next(results) == 0
    assert taken == [0, 1, 2]
    assert next(results) == 1
    assert taken == [0, 1, 2, 3]


def test_an_error_comes_at_its_items_place_and_ends_the_threads() -> None:
    results = compute_ahead(lambda number: 1 // number, [2, 1, 0, 5], workers=2)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tltk-compute")]


def test_who_stops_early_leaves_no_thread() -> None:
    results = compute_ahead(lambda number: number, iter(range(1000)), workers=2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tltk-compute")]
