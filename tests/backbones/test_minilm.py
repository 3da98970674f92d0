"""The pinned all-MiniLM-L6-v2: parity with PyTorch on text, pairs, padding and the longest inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.backbones import oracle
from tests.backbones.contract import TOLERANCE
from tltk.backbones import LoadedBackbone, load_backbone, load_tokenizer, write_backbone

TEXTS = (
    "a gripping, funny film",
    "word " * 600,
    "",
    "naïve café 北京 — hello! " * 20,
    "Ünïcödé ﾊﾝｶｸ 😀 \u0627\u0644\u0639",
)


@pytest.fixture(scope="module")
def theirs(minilm_folder: Path) -> Any:
    return oracle.open_folder(minilm_folder)[0]


@pytest.fixture(scope="module")
def ours(minilm_folder: Path) -> LoadedBackbone:
    return load_backbone(minilm_folder)


@pytest.mark.parametrize("pairs", [False, True])
@pytest.mark.parametrize("side", ["right", "left"])
def test_hidden_states_equal_pytorch(
    minilm_folder: Path, theirs: Any, ours: LoadedBackbone, pairs: bool, side: str
) -> None:
    tokenizer = load_tokenizer(minilm_folder)
    tokenizer.padding_side = side
    texts = (list(TEXTS), list(TEXTS[::-1])) if pairs else (list(TEXTS),)
    encoded = tokenizer(*texts, padding=True, truncation=True, max_length=512, return_tensors="np")
    inputs = {name: value.astype("int32") for name, value in encoded.items()}
    assert inputs["input_ids"].shape[1] == 512
    difference = np.abs(np.asarray(ours.model(inputs)) - oracle.answer(theirs, inputs))
    # What stands at padding is no state of a token and nobody reads it. Float32 does not determine it that far either:
    # PyTorch's two attention implementations differ by 1.5e-4 there, and by 4e-6 at tokens.
    assert difference[inputs["attention_mask"] == 1].max() <= TOLERANCE
    assert np.isfinite(difference).all()


def test_written_folder_is_the_same_checkpoint(
    minilm_folder: Path, theirs: Any, ours: LoadedBackbone, tmp_path: Path
) -> None:
    assert ours.report.loaded == 101
    assert ours.report.ignored == ("embeddings.position_ids",)
    write_backbone(ours.model, ours.family, ours.config, load_tokenizer(minilm_folder), tmp_path)
    again, info = oracle.open_folder(tmp_path)
    assert set(info["missing_keys"]) == set(ours.family.pooler)
    assert not info["unexpected_keys"]
    expected = theirs.state_dict()
    for name, value in again.state_dict().items():
        if name not in ours.family.pooler:
            np.testing.assert_array_equal(value, expected[name], err_msg=name)
    assert load_tokenizer(tmp_path)(TEXTS[3])["input_ids"] == load_tokenizer(minilm_folder)(TEXTS[3])["input_ids"]
