"""Each GLUE recipe runs as it stands on a small dataset that tensorflow_datasets itself has written.

Overridden are only the folder of the data, the backbone (a tiny one), the number of epochs and the Run's folder.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.recipes.glue_replica import write_glue

LABELS = {
    "sst2": ["negative", "positive"],
    "cola": ["acceptable", "unacceptable"],
    "mrpc": ["equivalent", "not_equivalent"],
}


@pytest.fixture(scope="module")
def glue_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tensorflow_datasets")
    for config in LABELS:
        write_glue(config, folder)
    return folder


@pytest.mark.parametrize("config", LABELS)
def test_recipe_runs_end_to_end(
    config: str, glue_folder: Path, tiny_bert_folder: Path, tmp_path: Path, empty_cache: Path
) -> None:
    import tltk

    run = tltk.fit(
        ROOT / "recipes" / "text-classification" / f"glue_{config}.yaml",
        {
            "data.data_dir": str(glue_folder),
            "backbone.name": str(tiny_bert_folder),
            "train.epochs": 1,
            "output": str(tmp_path / "run"),
        },
    )

    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))
    assert 0 <= metrics["test"]["accuracy"] <= 1
    assert 0 <= metrics["validation"]["f1_macro"] <= 1
    assert run.metrics == metrics
    text = ("The film is funny .", "They called it dull .") if config == "mrpc" else "a gripping film"
    prediction = run.predict(text)
    assert sorted(prediction["scores"]) == LABELS[config]
    assert sum(prediction["scores"].values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("config", LABELS)
def test_splits_are_what_the_recipe_says(config: str, glue_folder: Path, tmp_path: Path) -> None:
    """The test rows are GLUE's validation split, and no row is in two splits."""
    import tensorflow_datasets as tfds

    from tltk.data import read
    from tltk.recipe import load_recipe

    recipe = load_recipe(
        ROOT / "recipes" / "text-classification" / f"glue_{config}.yaml", {"data.data_dir": str(glue_folder)}
    )
    dataset = read(recipe.data, seed=0, cache=tmp_path)

    first = recipe.data.text if isinstance(recipe.data.text, str) else recipe.data.text[0]
    ours = {name: set(rows.column(first).to_pylist()) for name, rows in dataset.splits.items()}
    theirs = {
        name: {
            text.decode()
            for text in tfds.as_numpy(
                tfds.load(f"glue/{config}", split=name, data_dir=glue_folder).map(lambda row: row[first])
            )
        }
        for name in ("train", "validation")
    }
    assert ours["test"] == theirs["validation"]
    assert ours["train"] | ours["validation"] == theirs["train"]
    assert not ours["train"] & ours["validation"]
    assert sorted(set(dataset["test"].labels())) == LABELS[config]


def test_withheld_labels_are_left_out_with_a_word(glue_folder: Path, tmp_path: Path) -> None:
    """GLUE's own test split, asked for by name, gives no class of its own, and the report says why it is missing."""
    from tltk.data import read
    from tltk.recipe import load_recipe

    recipe = load_recipe(
        ROOT / "recipes" / "text-classification" / "glue_sst2.yaml",
        {"data.data_dir": str(glue_folder), "data.test_split": "test"},
    )
    dataset = read(recipe.data, seed=0, cache=tmp_path)
    assert "test" not in dataset.sources
    assert sorted(set(dataset["test"].labels())) == LABELS["sst2"]
    assert any("test" in warning and "label" in warning for warning in dataset.report.warnings)
