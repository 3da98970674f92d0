"""The worker's side of the gate: compute while it is open, report what was done, wait until it opens again.

Messages are JSON, one a line, on a pair of pipes of their own, so that whatever a library prints is no message:

    worker                                              driver
    {"at": "ready", "baseline_bytes": ...}       ->
                                                 <-     go
    {"at": "segment", "seconds": ..., "rows": ..., "tokens": ..., "steps": ..., "peak_bytes": ...}   ->
                                                 <-     go
    {"at": "done", ...}                          ->

Only the standard library is needed here: workers run in their peers' environments.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import time
from typing import Any

from benchmarks.resident import peak_bytes

VARIABLE = "TLTK_BENCHMARK_GATE"
_PR_SET_PDEATHSIG = 1


class Gate:
    """Times segments of work, each begun when the driver says so.

    Args:
        segment_steps: steps after which `step` closes a segment; None closes none by itself.

    Example:
        >>> gate = Gate(segment_steps=10)  # doctest: +SKIP
        >>> gate.ready(baseline_bytes=resident_bytes())  # doctest: +SKIP
        >>> for batch in batches:  # doctest: +SKIP
        ...     train(batch)
        ...     gate.step(rows=len(batch), tokens=int(batch.mask.sum()))
        >>> gate.finish()  # doctest: +SKIP
        >>> gate.done(accuracy=0.9)  # doctest: +SKIP
    """

    def __init__(self, segment_steps: int | None = None) -> None:
        reading, writing = (int(number) for number in os.environ[VARIABLE].split(","))
        self._from_driver = os.fdopen(reading, "r", encoding="ascii")
        self._to_driver = os.fdopen(writing, "w", encoding="ascii")
        self.segment_steps = segment_steps
        self._die_with_the_driver()
        self._reset()

    def ready(self, **facts: Any) -> None:
        """Say that all is built, and wait for the first segment."""
        self._say("ready", facts)
        self._wait()

    def step(self, *, rows: int, tokens: int, steps: int = 1) -> None:
        """Count finished steps; at the end of a segment report it and wait."""
        self._rows += rows
        self._tokens += tokens
        self._steps += steps
        if self.segment_steps and self._steps >= self.segment_steps:
            self.close()
            self._wait()

    def pause(self) -> None:
        """Stop the clock for work that is not measured, such as an evaluation between epochs."""
        self._seconds += time.perf_counter() - self._began
        self._began = None

    def resume(self) -> None:
        """Let the clock run on."""
        self._began = time.perf_counter()

    def close(self, **facts: Any) -> None:
        """Report the segment."""
        if self._began is not None:
            self.pause()
        counts = {"rows": self._rows, "tokens": self._tokens, "steps": self._steps, "peak_bytes": peak_bytes()}
        self._say("segment", {"seconds": self._seconds, **counts, **facts})

    def finish(self) -> None:
        """Report the last, incomplete segment, if there is one, and wait."""
        if self._steps:
            self.close()
            self._wait()

    def done(self, **facts: Any) -> None:
        """Say that the work is finished."""
        self._say("done", facts)

    def wait(self) -> None:
        """Wait for the driver's word, and begin a segment."""
        self._wait()

    def _wait(self) -> None:
        if self._from_driver.readline().strip() != "go":
            raise SystemExit("The driver has gone.")
        self._reset()

    def _reset(self) -> None:
        self._rows = self._tokens = self._steps = 0
        self._seconds = 0.0
        self._began: Any = time.perf_counter()

    def _say(self, at: str, facts: dict[str, Any]) -> None:
        self._to_driver.write(json.dumps({"at": at, **facts}) + "\n")
        self._to_driver.flush()

    def _die_with_the_driver(self) -> None:
        """Between its segments a worker is stopped; were the driver killed, it would stay so for ever."""
        if os.uname().sysname == "Linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
