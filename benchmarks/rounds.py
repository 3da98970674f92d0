"""All competitors in one run: each does a segment in turn, so that all see the same noise of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.worker import Worker, WorkerFailed


@dataclass
class Course:
    """What one worker did.

    Args:
        ready: what it said when it was built.
        segments: what it said after each segment, the first ones (warm-up) included.
        done: what it said at the end.
        failure: why it did not come to the end.
        start_seconds: from its start until it was built.
    """

    ready: dict[str, Any] = field(default_factory=dict)
    segments: list[dict[str, Any]] = field(default_factory=list)
    done: dict[str, Any] = field(default_factory=dict)
    failure: str | None = None
    start_seconds: float = 0.0


def tell(message: str) -> None:
    """Print at once."""
    print(message, flush=True)


def run_rounds(
    starts: dict[str, Callable[[], Worker]],
    *,
    endless: Collection[str] = (),
    rounds: int | None = None,
    say: Callable[[str], None] = tell,
) -> dict[str, Course]:
    """Start every worker, then let them work segment by segment, in an order that turns each round.

    Args:
        starts: by name, what starts the worker.
        endless: names of workers that go on until all others are done.
        rounds: segments of each worker; None goes on until each says it is done.
        say: told how it goes.

    Returns:
        What each did, by name. One that fails leaves the others running.
    """
    courses = {name: Course() for name in starts}
    workers: dict[str, Worker] = {}
    try:
        for name, start in starts.items():
            began = time.perf_counter()
            with _noted(courses[name], say):
                workers[name] = start()
                courses[name].ready = workers[name].receive()
                courses[name].start_seconds = time.perf_counter() - began
                say(f"   {name}: ready after {courses[name].start_seconds:.1f} s")
        _take_turns(workers, courses, endless, rounds, say)
    finally:
        for worker in workers.values():
            worker.close()
    return courses


def _take_turns(
    workers: dict[str, Worker],
    courses: dict[str, Course],
    endless: Collection[str],
    rounds: int | None,
    say: Callable[[str], None],
) -> None:
    finished = 0
    while rounds is None or finished < rounds:
        alive = [name for name in workers if not courses[name].failure]
        if not set(alive) - set(endless):
            return
        for name in turned(alive, finished):
            course = courses[name]
            with _noted(course, say):
                message = workers[name].turn()
                if message["at"] == "done":
                    course.done = message
                    workers.pop(name).close()
                else:
                    course.segments.append(message)
        finished += 1
        say(f"   round {finished}: " + ", ".join(_speed(name, courses[name]) for name in alive))


def turned(names: Sequence[str], by: int) -> list[str]:
    """Return the names beginning with another one each round.

    Example:
        >>> turned(["a", "b", "c"], 1)
        ['b', 'c', 'a']
    """
    start = by % len(names)
    return [*names[start:], *names[:start]]


def _speed(name: str, course: Course) -> str:
    if course.failure:
        return f"{name} failed"
    if course.done or not course.segments:
        return f"{name} done"
    last = course.segments[-1]
    return f"{name} {last['rows'] / last['seconds']:.0f}/s" if last.get("rows") else name


@contextmanager
def _noted(course: Course, say: Callable[[str], None]) -> Iterator[None]:
    """Keep a worker's failure in its course, and let the others go on."""
    try:
        yield
    except WorkerFailed as error:
        course.failure = str(error)
        say(f"!! {error}")
