"""The part that predicts: who goes on to the end."""

from __future__ import annotations

from pathlib import Path

from benchmarks.parts.prediction import SIFTED_AFTER, WARM_UP, WARM_UP_ROWS, worth_going_on, write_files
from benchmarks.rounds import Course


def course(rows: int, files: int) -> Course:
    return Course(segments=[{"rows": rows, "seconds": 1.0, "steps": 1}] * (WARM_UP + files))


def test_the_fastest_of_each_kind_go_on_once_they_are_known() -> None:
    speeds = {
        "tltk": 1,
        "tltk onnx": 9,
        "pipeline fp32": 2,
        "pipeline bf16": 3,
        "PyTorch loop bf16": 8,
        "onnxruntime int8": 1,
    }
    early = {name: course(rows, SIFTED_AFTER - 1) for name, rows in speeds.items()}
    assert worth_going_on(early) == list(speeds)
    late = {name: course(rows, SIFTED_AFTER) for name, rows in speeds.items()}
    assert worth_going_on(late) == ["tltk", "pipeline bf16", "onnxruntime int8"]


def test_the_files_hold_all_sentences_in_order(tmp_path: Path) -> None:
    texts = [f"sentence {number}" for number in range(10_001)]
    warm_up, *files = write_files(tmp_path, texts, 4)
    assert len(files) == 4
    assert "".join(file.read_text() for file in files).splitlines() == texts
    assert len(warm_up.read_text().splitlines()) == WARM_UP_ROWS
