"""`tltk recipe show` and `tltk schema`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tltk.cli import main
from tltk.recipe import json_schema, load_recipe


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as exit_:
        main(list(arguments))
    return int(exit_.value.code or 0)


def test_show_writes_out_the_whole_recipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "r.yaml"
    file.write_text("data: {path: a.csv}\ntrain: {epochs: 2}\n", encoding="utf-8")
    assert call("recipe", "show", str(file), "train.epochs=5", "name=x") == 0
    shown = capsys.readouterr().out
    assert load_recipe(shown) == load_recipe(file, ["train.epochs=5", "name=x"])
    assert f"path: {tmp_path / 'a.csv'}" in shown


def test_show_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "r.yaml"
    file.write_text("train:\n  epochs: 0\n", encoding="utf-8")
    assert call("recipe", "show", str(file)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"Error: {file}:2:11 train.epochs: Got 0; expected a whole number of at least 1.\n"


def test_schema_prints_or_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("schema") == 0
    assert json.loads(capsys.readouterr().out) == json_schema()
    file = tmp_path / "schema.json"
    assert call("schema", "--output", str(file)) == 0
    assert capsys.readouterr().out == ""
    assert json.loads(file.read_text(encoding="utf-8")) == json_schema()
