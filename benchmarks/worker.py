"""The driver's side of the gate: a worker process that computes only while it has the word."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.gate import VARIABLE

ROOT = Path(__file__).parents[1]
_GLANCE = 5.0  # seconds


class WorkerFailed(Exception):
    """A worker ended before its work was done, or said nothing for too long."""


class Worker:
    """One process behind a gate.

    Between its turns the whole process group is stopped, so that no thread of it reads ahead or spins on the cores
    while another worker is timed.

    Args:
        name: the competitor's name.
        command: what to run.
        log: file for whatever it prints.
        patience: seconds after which a silent worker counts as failed.
    """

    def __init__(self, name: str, command: Sequence[str], *, log: Path, patience: float = 3600) -> None:
        self.name = name
        self.log = log
        self.patience = patience
        to_worker, self._to_worker = os.pipe()
        self._from_worker, from_worker = os.pipe()
        reading, writing = to_worker, from_worker
        log.parent.mkdir(parents=True, exist_ok=True)
        environment = {"TF_CPP_MIN_LOG_LEVEL": "3", "TOKENIZERS_PARALLELISM": "true", **os.environ}
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**environment, "CUDA_VISIBLE_DEVICES": "-1", VARIABLE: f"{reading},{writing}"},
                pass_fds=(reading, writing),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        os.close(reading)
        os.close(writing)
        self._pending = b""

    def turn(self) -> dict[str, Any]:
        """Give the word, and return what the worker has to say when it is done."""
        self._signal(signal.SIGCONT)
        try:
            os.write(self._to_worker, b"go\n")
        except BrokenPipeError:
            raise self._failure("has ended") from None
        return self.receive()

    def receive(self) -> dict[str, Any]:
        """Return the worker's next message, and stop it until its next turn.

        Raises:
            WorkerFailed: it ended or is silent.
        """
        waited = 0.0
        while b"\n" not in self._pending:
            readable, _, _ = select.select([self._from_worker], [], [], _GLANCE)
            if not readable:
                waited += _GLANCE
                if waited > self.patience:
                    raise self._failure(f"said nothing for {self.patience:.0f} s")
                self._signal(signal.SIGCONT)  # someone else may have stopped it
                continue
            received = os.read(self._from_worker, 65536)
            if not received:
                raise self._failure(f"ended with status {self._process.wait()}")
            self._pending += received
        line, self._pending = self._pending.split(b"\n", 1)
        message = json.loads(line)
        if message["at"] != "done":
            self._signal(signal.SIGSTOP)
        return message

    def close(self) -> None:
        """End the process and all its children."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        for end in (self._to_worker, self._from_worker):
            os.close(end)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _failure(self, what: str) -> WorkerFailed:
        last = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-15:]
        return WorkerFailed(f"{self.name} {what}; the end of {self.log}:\n  " + "\n  ".join(last))
