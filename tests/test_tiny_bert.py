"""The tiny checkpoint of the test suite is a checkpoint that PyTorch transformers opens without complaint."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_tokenizer_opens_and_uses_special_tokens(tiny_bert_folder: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_bert_folder)
    ids = tokenizer("A gripping film", "Dull!")["input_ids"]
    tokens = tokenizer.convert_ids_to_tokens(ids)
    assert tokens[0] == "[CLS]"
    assert tokens.count("[SEP]") == 2
    assert "[UNK]" not in tokens[:4]


def test_weights_open_in_pytorch_with_nothing_missing(tiny_bert_folder: Path) -> None:
    pytest.importorskip("torch")
    from transformers import BertModel

    _, report = BertModel.from_pretrained(tiny_bert_folder, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert not report["mismatched_keys"]
