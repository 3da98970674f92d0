"""Writes small random KerasHub presets, as nothing can be fetched where tests run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tiny_bert import write_tiny_bert

WHY = "KerasHub as a provider is not tested: keras_hub is not installed (pip install 'tltk[keras-hub]')"

SMALL = {"num_layers": 2, "num_heads": 2, "hidden_dim": 32, "intermediate_dim": 48, "max_sequence_length": 64}


def keras_hub_or_skip() -> Any:
    """Return the module keras_hub, or skip the test and say what is then not tested."""
    return pytest.importorskip("keras_hub", reason=WHY)


def write_preset(folder: Path, *, kind: str = "Bert", seed: int = 0, **changes: Any) -> Path:
    """Write a preset of the tiny BERT's vocabulary (RoBERTa: of bytes and some merges); return the folder."""
    keras_hub = keras_hub_or_skip()
    if kind == "Roberta":
        tokenizer = keras_hub.tokenizers.RobertaTokenizer(*_byte_pairs())
    else:
        words = (write_tiny_bert(folder.parent / f"{folder.name}-words") / "vocab.txt").read_text().splitlines()
        part = getattr(keras_hub.tokenizers, f"{kind}Tokenizer", keras_hub.tokenizers.BertTokenizer)
        tokenizer = part(vocabulary=words, lowercase=True, **changes)
    sizes = dict(SMALL)
    if kind in ("Electra", "Albert"):
        sizes["embedding_dim"] = 16
    rows = {"vocab_size" if kind == "Electra" else "vocabulary_size": tokenizer.vocabulary_size()}
    backbone = getattr(keras_hub.models, f"{kind}Backbone")(**sizes, **rows)
    random = np.random.default_rng(seed)
    for variable in backbone.weights:
        variable.assign(random.normal(1.0 if "gamma" in variable.path else 0.0, 0.1, variable.shape))
    backbone.save_to_preset(str(folder))
    tokenizer.save_to_preset(str(folder))
    return folder


def _byte_pairs() -> tuple[dict[str, int], list[str]]:
    """Return a byte-level vocabulary and merges, as RoBERTa's."""
    from tokenizers.pre_tokenizers import ByteLevel

    merges = ["t h", "th e", "Ġ the", "f i", "l m", "fi lm", "Ġ film", "i n", "Ġ a", "e r"]
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", *sorted(ByteLevel.alphabet())]
    pieces += [merge.replace(" ", "") for merge in merges]
    return json.loads(json.dumps({piece: number for number, piece in enumerate(dict.fromkeys(pieces))})), merges
