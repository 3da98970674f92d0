"""Logits of masked language models equal those of the `...ForMaskedLM` classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tests.backbones import oracle, test_deberta_v2, test_modernbert
from tests.backbones.contract import TOLERANCE, small_config
from tltk.backbones import load_masked_language_model, missing_masked_language_tensors
from tltk.errors import WeightsError


def _config(model_type: str, seed: int) -> dict[str, Any]:
    if model_type == "modernbert":
        return test_modernbert.small(classifier_pooling="cls")
    if model_type == "deberta-v2":
        return test_deberta_v2.TestDebertaV2().config(seed)
    raw = small_config(model_type, seed)
    if model_type == "distilbert":
        return {
            "model_type": model_type,
            "vocab_size": raw["vocab_size"],
            "dim": raw["hidden_size"],
            "n_layers": raw["num_hidden_layers"],
            "n_heads": raw["num_attention_heads"],
            "hidden_dim": raw["intermediate_size"],
            "activation": "gelu" if seed else "relu",
            "max_position_embeddings": 40,
            "pad_token_id": 0,
        }
    if model_type in ("electra", "albert"):
        raw["embedding_size"] = raw["hidden_size"] + (3 if seed else 0)
    if model_type in ("roberta", "xlm-roberta", "camembert", "mpnet"):
        raw["pad_token_id"] = 1
    return raw


def _inputs(ours: Any, *, batch: int = 3, length: int = 9) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    config = ours.backbone.config
    mask = np.arange(length) < random.integers(3, length, batch)[:, None]
    ids = np.where(mask, random.integers(2, config.vocabulary_size, mask.shape), config.padding_id or 0)
    inputs = {name: np.zeros((batch, length), "int32") for name in config.inputs}
    return {**inputs, "input_ids": ids.astype("int32"), "attention_mask": mask.astype("int32")}


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    "model_type",
    [
        "bert",
        "roberta",
        "xlm-roberta",
        "camembert",
        "distilbert",
        "electra",
        "albert",
        "mpnet",
        "modernbert",
        "deberta-v2",
    ],
)
def test_logits_equal_pytorch(model_type: str, seed: int, tied: bool, tmp_path: Path) -> None:
    raw = {**_config(model_type, seed), "tie_word_embeddings": tied}
    theirs = oracle.random_model(raw, kind="AutoModelForMaskedLM", seed=seed)
    theirs.save_pretrained(tmp_path)
    assert missing_masked_language_tensors(tmp_path) == []
    ours = load_masked_language_model(tmp_path)
    inputs = _inputs(ours)
    expected = oracle.answer(theirs, inputs, "logits")
    assert expected.std() > 0.1
    np.testing.assert_allclose(ours.logits(inputs), expected, rtol=0, atol=TOLERANCE)
    rows, positions = [0, 2, 2], [1, 0, 2]
    np.testing.assert_allclose(ours.logits(inputs, rows, positions), expected[rows, positions], rtol=0, atol=TOLERANCE)


def test_a_bare_encoder_is_refused(tmp_path: Path) -> None:
    oracle.random_model(_config("bert", 0)).save_pretrained(tmp_path)
    assert "cls.predictions.bias" in missing_masked_language_tensors(tmp_path)
    with pytest.raises(WeightsError, match="missing: cls.predictions.transform.dense.weight"):
        load_masked_language_model(tmp_path)


def test_misshapen_tensors_are_all_named(tmp_path: Path) -> None:
    oracle.random_model(_config("bert", 0), kind="AutoModelForMaskedLM").save_pretrained(tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    tensors["cls.predictions.bias"] = tensors["cls.predictions.bias"][:-1]
    tensors["cls.predictions.transform.dense.bias"] = tensors["cls.predictions.transform.dense.bias"][:-1]
    save_file(tensors, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(WeightsError, match=r"(?s)misshapen: bias.*misshapen: dense\.bias"):
        load_masked_language_model(tmp_path)
