"""Seconds from the start of a new process to the answer for one sentence, beside a Hugging Face pipeline."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.environments import OWN
from benchmarks.ratios import spread
from benchmarks.rounds import tell, turned
from benchmarks.settings import Settings
from benchmarks.trained import trained_bundle
from benchmarks.worker import ROOT

PEER = "Hugging Face pipeline"
SENTENCE = "A quiet masterpiece."


def run(settings: Settings) -> dict[str, Any]:
    """Start each again and again, in turn; the first start of each only fills caches."""
    bundle = trained_bundle(settings)
    file = settings.work / "rows" / "one-line.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SENTENCE + "\n", encoding="utf-8")
    wanted = {name: one for name, one in commands(settings, bundle, file).items() if settings.wanted(name)}
    seconds: dict[str, list[float]] = {name: [] for name in wanted}
    failures: dict[str, str] = {}
    answers: dict[str, str] = {}
    for number in range(min(settings.rounds, 10) + 1):
        if settings.clock.over():
            break
        for name in turned(list(wanted), number):
            if name in failures or settings.clock.stopped():
                continue
            began = time.perf_counter()
            ended = subprocess.run(wanted[name], cwd=ROOT, capture_output=True, text=True, check=False)
            taken = time.perf_counter() - began
            if settings.clock.stopped():
                break  # Ctrl-C reaches the process too
            if ended.returncode:
                failures[name] = ended.stderr.strip()[-500:]
                tell(f"!! {name}: {failures[name]}")
                continue
            answers[name] = ended.stdout.strip()[-200:]
            if number:
                seconds[name].append(taken)
        tell(f"   round {number}: " + ", ".join(f"{name} {one[-1]:.2f} s" for name, one in seconds.items() if one))
    found: dict[str, Any] = {name: {"failure": text} for name, text in failures.items()}
    for name, times in seconds.items():
        if times and name not in failures:
            found[name] = {"seconds": spread(times), "answer": answers[name]}
            if peer := seconds.get(PEER):
                found[name]["times_the_pipeline"] = spread([a / b for a, b in zip(times, peer, strict=False)])
    return {"competitors": found}


def commands(settings: Settings, bundle: Path, file: Path) -> dict[str, Sequence[str]]:
    """Return the command of each competitor that is there."""
    own, torch = settings.environments.python(OWN), settings.environments.python("torch")
    ours = [str(own), "-m", "tltk", "predict", str(bundle), str(file)]
    found: dict[str, Sequence[str]] = {
        "tltk": ours,
        "tltk --engine onnx": [*ours, "--engine", "onnx"],
        "tltk --precision int8": [*ours, "--precision", "int8"],
    }
    if torch is not None:
        found[PEER] = [torch, "-m", "benchmarks.workers.pipeline_once", str(bundle / "encoder"), str(file)]
    return found
