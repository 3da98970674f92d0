"""A worker that notes its steps instead of training."""

from __future__ import annotations

import os
import sys

from benchmarks.gate import Gate


def main() -> None:
    how, notes = sys.argv[1:]
    gate = Gate(segment_steps=2)
    print("what a library prints is no message")
    gate.ready(baseline_bytes=7)
    for step in range(5):
        with open(notes, "a", encoding="utf-8") as file:  # noqa: PTH123 appended by several processes
            file.write(f"{os.getpid()}\n")
        if how == "dies" and step == 3:
            raise SystemExit("the disk is full")
        gate.step(rows=3, tokens=30 + step)
    gate.finish()
    gate.done(accuracy=0.5)


if __name__ == "__main__":
    main()
