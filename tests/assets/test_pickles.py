"""Folders with pickles alone are refused, and the way out that is told leads out."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.assets.conftest import checkpoint_files, write_files
from tests.backbones import oracle
from tests.tiny_bert import write_tiny_bert
from tltk.assets import resolve_checkpoint
from tltk.assets.layout import check_layout
from tltk.assets.pickles import unread_weights
from tltk.backbones import load_backbone
from tltk.errors import AssetError


@pytest.fixture
def files() -> dict[str, bytes]:
    files = checkpoint_files()
    del files["model.safetensors"]
    return files


@pytest.mark.parametrize(
    ("pickle", "way_out"),
    [
        ("pytorch_model.bin", 'use the new folder: python -c "import'),
        ("pytorch_model-00001-of-00002.bin", 'use the new folder: python -c "import'),
        ("model.pt", r"save the model by save_pretrained\(folder\)"),
        ("epoch=1.ckpt", r"save the model by save_pretrained\(folder\)"),
    ],
)
def test_pickles_are_refused_with_the_way_out(
    files: dict[str, bytes], tmp_path: Path, pickle: str, way_out: str
) -> None:
    folder = write_files(tmp_path / "mine", files | {pickle: b"\x80\x04.", "training_args.bin": b"\x80\x04."})
    with pytest.raises(AssetError, match=rf"only weights are pickles \({pickle}\).*'refs/pr/N'.*{way_out}"):
        resolve_checkpoint(str(folder))


def test_pickles_beside_safetensors_do_no_harm(tmp_path: Path) -> None:
    check_layout(write_files(tmp_path / "mine", checkpoint_files() | {"pytorch_model.bin": b"\x80\x04."}))


def test_weights_of_another_library_are_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    folder = write_files(tmp_path / "mine", files | {"tf_model.h5": b"\x89HDF"})
    with pytest.raises(AssetError, match=r"only weights are tf_model\.h5; expected .*choose a checkpoint that has"):
        resolve_checkpoint(str(folder))


def test_a_repository_is_fetched_before_it_is_converted() -> None:
    unread = unread_weights(["config.json", "pytorch_model.bin"], what="org/no-such-folder")
    assert unread is not None
    assert "snapshot_download('org/no-such-folder'" in unread[1]
    assert "Path('no-such-folder-safetensors')" in unread[1]


def test_the_conversion_that_is_told_keeps_the_head_and_leaves_the_folder_alone(tmp_path: Path) -> None:
    torch = oracle.torch_or_skip()
    folder = write_tiny_bert(tmp_path / "my model")
    raw = json.loads((folder / "config.json").read_text())
    theirs = oracle.random_model({**raw, "num_labels": 3}, kind="AutoModelForSequenceClassification")
    theirs.config.architectures = ["BertForSequenceClassification"]
    theirs.config.save_pretrained(folder)
    (folder / "model.safetensors").unlink()
    tensors = theirs.state_dict()
    first = list(tensors)[: len(tensors) // 2]
    torch.save({name: tensors[name] for name in first}, folder / "pytorch_model-00001-of-00002.bin")
    torch.save(
        {name: tensors[name] for name in tensors if name not in first}, folder / "pytorch_model-00002-of-00002.bin"
    )
    before = sorted(path.name for path in folder.iterdir())

    with pytest.raises(AssetError) as caught:
        resolve_checkpoint(str(folder))
    _, *arguments = shlex.split(str(caught.value).partition("use the new folder: ")[2])
    subprocess.run([sys.executable, *arguments], check=True, cwd=tmp_path)

    assert sorted(path.name for path in folder.iterdir()) == before
    checkpoint = resolve_checkpoint(str(tmp_path / "my model-safetensors"))
    loaded = load_backbone(checkpoint.folder)
    assert loaded.config.raw["architectures"] == ["BertForSequenceClassification"]
    np.testing.assert_array_equal(loaded.head_tensors["classifier.weight"], tensors["classifier.weight"].numpy())
    np.testing.assert_array_equal(loaded.head_tensors["bert.pooler.dense.bias"], tensors["bert.pooler.dense.bias"])
