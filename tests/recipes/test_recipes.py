"""Every recipe of the cookbook loads, stays in its folder, explains itself, and finds its rows good."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tltk
from tests.paths import RECIPES, ROOT
from tests.recipes.cookbook import COOKBOOK, SAMPLED, short_name
from tltk.recipe import load_recipe, to_yaml

each_recipe = pytest.mark.parametrize("path", RECIPES, ids=short_name)
each_sampled = pytest.mark.parametrize("path", SAMPLED, ids=short_name)


def test_there_are_recipes_for_every_task() -> None:
    from tltk.tasks import tasks

    ours = {name for name in tasks.names() if tasks.get(name).__module__.startswith("tltk.")}
    assert {path.parent.name for path in RECIPES if path.parent != COOKBOOK} == ours


def test_names_are_unique() -> None:
    assert len({path.name for path in RECIPES}) == len(RECIPES)


def test_every_sample_has_a_recipe() -> None:
    used = {load_recipe(path).data.path for path in SAMPLED}
    assert used == {str(file) for file in COOKBOOK.glob("*/data/*")}


@each_recipe
def test_lies_in_the_folder_of_its_task(path: Path) -> None:
    assert path.parent in (COOKBOOK, COOKBOOK / load_recipe(path).task.name)


@each_recipe
def test_loads(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe.name == path.stem.replace("_", "-")


@each_recipe
def test_stays_in_its_own_folder_when_it_is_copied(path: Path) -> None:
    assert load_recipe(path).output is None, "a Run goes to runs/<name> where one stands"
    assert "../" not in path.read_text(encoding="utf-8")


@each_recipe
def test_means_the_same_with_every_default_written_out(path: Path, tmp_path: Path) -> None:
    recipe = load_recipe(path)
    written = tmp_path / "full.yaml"
    written.write_text(to_yaml(recipe), encoding="utf-8")
    assert load_recipe(written) == recipe


@each_sampled
def test_rows_are_good_as_they_stand(path: Path, empty_cache: Path) -> None:
    report = tltk.check(path)
    assert sum(report["rows"].values()) >= 30
    assert report["warnings"] == []


@each_recipe
def test_opens_with_a_comment_that_says_what_it_is_for(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert len(first) > 30


@each_sampled
def test_says_what_its_reader_needs(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    comment = " ".join(line.removeprefix("# ") for line in lines[: lines.index("")])
    words = ("For: ", "Own file: ", "Change first: ", "Watch: ")
    assert [word for word in words if word.lower() not in comment.lower()] == []
    assert any(word in comment for word in ("Columns", "Data: "))


def test_quickstart_is_what_the_readme_says() -> None:
    recipe = load_recipe(ROOT / "recipes" / "quickstart.yaml")
    assert (recipe.data.source, recipe.data.name) == ("asset", "movie-snippets")
    assert recipe.data.binarize is not None
    assert recipe.data.binarize.threshold == 0
    assert recipe.backbone.name == "all-MiniLM-L6-v2"


def test_the_table_of_the_cookbook_has_every_recipe() -> None:
    linked = re.findall(r"\]\(([\w/-]+\.yaml)\)", (COOKBOOK / "README.md").read_text(encoding="utf-8"))
    assert sorted(linked) == sorted(short_name(path) for path in RECIPES)
