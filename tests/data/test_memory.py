"""Memory does not grow with the data: the benchmark's own measure, on a size that a test can bear."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROWS = 300_000
CONSTANT = 100 * 10**6
BYTES_A_ROW = 64


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "memory.py"
    spec = importlib.util.spec_from_file_location("memory_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="RssAnon is read from /proc")
def test_read_encode_and_an_epoch_take_little_anonymous_memory(
    benchmark: ModuleType, tiny_bert_folder: Path, tmp_path: Path
) -> None:
    benchmark.write_sentences(tmp_path / "sentences.csv", ROWS, tiny_bert_folder)
    run = benchmark.measure(tmp_path / "sentences.csv", tiny_bert_folder)
    assert run["train_rows"] == 0.8 * ROWS
    assert run["peak_bytes"] <= CONSTANT + BYTES_A_ROW * ROWS, run
