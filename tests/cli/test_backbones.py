"""`tltk backbones`: a shell over `tltk.list_backbones`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tiny_bert import write_tiny_bert
from tltk.backbones.family import families
from tltk.backbones.published import PUBLISHED
from tltk.cli import main


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tltk.training.rate.product_rate", lambda precision: 2e9)
    monkeypatch.setattr("tltk.backbone_list.PUBLISHED", PUBLISHED[:1])  # tests/test_backbone_list.py builds them all
    monkeypatch.setenv("COLUMNS", "200")


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as exit_:
        main(["backbones", *arguments])
    return int(exit_.value.code or 0)


def test_lists_families_and_presets_and_says_what_is_estimated(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--batch-size", "8", "--length", "64", "--precision", "float32") == 0
    out = capsys.readouterr().out
    for word in (*families.names(), "all-MiniLM-L6-v2", "22.6 M", "Apache-2.0"):
        assert word in out
    assert "are estimates, for training on 8 full rows of 64 tokens in float32" in out
    assert "2 GFLOP/s" in out


def test_tells_one_checkpoint_in_detail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_tiny_bert(tmp_path / "tiny")
    assert call(str(folder), "--json", "--length", "100") == 0
    (one,) = json.loads(capsys.readouterr().out)["checkpoints"]
    assert call(str(folder), "--length", "100") == 0
    out = capsys.readouterr().out
    assert f"{one['parameters']:,}" in out
    assert "2 layers deep, width 32, 2 heads" in out
    assert "not known" in out
    assert "estimates" in out


def test_prints_all_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"families", "checkpoints", "estimated_for"}


def test_a_mistake_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_tiny_bert(tmp_path / "tiny")
    assert call(str(folder), "--length", "129") == 1
    assert "takes at most 128 tokens. Give 128 or less." in capsys.readouterr().err
    assert call("--batch-size", "0") == 2
