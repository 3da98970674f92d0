"""`Bundle.predict` on files of sentences."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tltk
import tltk.backbones.load
import tltk.predictor
from benchmarks.gate import Gate
from benchmarks.job import Job
from benchmarks.resident import forget_peak, resident_bytes
from benchmarks.workers.chunks import predict_chunks
from tltk.engines import choose_engine


def main() -> None:
    job = Job.given()
    gate = Gate()
    import_engine(job.options["asked"])
    baseline = resident_bytes()
    forget_peak()
    bundle, called_with = opened(job.checkpoint, job.options["asked"])

    def predict(path: Path) -> Iterator[tuple[str, float]]:
        for row in bundle.predict(path, **called_with):
            yield row["label"], row["score"]

    asked = ", ".join(f"{name} {value}" for name, value in job.options["asked"].items())
    settings = f"Bundle.predict(file), {asked or 'as it comes'}"
    predict_chunks(gate, job, predict, baseline_bytes=baseline, settings=settings)
    gate.done()


def import_engine(asked: dict[str, str]) -> None:
    """Import what the engine computes with: tltk does so when a Bundle is first used, the peers before they measure."""
    if choose_engine(asked.get("engine"), asked.get("precision", "float32")).engine == "keras":
        import tltk.heads  # noqa: F401 - and with it Keras and TensorFlow
    else:
        import onnxruntime  # noqa: F401


def opened(folder: str, asked: dict[str, str]) -> tuple[Any, dict[str, str]]:
    """Return the Bundle, and what is left to say when it predicts; precision and engine are said where they are known.

    Raises:
        SystemExit: this tltk knows no such choice.
    """
    at_load = {name: value for name, value in asked.items() if name in inspect.signature(tltk.load).parameters}
    left = {name: value for name, value in asked.items() if name not in at_load}
    unknown = sorted(set(left) - set(inspect.signature(tltk.Bundle.predict).parameters))
    if unknown:
        raise SystemExit(f"This tltk's predict knows no {unknown[0]!r}.")
    return tltk.load(folder, **at_load), left


if __name__ == "__main__":
    main()
