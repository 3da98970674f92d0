"""Fine-tuning beside the peers: throughput, accuracy, FLOP utilisation and memory, in one alternating run."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.clock import Clock
from benchmarks.competitors import TRAINING, Competitor, best
from benchmarks.data import Rows, sentiment
from benchmarks.environments import OWN
from benchmarks.flops import Encoder, flops, shapes
from benchmarks.job import Job
from benchmarks.launch import launchers
from benchmarks.ratios import rate, ratios, spread, timed
from benchmarks.rounds import Course, run_rounds
from benchmarks.settings import Settings
from benchmarks.worker import Worker

WARM_UP = 2  # segments
OURS = "tltk"
_GEMM = (
    Competitor("GEMM, TensorFlow", OWN, "gemm", "gemm", "", {"library": "tensorflow"}),
    Competitor("GEMM, PyTorch", "torch", "gemm", "gemm", "", {"library": "torch"}),
)


def run(settings: Settings) -> dict[str, Any]:
    """Train all on sentiment, from the MiniLM checkpoint, batch 32."""
    from tltk.assets import resolve_checkpoint

    checkpoint = Path(resolve_checkpoint("all-MiniLM-L6-v2").folder)
    rows = sentiment(settings)
    if settings.quick:
        rows = rows.first(32 * 8, settings.work / "rows", dev=64)
    found = train_all(settings, "training", TRAINING, rows, checkpoint, epochs=settings.epochs)
    accuracy = found["competitors"].get(OURS, {}).get("accuracy") or 0.5
    error = math.sqrt(accuracy * (1 - accuracy) / rows.dev_count())
    return {"data": rows.name, "checkpoint": "all-MiniLM-L6-v2", "standard_error": error, **found}


def train_all(
    settings: Settings,
    part: str,
    competitors: tuple[Competitor, ...],
    rows: Rows,
    checkpoint: Path,
    *,
    epochs: int,
    batch_size: int = 32,
    max_length: int = 128,
    at_once: int | None = None,
    segment_steps: int | None = None,
    clock: Clock | None = None,
) -> dict[str, Any]:
    """Train every competitor on the same rows, and compare them.

    Where not all fit into memory together, they run in groups, and each group has a tltk of its own to compare with;
    where only one fits, tltk runs before each of them.
    """
    lengths = rows.lengths(checkpoint, max_length)
    steps = epochs * math.ceil(len(lengths) / batch_size)
    segment_steps = segment_steps or max(1, steps // (settings.rounds + WARM_UP))
    job = Job(
        checkpoint=str(checkpoint),
        output="",
        train=str(rows.train),
        dev=str(rows.dev) if rows.dev else None,
        labels=rows.labels,
        batch_size=batch_size,
        max_length=max_length,
        epochs=epochs,
        segment_steps=segment_steps,
    )
    encoder = Encoder.of(checkpoint, rows.labels)
    starts = launchers(settings, competitors, job, part)
    gemm = gemm_launchers(settings, encoder, round(batch_size * sum(lengths) / len(lengths)), part)
    found: dict[str, Any] = {}
    gemm_courses: dict[str, Course] = {}
    clock = clock or settings.clock
    together = groups(starts, at_once or settings.at_once)
    reference = Course()
    for number, group in enumerate(together):
        if clock.stopped():
            break
        courses = run_rounds(
            {**{name: starts[name] for name in group}, **gemm},
            endless=tuple(gemm),
            clock=clock.share(len(together) - number),
        )
        gemm_courses |= {name: courses.pop(name) for name in gemm if name in courses}
        reference = courses.get(OURS, reference)
        for name, course in courses.items():
            if name not in found:
                found[name] = describe(course, reference, tokens_per_row=sum(lengths) / len(lengths))
    rates = gemm_rates(gemm_courses)
    per_row = flops(encoder, lengths) / len(lengths)
    for competitor in competitors:
        if "rows_per_second" in found.get(competitor.name, {}):
            one = found[competitor.name]
            one |= {"kind": competitor.kind, "dtype": competitor.dtype}
            one |= utilisation(one["rows_per_second"] * per_row, rates.get(competitor.dtype, {}))
    fastest = {name: one["rows_per_second"] for name, one in found.items() if "rows_per_second" in one}
    return {
        "rows": len(lengths),
        "tokens_per_row": sum(lengths) / len(lengths),
        "flops_per_row": per_row,
        "batch_size": batch_size,
        "max_length": max_length,
        "epochs": epochs,
        "steps": steps,
        "segment_steps": segment_steps,
        "warm_up_segments": WARM_UP,
        "best": {kind: best(fastest, competitors, kind) for kind in ("default", "pytorch", "tensorflow")},
        "gemm": rates,
        "competitors": found,
    }


def groups(starts: dict[str, Callable[[], Worker]], at_once: int) -> list[list[str]]:
    """Return the names in groups of no more than so many, each with tltk in it; one by one, tltk comes before each."""
    others = [name for name in starts if name != OURS]
    if OURS not in starts:
        return [others]
    if at_once == 1:
        return [[name] for other in others for name in (OURS, other)] or [[OURS]]
    size = at_once - 1
    cut = [others[start : start + size] for start in range(0, len(others), size)]
    return [[OURS, *names] for names in cut] or [[OURS]]


def describe(course: Course, reference: Course, *, tokens_per_row: float) -> dict[str, Any]:
    """Return the figures of one competitor."""
    if course.failure or not (kept := timed(course.segments, warm_up=WARM_UP)):
        return {"failure": course.failure or "It had no segment after the warm-up."}
    speeds = [rate([one]) / tokens_per_row for one in kept]
    figures: dict[str, Any] = {
        "rows_per_second": rate(kept) / tokens_per_row,
        "rows_per_second_spread": spread(speeds),
        "whole_run_rows_per_second": rate(course.segments, "rows"),
        "seconds": sum(one["seconds"] for one in course.segments),
        "steps": sum(one["steps"] for one in course.segments),
        "useful_tokens": sum(one["tokens"] for one in course.segments),
        "accuracy": course.done.get("accuracy"),
        "peak_bytes": (course.done or course.segments[-1])["peak_bytes"] - course.ready["baseline_bytes"],
        "baseline_bytes": course.ready["baseline_bytes"],
        "settings": course.ready.get("settings"),
        "segments": course.segments,
    }
    if ours := timed(reference.segments, warm_up=WARM_UP):
        figures["tltk_times_faster"] = spread(ratios(ours, kept))
        figures["tltk_rows_per_second_beside"] = rate(ours) / tokens_per_row
    return figures


def gemm_launchers(settings: Settings, encoder: Encoder, tokens: int, part: str) -> dict[str, Callable[[], Worker]]:
    """Return what starts the measuring of matrix products, large ones and those of batches of so many tokens."""
    job = Job(checkpoint="", output="", options={"shapes": shapes(encoder, tokens)})
    return launchers(settings, _GEMM, job, part)


def gemm_rates(courses: dict[str, Course]) -> dict[str, dict[str, float]]:
    """Return, by dtype, the median rate of large products and of the model's own: the better library's, in FLOP/s."""
    found: dict[str, dict[str, float]] = {}
    for course in courses.values():
        measured = [segment["rates"] for segment in course.segments]
        for dtype in ("float32", "bfloat16"):
            for size in ("large", "own"):
                if measured:
                    value = spread([one[dtype][size] for one in measured])["median"]
                    rates = found.setdefault(dtype, {})
                    rates[size] = max(value, rates.get(size, 0.0))
    return found


def utilisation(flops_per_second: float, rates: dict[str, float]) -> dict[str, float]:
    """Return useful FLOP/s, and their share of what matrix products reach."""
    shares = {f"share_of_{size}_gemm": flops_per_second / value for size, value in rates.items()}
    return {"flops_per_second": flops_per_second, **shares}
