"""Peak memory of `tltk predict` by the number of sentences in its file: a stream holds no more of ten times as many.

(The peaks of training are measured with it, in the part of that name.)
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.data import sentences, sentiment
from benchmarks.rounds import tell
from benchmarks.settings import Settings
from benchmarks.trained import trained_bundle
from benchmarks.worker import ROOT

ROWS = (5_000, 50_000)


def run(settings: Settings) -> dict[str, Any]:
    """Run the command on a short and on a long file."""
    bundle = trained_bundle(settings)
    counts = (100, 1_000) if settings.quick else ROWS
    texts = sentences(sentiment(settings), max(counts))
    runs = []
    for count in counts:
        file, output = (settings.work / "rows" / f"memory-{count}.{suffix}" for suffix in ("txt", "jsonl"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{text}\n" for text in texts[:count]), encoding="utf-8")
        command = [sys.executable, "-m", "tltk", "predict", str(bundle), str(file), "--output", str(output)]
        seconds, peak = measured(command)
        runs.append({"rows": count, "seconds": seconds, "peak_bytes": peak})
        tell(f"   {count:,} sentences: {seconds:.1f} s, {peak / 1e6:.0f} MB")
        file.unlink()
        output.unlink()
    return {
        "runs": runs,
        "growth_bytes_a_row": (runs[1]["peak_bytes"] - runs[0]["peak_bytes"]) / (counts[1] - counts[0]),
    }


def measured(command: Sequence[str]) -> tuple[float, int]:
    """Run a command; return its seconds and the most bytes it held.

    Raises:
        SystemExit: it failed.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}.")
    return time.perf_counter() - began, usage.ru_maxrss * 1024
