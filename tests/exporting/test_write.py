"""What does not depend on the format: names, places, the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tltk
from tests.exporting.contract import FAMILIES
from tltk.backbones.family import families
from tltk.cli import main
from tltk.errors import ExportError
from tltk.run import Run


def test_an_unknown_format_is_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Did you mean 'onnx'"):
        run.export("onxx", tmp_path / "export")
    assert list(tmp_path.iterdir()) == []


def test_the_contract_exports_every_family() -> None:
    # Of tltk's own: KerasHub's encoders are exported by test_keras_hub_run, and other tests may register some.
    classes = {families.get(name) for name in families.names() if name != "keras_hub"}
    ours = {kind for kind in classes if kind.__module__.startswith("tltk.")}
    assert ours == {families.get(name) for name in FAMILIES}


def test_other_files_are_not_replaced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ExportError, match="no export"):
        run.export("savedmodel", tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_export_by_function(run: Run, tmp_path: Path) -> None:
    folder = tltk.export(run.path, "savedmodel", tmp_path / "export")
    assert json.loads((folder / "export.json").read_text())["format"] == "savedmodel"


def test_export_by_command(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["export", str(run.path), "savedmodel", "--output", str(tmp_path / "export")])
    assert ended.value.code in (0, None)
    assert json.loads(capsys.readouterr().out)["labels"] == ["negative", "positive"]
    assert (tmp_path / "export" / "saved_model.pb").is_file()
