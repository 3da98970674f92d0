"""Prediction of 100,000 sentences beside the peers: files in, predictions out, tokenisation included."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.competitors import PREDICTION, best
from benchmarks.data import sentences, sentiment, token_lengths
from benchmarks.flops import FORWARD, Encoder, flops
from benchmarks.job import Job
from benchmarks.launch import launchers, slug
from benchmarks.parts.training import gemm_launchers, gemm_rates, utilisation
from benchmarks.ratios import rate, ratios, spread
from benchmarks.rounds import Course, run_rounds, tell
from benchmarks.settings import Settings
from benchmarks.trained import trained_bundle
from benchmarks.worker import ROOT

FILES, MAX_LENGTH = 20, 128
WARM_UP, WARM_UP_ROWS = 1, 2000  # files that are predicted before
# After so many timed files only these kinds' fastest go on, and these; the others' rates are known by then.
SIFTED_AFTER, GO_ON = 3, ("tltk", "tltk bf16", "tltk int8")
OURS = "tltk"


def run(settings: Settings) -> dict[str, Any]:
    """Predict the sentences in twenty files, all competitors one file in turn; the slower ones stop early."""
    bundle = trained_bundle(settings)
    count, files = settings.rows, min(FILES, settings.rounds)
    texts = sentences(sentiment(settings), count)
    job = Job(
        checkpoint="",
        output="",
        max_length=MAX_LENGTH,
        files=tuple(str(path) for path in write_files(settings.work / "rows", texts, files)),
    )
    make_engines(bundle, settings.work / "rows" / "one-line.txt")
    encoder = Encoder.of(bundle / "encoder")
    lengths = token_lengths(texts, bundle / "encoder", MAX_LENGTH)
    starts: dict[str, Any] = {}
    for competitor in PREDICTION:
        folder = bundle if competitor.kind == "tltk" else bundle / "encoder"
        starts |= launchers(settings, (competitor,), job.on(folder), "prediction")
    gemm = gemm_launchers(settings, encoder, round(64 * sum(lengths) / len(lengths)), "prediction")
    courses = run_rounds({**starts, **gemm}, endless=tuple(gemm), clock=settings.clock, keep=worth_going_on)
    rates = gemm_rates({name: courses.pop(name) for name in gemm})
    truth = labels(settings, OURS, job)
    per_row = flops(encoder, lengths, FORWARD) / len(lengths)
    found: dict[str, Any] = {}
    for competitor in PREDICTION:
        course = courses.get(competitor.name)
        if course is None:
            continue
        one = describe(course)
        if "failure" not in one:
            given = labels(settings, competitor.name, job)
            same = [a == b for a, b in zip(truth, given, strict=False)]  # who stops early has the first files
            one |= {"predicted_rows": len(given)}
            one |= {"agreement": sum(same) / len(same) if same else None}
            one |= {"kind": competitor.kind, "dtype": competitor.dtype}
            one |= utilisation(one["rows_per_second"] * per_row, rates.get(competitor.dtype, {}))
        found[competitor.name] = one
    fastest = {name: one["rows_per_second"] for name, one in found.items() if "failure" not in one}
    leaders = {kind: best(fastest, PREDICTION, kind) for kind in sorted({one.kind for one in PREDICTION})}
    for field, kind in (("times_the_pipeline", "pipeline"), ("times_onnxruntime_int8", "onnx int8")):
        if leader := leaders[kind]:
            for name in fastest:
                found[name][field] = spread(ratios(kept(courses[name]), kept(courses[leader]), "rows"))
    return {
        "rows": count,
        "tokens_per_row": sum(lengths) / len(lengths),
        "flops_per_row": per_row,
        "warm_up_segments": WARM_UP,
        "best": leaders,
        "gemm": rates,
        "competitors": found,
    }


def worth_going_on(courses: dict[str, Course]) -> list[str]:
    """Return who goes on: all for some files, then ours and the fastest pipeline and onnxruntime int8."""
    rates = {name: rate(kept(one), "rows") for name, one in courses.items() if len(kept(one)) >= SIFTED_AFTER}
    if not rates:
        return list(courses)
    leaders = [best(rates, PREDICTION, kind) for kind in ("pipeline", "onnx int8")]
    return [name for name in courses if name in GO_ON or name in leaders]


def make_engines(bundle: Path, file: Path) -> None:
    """Predict a sentence in each way once: exports and what a precision costs are then made, and lie in the cache.

    They belong to a Bundle, not to its predictions; made within a worker they would count as its memory.
    """
    file.write_text("A quiet masterpiece.\n", encoding="utf-8")
    for competitor in PREDICTION:
        if asked := competitor.options.get("asked"):
            options = [word for name, value in asked.items() for word in (f"--{name}", value)]
            command = [sys.executable, "-m", "tltk", "predict", str(bundle), str(file), *options]
            tell(f"   making {competitor.name}")
            subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # its worker says what went wrong


def write_files(folder: Path, texts: list[str], files: int) -> list[Path]:
    """Write the sentences in so many files, one a line, and before them one for the warm-up; return them in order."""
    size = -(-len(texts) // files)
    folder.mkdir(parents=True, exist_ok=True)
    parts = [texts[start : start + size] for start in range(0, len(texts), size)]
    paths = []
    for number, part in enumerate([parts[-1][:WARM_UP_ROWS], *parts]):
        paths.append(folder / f"sentences-{number:02}.txt")
        paths[-1].write_text("".join(f"{text}\n" for text in part), encoding="utf-8")
    return paths


def labels(settings: Settings, name: str, job: Job) -> list[str]:
    """Return the labels that a competitor gave, but for the warm-up file."""
    found: list[str] = []
    for path in map(Path, job.files[WARM_UP:]):
        written = settings.work / "prediction" / slug(name) / f"{path.stem}.jsonl"
        if written.exists():
            found += [json.loads(line)["label"] for line in written.read_text(encoding="utf-8").splitlines()]
    return found


def describe(course: Course) -> dict[str, Any]:
    """Return the figures of one competitor."""
    segments = kept(course)
    if course.failure or not segments:
        return {"failure": course.failure or "It predicted nothing after the warm-up."}
    return {
        "rows_per_second": rate(segments, "rows"),
        "rows_per_second_spread": spread([rate([one], "rows") for one in segments]),
        "peak_bytes": segments[-1]["peak_bytes"] - course.ready["baseline_bytes"],
        "first_peak_bytes": segments[0]["peak_bytes"] - course.ready["baseline_bytes"],
        "settings": course.ready.get("settings"),
        "segments": course.segments,
    }


def kept(course: Course) -> list[dict[str, Any]]:
    """Return the segments after the warm-up."""
    return course.segments[WARM_UP:]
