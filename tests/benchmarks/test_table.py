"""Tables, and their place in the README."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.ratios import spread
from benchmarks.table import BEGIN, END, render, table, write_into

MACHINE = {"cores": 2, "processor": "Abacus", "features": ["avx2"], "memory_gib": 24.4}
NUMBERS = spread([2.0, 2.2, 2.4])


def competitor(**changes: Any) -> dict[str, Any]:
    return {
        "rows_per_second": 123.4,
        "rows_per_second_spread": spread([120.0, 125.0]),
        "tltk_times_faster": NUMBERS,
        "accuracy": 0.8765,
        "share_of_large_gemm": 0.61,
        "share_of_own_gemm": 0.8,
        "peak_bytes": 1.5e9,
        "settings": "by hand",
    } | changes


def results() -> dict[str, Any]:
    training = {
        "machine": MACHINE,
        "data": "sentences",
        "checkpoint": "small",
        "batch_size": 32,
        "epochs": 3,
        "rows": 6920,
        "tokens_per_row": 22.5,
        "standard_error": 0.0111,
        "best": {"pytorch": "Trainer bf16", "default": None},
        "competitors": {
            "tltk": competitor(tltk_times_faster=spread([1.0])),
            "Trainer bf16": competitor(rows_per_second=50.0),
            "broken": {"failure": "no memory"},
        },
    }
    prediction = {
        "rows": 1000,
        "tokens_per_row": 22.5,
        "competitors": {
            "tltk": competitor(agreement=1.0, times_the_pipeline=NUMBERS, predicted_rows=1000),
            "slow": competitor(predicted_rows=150),
        },
    }
    first = {"competitors": {"tltk": {"seconds": NUMBERS, "answer": "", "times_the_pipeline": NUMBERS}}}
    cost = {"ratio": 1.015, "ratio_low": 1.01, "ratio_high": 1.02}
    memory = {"runs": [{"rows": 10_000, "peak_bytes": 1.2e9}, {"rows": 100_000, "peak_bytes": 1.25e9}]}
    return {
        "memory": memory,
        "prediction": prediction,
        "training": training,
        "first_answer": first,
        "pipeline": {"step_cost": cost},
    }


def test_every_figure_is_shown() -> None:
    text = render(results())
    assert "| Trainer bf16 | 50 | 2.20 (2.10-2.30) | 0.876 | 61% | 80% | 1.50 GB |" in text
    assert "2 cores of Abacus (avx2), 24 GiB" in text
    assert "tltk is 2.20 (2.10-2.30) times as fast as the best of PyTorch (Trainer bf16)." in text
    assert "| tltk | 123 | 2.20 (2.10-2.30) |  | 100.00% | 1.50 GB |" in text
    assert "one standard error of the dev accuracy is 0.011" in text
    assert "* tltk: by hand" in text
    assert "| tltk | 2.20 (2.10-2.30) | 2.20 (2.10-2.30) |" in text
    assert "1,200 MB with 10,000 sentences and 1,250 MB with 100,000 sentences" in text
    assert "+1.5% (+1.0% to +2.0%)" in text
    assert "batch 32, 3 epochs, 6,920 rows" in text
    assert "peak above what the process held after its imports" in text
    assert "tltk writes a checkpoint" in text
    assert "* slow: by hand; the first 150 sentences" in text
    assert "* tltk: by hand;" not in text


def test_one_epoch_is_no_plural() -> None:
    found = results()
    found["training"]["epochs"] = 1
    assert "batch 32, 1 epoch, 6,920 rows" in render(found)


def test_one_that_failed_has_no_row_but_is_named() -> None:
    text = render(results())
    assert "| broken" not in text
    assert "* broken: did not come to the end" in text


def test_parts_that_were_not_run_are_not_shown() -> None:
    assert render({}) == ""


def test_the_readme_keeps_what_is_around_the_markers(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    for text in ("one", "two"):
        write_into(readme, table(["who"], [[text]]))
    assert readme.read_text(encoding="utf-8") == f"before\n{BEGIN}\n| who |\n|---|\n| two |\n{END}\nafter\n"


def test_a_readme_without_markers_is_not_touched(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("nothing\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no <!-- benchmarks -->"):
        write_into(readme, "text")
    assert readme.read_text(encoding="utf-8") == "nothing\n"
