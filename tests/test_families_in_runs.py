"""Whole Runs on encoders that are built of layers of their own: trained, saved, run by every engine, exported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tltk
from tests.backbones import oracle
from tests.reviews import make_reviews, tiny_recipe
from tests.tiny_bert import write_tiny_bert
from tltk.backbones import build_backbone, find_family, load_tokenizer, write_backbone
from tltk.backbones.resolve import resolve_backbone
from tltk.bundle import Bundle
from tltk.run import Run

pytestmark = pytest.mark.slow  # a minute and more of trainings; .ci/run runs them by name

TEXTS = ["a gripping film and wonderful", "dull script, the worst", "film " * 60, ""]
SIZES = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 48}
CONFIGS: dict[str, dict[str, Any]] = {
    "modernbert": {
        "local_attention": 8,
        "attention_dropout": 0.1,
        "mlp_dropout": 0.1,
        "classifier_pooling": "mean",
        "pad_token_id": 0,
        "cls_token_id": 2,
        "sep_token_id": 3,
        "bos_token_id": 2,
        "eos_token_id": 3,
    },
    "deberta-v2": {
        "relative_attention": True,
        "share_att_key": True,
        "position_biased_input": False,
        "type_vocab_size": 0,
        "pos_att_type": ["p2c", "c2p"],
        "norm_rel_ebd": "layer_norm",
        "position_buckets": 8,
        "pad_token_id": 0,
    },
}


@pytest.fixture(scope="module", params=CONFIGS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp(request.param)
    tokenizer = load_tokenizer(write_tiny_bert(folder / "words"))
    raw = {"model_type": request.param, "vocab_size": len(tokenizer), "max_position_embeddings": 64, **SIZES}
    raw |= {"initializer_range": 0.1, **CONFIGS[request.param]}
    family = find_family(raw)
    write_backbone(build_backbone(raw), family, family.read_config(raw), tokenizer, folder / "checkpoint")
    changes = {"train__epochs": 3, "train__precision": "mixed_bfloat16", "train__learning_rate": 5e-3}
    return tltk.fit(tiny_recipe(folder / "checkpoint", **changes), data=make_reviews(), output=folder / "run")


def scores(bundle: Bundle, engine: str = "keras", precision: str = "float32") -> np.ndarray:
    return np.array([row["scores"]["positive"] for row in bundle.predictor_for(engine, precision).predict(TEXTS)])


def test_it_learns(run: Run) -> None:
    assert run.metrics["test"]["accuracy"] > 0.8
    # The tokenizer, BERT's, has token types; neither of these encoders takes any.
    _, tokenizer = resolve_backbone(run.recipe.backbone)
    assert tokenizer.model_input_names == ["input_ids", "attention_mask"]


def test_engines_give_the_same(run: Run) -> None:
    expected = scores(run.bundle)
    np.testing.assert_allclose(scores(run.bundle, "onnx"), expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(scores(run.bundle, "onnx", "int8"), expected, rtol=0, atol=0.1)
    np.testing.assert_allclose(scores(run.bundle, "keras", "bfloat16"), expected, rtol=0, atol=0.1)


@pytest.mark.parametrize("format", ["savedmodel", "onnx"])
def test_exports_are_compared_and_count(run: Run, format: str, tmp_path: Path) -> None:
    # Refuses by itself what differs from the model.
    assert any(run.export(format, tmp_path / format).iterdir())


def test_the_bundles_encoder_is_a_classifier_for_pytorch(run: Run) -> None:
    encoder = run.path / "bundle" / "encoder"
    assert json.loads((encoder / "config.json").read_text())["architectures"][0].endswith("ForSequenceClassification")
    theirs, info = oracle.open_folder(encoder, "AutoModelForSequenceClassification")
    assert not any(info.values()), info
    batch = run.bundle.tokenizer(TEXTS, padding=True, truncation=True, max_length=32, return_tensors="np")
    logits = oracle.answer(theirs, {name: batch[name] for name in ("input_ids", "attention_mask")}, "logits")
    expected = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    np.testing.assert_allclose(scores(run.bundle), expected[:, 1], rtol=0, atol=1e-4)
