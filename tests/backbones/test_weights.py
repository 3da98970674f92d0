from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tests.tiny_bert import write_tiny_bert
from tltk.backbones import load_backbone
from tltk.errors import WeightsError

KEY = "encoder.layer.1.attention.self.key.weight"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_bert(tmp_path / "bert", hidden_size=8, layers=2)


def save(folder: Path, tensors: dict[str, np.ndarray]) -> None:
    save_file(tensors, folder / "model.safetensors")


def test_all_misfits_come_in_one_error_and_nothing_else(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors.pop("embeddings.LayerNorm.bias")
    tensors[KEY] = np.zeros((8, 9), "float32")
    tensors["encoder.layer.0.adapter.weight"] = np.zeros(3, "float32")
    tensors["encoder.layer.0.output.dense.bias"] = np.zeros(8, "int8")
    save(folder, tensors)
    with pytest.raises(WeightsError) as caught:
        load_backbone(folder)
    assert [str(problem) for problem in caught.value.problems] == [
        "missing: embeddings.LayerNorm.bias, shape [8]",
        "not floating point: encoder.layer.0.output.dense.bias; quantised checkpoints cannot be fine-tuned here",
        f"misshapen: {KEY} has shape [8, 9]; expected [8, 8]",
        "extra: encoder.layer.0.adapter.weight, shape [3]",
    ]
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(folder: Path, broken: float) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors[KEY][3, 2] = broken
    save(folder, tensors)
    with pytest.raises(WeightsError, match="not finite") as caught:
        load_backbone(folder)
    assert [problem.message for problem in caught.value.problems] == [f"{KEY}: 1 of 64"]


@pytest.mark.parametrize("prefix", ["", "bert."])
def test_prefix_legacy_names_and_old_buffers_are_understood(folder: Path, prefix: str) -> None:
    expected = [np.asarray(variable) for variable in load_backbone(folder).model.trainable_variables]
    legacy = {
        prefix + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): tensor
        for name, tensor in load_file(folder / "model.safetensors").items()
    }
    buffer = f"{prefix}embeddings.position_ids"
    save(folder, {**legacy, buffer: np.arange(64)[None], "cls.predictions.bias": np.zeros(9, "float32")})
    loaded = load_backbone(folder)
    for variable, value in zip(loaded.model.trainable_variables, expected, strict=True):
        np.testing.assert_array_equal(variable, value)
    assert loaded.report.ignored == tuple(sorted([buffer, "cls.predictions.bias"]))
    assert loaded.report.head == ("bert.pooler.dense.weight", "bert.pooler.dense.bias")
    assert loaded.report.initialised == ("classifier.weight", "classifier.bias")
    assert "initialised at random: classifier.weight, classifier.bias" in str(loaded.report)


def test_tensor_under_two_names_is_refused(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    save(folder, {**tensors, f"bert.{KEY}": tensors[KEY]})
    with pytest.raises(WeightsError, match="twice"):
        load_backbone(folder)


def test_checkpoint_of_another_family_lists_the_first_and_counts_the_rest(folder: Path) -> None:
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"num_hidden_layers": 2', '"num_hidden_layers": 9'))
    with pytest.raises(WeightsError, match=r"(?s)missing: encoder\.layer\.2.*\.\.\. and \d+ more") as caught:
        load_backbone(folder)
    assert len(caught.value.problems) == 41
