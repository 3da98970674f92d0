"""Whole Runs under tokenizers that list other arrays than the encoder takes: the encoder decides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AlbertTokenizer

import tltk
from tests.backbones import oracle
from tests.pairs import make_pairs
from tests.reviews import tiny_recipe
from tests.tiny_bert import CORPUS, write_tiny_bert
from tltk.backbones import build_backbone, find_family, load_tokenizer, write_backbone
from tltk.run import Run

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
PAIRS = [("a gripping film", "the dull movie"), ("wonderful", "a boring plot and long"), ("the worst", "the worst")]


def write_albert(folder: Path) -> Path:
    """Write a tiny ALBERT and its class's own tokenizer, of the words of the corpus and their characters."""
    words = sorted({word for line in CORPUS for word in line.lower().split()})
    pieces = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", "▁", *sorted(set("".join(words)))]
    scores = {**dict.fromkeys(pieces, -9.0), **{f"▁{word}": -3.0 for word in words}}
    tokenizer = AlbertTokenizer(vocab=list(scores.items()))
    raw = {"model_type": "albert", "vocab_size": len(scores), "embedding_size": 16, "hidden_size": 32}
    raw |= {"num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48, "max_position_embeddings": 64}
    raw |= {"initializer_range": 0.1, "pad_token_id": 0}
    family = find_family(raw)
    write_backbone(build_backbone(raw), family, family.read_config(raw), tokenizer, folder)
    return folder


def write_bert(folder: Path) -> Path:
    """Write a tiny BERT whose tokenizer is of no class of `transformers`, and lists two arrays."""
    path = write_tiny_bert(folder) / "tokenizer_config.json"
    settings = {**json.loads(path.read_text()), "tokenizer_class": "PreTrainedTokenizerFast"}
    path.write_text(json.dumps({**settings, "model_input_names": ["input_ids", "attention_mask"]}))
    return folder


CHECKPOINTS = {"albert": write_albert, "bert": write_bert}


@pytest.fixture(scope="module", params=CHECKPOINTS)
def checkpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = CHECKPOINTS[request.param](tmp_path_factory.mktemp(request.param) / "checkpoint")
    assert load_tokenizer(folder).model_input_names == ["input_ids", "attention_mask"]
    return folder


@pytest.fixture(scope="module")
def run(checkpoint: Path) -> Run:
    pairs = make_pairs(80)
    rows: dict[str, Any] = {
        "a": pairs["a"],
        "b": pairs["b"],
        "label": ["alike" if s > 2 else "not" for s in pairs["score"]],
    }
    recipe = tiny_recipe(checkpoint, data__text=["a", "b"], train__epochs=1)
    return tltk.fit(recipe, data=rows, output=checkpoint.parent / "run")


def test_token_types_are_those_that_the_tokenizer_gives(run: Run) -> None:
    theirs, _ = oracle.open_folder(run.path / "bundle" / "encoder", "AutoModelForSequenceClassification")
    first, second = map(list, zip(*PAIRS, strict=True))
    batch = run.bundle.tokenizer(first, second, padding=True, return_tensors="np")
    assert sorted(batch) == sorted(INPUTS)
    assert batch["token_type_ids"].max() == 1
    logits = oracle.answer(theirs, dict(batch), "logits")
    expected = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    found = [list(row["scores"].values()) for row in run.bundle.predict(PAIRS)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_single_texts_are_encoded_and_embedded(checkpoint: Path, tmp_path: Path) -> None:
    bundle = tltk.embedder(str(checkpoint), pooling="mean", output=tmp_path / "embedder")
    texts = ["a gripping film", "the worst script"]
    theirs, _ = oracle.open_folder(bundle.path / "encoder")
    batch = bundle.tokenizer(texts, padding=True, return_tensors="np")
    mask = batch["attention_mask"][..., None]
    expected = (oracle.answer(theirs, dict(batch)) * mask).sum(1) / mask.sum(1)
    np.testing.assert_allclose(bundle.embed(texts), expected, rtol=0, atol=1e-4)
