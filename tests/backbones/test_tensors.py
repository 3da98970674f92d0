from __future__ import annotations

import json
import re
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from tltk.backbones import read_tensors
from tltk.errors import WeightsError


def write(path: Path, **tensors: np.ndarray) -> Path:
    save_file(tensors, path)
    return path


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16, ml_dtypes.bfloat16])
def test_every_float_becomes_float32(kind: type, tmp_path: Path) -> None:
    values = np.array([[0.5, -1.25], [3.0, 1024.0]]).astype(kind)
    write(tmp_path / "model.safetensors", weights=values)
    tensors = read_tensors(tmp_path)
    assert tensors.shape("weights") == (2, 2)
    assert tensors["weights"].dtype == np.float32
    np.testing.assert_array_equal(tensors["weights"], values.astype(np.float32))


def test_shards_are_read_through_their_index(tmp_path: Path) -> None:
    write(tmp_path / "a.safetensors", x=np.ones(2, "float32"))
    write(tmp_path / "b.safetensors", y=np.zeros(3, "float32"))
    index(tmp_path, x="a.safetensors", y="b.safetensors")
    tensors = read_tensors(tmp_path)
    assert {name: tensors[name].shape for name in tensors} == {"x": (2,), "y": (3,)}
    assert tensors.path("y").name == "b.safetensors"


def test_all_that_is_wrong_with_shards_comes_in_one_error(tmp_path: Path) -> None:
    write(tmp_path / "a.safetensors", x=np.ones(2, "float32"))
    (tmp_path / "cut.safetensors").write_bytes((tmp_path / "a.safetensors").read_bytes()[:-1])
    write(tmp_path.parent / "outside.safetensors", z=np.ones(1, "float32"))
    index(
        tmp_path,
        x="a.safetensors",
        y="a.safetensors",
        v="gone.safetensors",
        w="cut.safetensors",
        z="../outside.safetensors",
    )
    with pytest.raises(WeightsError) as caught:
        read_tensors(tmp_path)
    text = str(caught.value)
    assert "does not hold tensor 'y'" in text
    assert "'gone.safetensors' is not there" in text
    assert re.search(r"cut\.safetensors: Got \d+ bytes that are not a whole safetensors file", text)
    assert "'../outside.safetensors'; expected a .safetensors file beside the index" in text


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"weight_map": 3}', "<html>"])
def test_damaged_index_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors.index.json").write_text(content)
    with pytest.raises(WeightsError, match=r"model\.safetensors\.index\.json: Got an index"):
        read_tensors(tmp_path)


def test_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(WeightsError, match=r"model\.safetensors: Got an empty file\. .*fetch it again"):
        read_tensors(tmp_path)


@settings(deadline=None)
@given(cut=st.floats(0.01, 0.99))
def test_truncated_file_is_named(cut: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("cut")
    whole = write(folder / "whole", x=np.ones((5, 5), "float32")).read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: max(1, int(len(whole) * cut))])
    with pytest.raises(WeightsError, match="not a whole safetensors file"):
        read_tensors(folder)


@settings(deadline=None)
@given(content=st.binary(min_size=1, max_size=300))
def test_anything_else_is_refused_and_never_crashes(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("junk")
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(WeightsError, match=r"model\.safetensors"):
        read_tensors(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "tf_model.h5", "weights.pt"])
def test_pickles_are_refused_with_the_way_out(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\x80\x02.")
    with pytest.raises(WeightsError, match=rf"The only weights are .*{name}.*set backbone\.revision") as caught:
        read_tensors(tmp_path)
    assert "'refs/pr/N'" in str(caught.value)


def test_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"Got no model\.safetensors"):
        read_tensors(tmp_path)


def index(folder: Path, **weight_map: str) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
