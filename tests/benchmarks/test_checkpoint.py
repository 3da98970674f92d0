"""The random checkpoint is one that tltk loads whole."""

from __future__ import annotations

from pathlib import Path

from benchmarks.checkpoint import write_random_bert
from tests.tiny_bert import write_tiny_bert
from tltk.backbones import load_backbone, load_tokenizer

SHAPE = {"hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 3, "intermediate_size": 96}


def test_it_has_the_shape_asked_for_and_every_weight(tmp_path: Path) -> None:
    like = write_tiny_bert(tmp_path / "like")
    folder = write_random_bert(tmp_path / "random", like, shape=SHAPE)
    loaded = load_backbone(folder)
    assert loaded.config.hidden_size == 48
    assert loaded.config.layers == 3
    assert loaded.report.initialised == ("classifier.weight", "classifier.bias")  # no checkpoint has these
    assert load_tokenizer(folder)("a dull film")["input_ids"] == load_tokenizer(like)("a dull film")["input_ids"]


def test_it_is_written_once(tmp_path: Path) -> None:
    like = write_tiny_bert(tmp_path / "like")
    folder = write_random_bert(tmp_path / "random", like, shape=SHAPE)
    (folder / "model.safetensors").write_bytes(b"mine")
    write_random_bert(folder, like, shape=SHAPE)
    assert (folder / "model.safetensors").read_bytes() == b"mine"
