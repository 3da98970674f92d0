"""What the pages show is true: YAML loads as a recipe, Python names what exists, links lead somewhere."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

from tests.paths import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


@each_page
def test_python_blocks_compile(page: Path) -> None:
    for code in blocks(page, "python"):
        ast.parse(code)


@each_page
def test_what_python_blocks_import_exists(page: Path) -> None:
    import importlib

    for code in blocks(page, "python"):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("tltk"):
                module = importlib.import_module(str(node.module))
                assert all(hasattr(module, name.name) for name in node.names), ast.unparse(node)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "tltk":
                assert hasattr(importlib.import_module("tltk"), node.attr), node.attr


@each_page
def test_yaml_blocks_are_recipes(page: Path, tmp_path: Path) -> None:
    from tltk.recipe import load_recipe

    for number, text in enumerate(blocks(page, "yaml")):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        load_recipe(path)


@each_page
def test_links_lead_to_files(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)", text)
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


def test_readme_commands_are_commands() -> None:
    """Each `tltk x` and `make x` that the README shows is a command of ours."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    commands = {path.stem for path in (ROOT / "tltk" / "cli").glob("*.py")}
    assert set(re.findall(r"^\$ make ([a-z-]+)", text, flags=re.MULTILINE)) <= targets
    assert set(re.findall(r"^\$ (?:.*\| )?\S*tltk ([a-z]+)", text, flags=re.MULTILINE)) <= commands


def test_contributing_head_works() -> None:
    """The head shown in CONTRIBUTING.md can be built, called and cloned."""
    import keras
    import numpy as np

    from tltk.heads import heads

    code = next(block for block in blocks(ROOT / "CONTRIBUTING.md", "python") if "register_head" in block)
    exec(compile(code, "CONTRIBUTING.md", "exec"), {"__name__": "contributing"})
    head = heads.get("first-and-last")(3)
    logits = head(np.ones((2, 5, 8), "float32"))
    assert tuple(logits.shape) == (2, 3)
    again = type(head).from_config(head.get_config())
    assert again.units == 3
    assert isinstance(again, keras.layers.Layer)


def test_readme_recipe_trains_and_exports(tmp_path: Path, tiny_bert_folder: Path) -> None:
    """The README's recipe as it stands, on a small file and a tiny backbone."""
    import tltk

    rows = [("a gripping film", "good") if row % 2 else ("a dull plot", "bad") for row in range(60)]
    lines = ["text,label", *(f"{text} number {row},{label}" for row, (text, label) in enumerate(rows))]
    (tmp_path / "reviews.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "reviews.yaml").write_text(blocks(ROOT / "README.md", "yaml")[0], encoding="utf-8")
    changes = {"backbone": str(tiny_bert_folder), "train.epochs": 1, "output": str(tmp_path / "run")}

    run = tltk.fit(tmp_path / "reviews.yaml", changes)

    assert set(run.metrics) == {"validation", "test"}
    assert {path.name for path in (run.path / "exports").iterdir()} == {"savedmodel", "onnx"}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_readme_python_runs(tmp_path: Path, minilm_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's Python as it stands, beside a copy of the recipes."""
    shutil.copytree(ROOT / "recipes", tmp_path / "recipes")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(blocks(ROOT / "README.md", "python")[0], "README.md", "exec"), names)
    run = names["run"]
    assert run.metrics["test"]["accuracy"] > 0.75  # type: ignore[attr-defined]
    assert run.predict("A quiet masterpiece.")["label"] == "positive"  # type: ignore[attr-defined]
