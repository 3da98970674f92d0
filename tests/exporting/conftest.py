"""Runs that all exporters' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

import tltk
from tests.reviews import make_reviews, tiny_recipe
from tltk.run import Run


def _run(checkpoint: Path, folder: Path, precision: str) -> Run:
    recipe = tiny_recipe(checkpoint, train__epochs=2, train__precision=precision)
    return tltk.fit(recipe, data=make_reviews(), output=folder / precision)


@pytest.fixture(scope="session")
def run(tiny_bert_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A Run trained in float32."""
    return _run(tiny_bert_folder, tmp_path_factory.mktemp("exported"), "float32")


@pytest.fixture(scope="session")
def bf16_run(tiny_bert_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A Run trained in bfloat16."""
    return _run(tiny_bert_folder, tmp_path_factory.mktemp("exported"), "mixed_bfloat16")
