"""Workers compute in turn, and one that fails leaves the others running."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.clock import Clock
from benchmarks.rounds import Course, run_rounds, turned
from benchmarks.worker import Worker


@pytest.fixture
def run(tmp_path: Path):
    def run(clock: Clock | None = None, keep: Any = None, **hows: str) -> tuple[dict[str, Course], list[str]]:
        notes = tmp_path / "notes.txt"

        def start(name: str, how: str) -> Worker:
            command = [sys.executable, "-m", "tests.benchmarks.dummy_worker", how, str(notes)]
            return Worker(name, command, log=tmp_path / f"{name}.log", patience=60)

        starts = {name: (lambda name=name, how=how: start(name, how)) for name, how in hows.items()}
        return run_rounds(starts, clock=clock, keep=keep, say=lambda text: None), notes.read_text(
            encoding="utf-8"
        ).split()

    return run


def test_segments_hold_what_was_reported(run) -> None:
    courses, _ = run(a="lives")
    course = courses["a"]
    assert course.ready["baseline_bytes"] == 7
    assert [(one["steps"], one["rows"], one["tokens"]) for one in course.segments] == [
        (2, 6, 61),
        (2, 6, 65),
        (1, 3, 34),
    ]
    assert course.done["accuracy"] == 0.5
    assert course.failure is None


def test_only_one_computes_at_a_time(run) -> None:
    _, notes = run(a="lives", b="lives")
    turns = [len(list(steps)) for _, steps in itertools.groupby(notes)]
    # a a | b b | b b | a a | a | b: the one who begins changes each round, so turns of one worker may meet.
    assert sum(turns) == 10
    assert all(count in (1, 2, 3, 4) for count in turns)
    assert len(turns) == 4


def test_one_that_fails_leaves_the_others_running_and_says_why(run) -> None:
    courses, _ = run(a="dies", b="lives")
    assert "the disk is full" in courses["a"].failure
    assert len(courses["a"].segments) == 1
    assert not courses["a"].done
    assert courses["b"].done


def test_when_the_time_is_over_the_round_is_ended_and_kept(run) -> None:
    courses, _ = run(clock=Clock(0), a="lives", b="lives")
    assert [len(course.segments) for course in courses.values()] == [1, 1]
    assert not any(course.done or course.failure for course in courses.values())


def test_who_is_not_kept_stops_and_the_others_come_to_the_end(run) -> None:
    courses, _ = run(keep=lambda courses: ["b"], a="lives", b="lives")
    assert len(courses["a"].segments) == 1
    assert not courses["a"].failure
    assert courses["b"].done


def test_after_ctrl_c_no_turn_is_begun(run) -> None:
    clock = Clock()

    def keep(courses: dict[str, Course]) -> list[str]:
        clock.stop.set()
        return list(courses)

    courses, _ = run(clock=clock, keep=keep, a="lives", b="lives")
    assert [len(course.segments) for course in courses.values()] == [1, 1]


def test_every_name_begins_once() -> None:
    assert {turned(["a", "b", "c"], by)[0] for by in range(3)} == {"a", "b", "c"}
    assert sorted(turned(["a", "b", "c"], 7)) == ["a", "b", "c"]
