"""Each recipe with rows of its own trains, scores and predicts as it stands, but for one epoch and on the tiny BERT."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.recipes.cookbook import SAMPLED, short_name
from tltk.recipe import load_recipe


@pytest.mark.slow
@pytest.mark.parametrize("path", SAMPLED, ids=short_name)
def test_runs_end_to_end(path: Path, tiny_bert_folder: Path, tmp_path: Path, empty_cache: Path) -> None:
    import tltk

    length = min(load_recipe(path).backbone.max_length, 128)  # what the tiny BERT has positions for
    run = tltk.fit(
        path,
        {
            "backbone.name": str(tiny_bert_folder),
            "backbone.max_length": length,
            "train.epochs": 1,
            "output": str(tmp_path / "run"),
        },
    )

    figures = [value for split in ("validation", "test") for value in run.metrics[split].values()]
    assert figures
    assert all(math.isfinite(value) for value in figures if isinstance(value, float))
    columns = run.recipe.data.text
    text = "The film was honest." if isinstance(columns, str) else tuple("The film was honest." for _ in columns)
    assert run.predict(text)
