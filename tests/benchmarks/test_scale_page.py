"""The page and the plot of how cost grows."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from benchmarks import scale_page
from benchmarks.machine import describe_machine

RESULTS: dict[str, Any] = {
    "machine": describe_machine(),
    "precision": "float32",
    "rows": [
        {
            "rows": rows,
            "encode_real": rows < 10_000,
            "encode_seconds": rows / 1e4,
            "plan_seconds": rows / 1e7,
            "order_seconds": rows / 1e7,
            "batch_ms": 0.05,
            "epoch_input_seconds": rows / 1e6,
        }
        for rows in (1_000, 10_000)
    ],
    "steps": {
        "layers": [
            {"value": layers, "rows": 32, "parameters": 1e7 * layers, "gflop": 10.0 * layers, "ms": 30.0 * layers + 10}
            for layers in (2, 4)
        ]
    },
}


def test_the_model_is_anchored_at_the_setting_with_most_flops() -> None:
    assert scale_page.model_ms(RESULTS["steps"]["layers"]) == [65.0, 130.0]


def test_the_page_is_written_between_its_marks_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(scale_page.DOCS / "scale.md", tmp_path)
    monkeypatch.setattr(scale_page, "DOCS", tmp_path)
    scale_page.write_page(RESULTS)
    first = (tmp_path / "scale.md").read_text()
    assert "| 10,000 | (1) |" in first
    assert "| 2 | 32 | 20.0 | 20.0 | 70.0 | 286 | 65.0 | 1.08 |" in first
    assert (tmp_path / "images" / "scale.png").read_bytes().startswith(b"\x89PNG")
    scale_page.write_page(RESULTS)
    assert (tmp_path / "scale.md").read_text() == first
