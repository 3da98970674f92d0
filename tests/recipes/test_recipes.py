"""Every recipe of the cookbook loads, stays inside the repository's runs/, and explains itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.paths import RECIPES, ROOT
from tltk.recipe import load_recipe, to_yaml

each_recipe = pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)


def test_there_are_recipes() -> None:
    assert {"quickstart.yaml", "glue_sst2.yaml", "glue_cola.yaml", "glue_mrpc.yaml"} <= {path.name for path in RECIPES}


@each_recipe
def test_loads(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe.name == path.stem.replace("_", "-")


@each_recipe
def test_writes_its_run_below_runs(path: Path) -> None:
    output = load_recipe(path).output
    assert output is not None
    assert Path(output).resolve() == ROOT / "runs" / path.stem.replace("_", "-")


@each_recipe
def test_means_the_same_with_every_default_written_out(path: Path, tmp_path: Path) -> None:
    recipe = load_recipe(path)
    written = tmp_path / "full.yaml"
    written.write_text(to_yaml(recipe), encoding="utf-8")
    assert load_recipe(written) == recipe


@each_recipe
def test_opens_with_a_comment_that_says_what_it_is_for(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert len(first) > 30


def test_quickstart_is_what_the_readme_says() -> None:
    recipe = load_recipe(ROOT / "recipes" / "quickstart.yaml")
    assert (recipe.data.source, recipe.data.name) == ("asset", "movie-snippets")
    assert recipe.data.binarize is not None
    assert recipe.data.binarize.threshold == 0
    assert recipe.backbone.name == "all-MiniLM-L6-v2"
