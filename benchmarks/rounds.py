"""All competitors in one run: each does a segment in turn, so that all see the same noise of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.clock import Clock
from benchmarks.worker import Worker, WorkerFailed


@dataclass
class Course:
    """What one worker did.

    Args:
        ready: what it said when it was built.
        segments: what it said after each segment, the first ones (warm-up) included.
        done: what it said at the end; empty where it was stopped before.
        failure: why it did not come to the end.
        start_seconds: from its start until it was built.
    """

    ready: dict[str, Any] = field(default_factory=dict)
    segments: list[dict[str, Any]] = field(default_factory=list)
    done: dict[str, Any] = field(default_factory=dict)
    failure: str | None = None
    start_seconds: float = 0.0


# The endless ones measure what hardly changes; they take a turn in every third round only.
_EVERY = 3


def tell(message: str) -> None:
    """Print at once."""
    print(message, flush=True)


def run_rounds(
    starts: dict[str, Callable[[], Worker]],
    *,
    endless: Collection[str] = (),
    rounds: int | None = None,
    clock: Clock | None = None,
    keep: Callable[[dict[str, Course]], Collection[str]] | None = None,
    say: Callable[[str], None] = tell,
) -> dict[str, Course]:
    """Start every worker, then let them work segment by segment, in an order that turns each round.

    Args:
        starts: by name, what starts the worker.
        endless: names of workers that go on until all others are done.
        rounds: segments of each worker; None goes on until each says it is done.
        clock: when it is over, all stop after the running round; on Ctrl-C, after the running turn.
        keep: asked after each round which of the workers go on; the others stop, and keep what they did.
        say: told how it goes.

    Returns:
        What each did, by name. One that fails leaves the others running.
    """
    clock = clock or Clock()
    courses = {name: Course() for name in starts}
    workers: dict[str, Worker] = {}
    try:
        for name, start in starts.items():
            if clock.stopped():
                break
            began = time.perf_counter()
            with _noted(courses[name], say):
                workers[name] = start()
                courses[name].ready = workers[name].receive()
                courses[name].start_seconds = time.perf_counter() - began
                say(f"   {name}: ready after {courses[name].start_seconds:.1f} s")
        _take_turns(workers, courses, endless, rounds, clock, keep, say)
    finally:
        for worker in workers.values():
            worker.close()
    return courses


def _take_turns(
    workers: dict[str, Worker],
    courses: dict[str, Course],
    endless: Collection[str],
    rounds: int | None,
    clock: Clock,
    keep: Callable[[dict[str, Course]], Collection[str]] | None,
    say: Callable[[str], None],
) -> None:
    finished = 0
    while rounds is None or finished < rounds:
        for name in [name for name in workers if courses[name].failure]:
            workers.pop(name).close()  # one that was silent for too long may still compute
        if not set(workers) - set(endless):
            return
        alive = [name for name in workers if name not in endless or finished % _EVERY == 0]
        for name in turned(alive, finished):
            if clock.stopped():
                return
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
        if clock.over():
            say("   the time is over")
            return
        for name in set(workers) - set(endless) - set(keep(courses) if keep else workers):
            say(f"   {name} goes no further")
            workers.pop(name).close()


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
