"""What the clock of a gate counts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator

import pytest

from benchmarks.gate import VARIABLE, Gate


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the gate's clock on."""
    now = [100.0]
    monkeypatch.setattr("benchmarks.gate.time.perf_counter", lambda: now[0])

    def passes(seconds: float) -> None:
        now[0] += seconds

    return passes


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict]]]:
    """Says "go" as often as it is needed, and returns what the gate has said."""
    reading, to_gate = os.pipe()
    from_gate, writing = os.pipe()
    os.write(to_gate, b"go\n" * 20)
    os.close(to_gate)
    monkeypatch.setenv(VARIABLE, f"{reading},{writing}")
    monkeypatch.setattr(Gate, "_die_with_the_driver", lambda self: None)
    os.set_blocking(from_gate, False)
    yield lambda: [json.loads(line) for line in os.read(from_gate, 65536).splitlines()]
    os.close(from_gate)


def test_building_and_waiting_are_not_timed(clock, driver) -> None:
    gate = Gate(segment_steps=2)
    clock(50)
    gate.ready(baseline_bytes=3)
    for seconds in (1, 2, 4):
        clock(seconds)
        gate.step(rows=5, tokens=10)
    gate.finish()
    counts = {"rows": 10, "tokens": 20, "steps": 2}
    said = driver()
    assert all(one.pop("peak_bytes") > 0 for one in said[1:])
    assert said == [
        {"at": "ready", "baseline_bytes": 3},
        {"at": "segment", "seconds": 3.0, **counts},
        {"at": "segment", "seconds": 4.0, "rows": 5, "tokens": 10, "steps": 1},
    ]


def test_what_is_paused_is_not_timed(clock, driver) -> None:
    gate = Gate(segment_steps=2)
    gate.ready()
    clock(1)
    gate.step(rows=1, tokens=1)
    gate.pause()
    clock(30)
    gate.resume()
    clock(2)
    gate.step(rows=1, tokens=1)
    assert driver()[-1]["seconds"] == 3.0


def test_several_steps_at_once_close_a_segment(clock, driver) -> None:
    gate = Gate(segment_steps=3)
    gate.ready()
    clock(1)
    gate.step(rows=4, tokens=4, steps=4)
    assert driver()[-1]["steps"] == 4


def test_nothing_is_reported_at_the_end_when_nothing_is_left(clock, driver) -> None:
    gate = Gate(segment_steps=1)
    gate.ready()
    gate.step(rows=1, tokens=1)
    gate.finish()
    gate.done(accuracy=1.0)
    assert [one["at"] for one in driver()] == ["ready", "segment", "done"]


def test_a_worker_whose_driver_has_gone_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, to_gate = os.pipe()
    from_gate, writing = os.pipe()
    os.close(to_gate)
    monkeypatch.setenv(VARIABLE, f"{reading},{writing}")
    monkeypatch.setattr(Gate, "_die_with_the_driver", lambda self: None)
    with pytest.raises(SystemExit, match="driver has gone"):
        Gate().ready()
    os.close(from_gate)
