from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.backbones import oracle
from tests.backbones.contract import TOLERANCE, BackboneContract
from tltk.backbones import build_backbone, find_family, load_backbone, write_backbone
from tltk.errors import WeightsError


class TestRoberta(BackboneContract):
    model_type = "roberta"

    def config(self, seed: int) -> dict[str, Any]:
        return {**super().config(seed), "type_vocab_size": 1 + seed % 2, "pad_token_id": 1}


@pytest.mark.parametrize("name", ["token-linear", "span"])
@pytest.mark.parametrize("model_type", ["xlm-roberta", "camembert"])
def test_relatives_have_classes_of_every_position(model_type: str, name: str, tmp_path: Path) -> None:
    contract = type("Relative", (TestRoberta,), {"model_type": model_type})()
    contract.test_own_class_of_every_position_gives_our_heads_outputs(name, tmp_path)


@pytest.mark.parametrize("model_type", ["xlm-roberta", "camembert"])
def test_relatives_are_read_and_written_as_themselves(model_type: str, tmp_path: Path) -> None:
    contract = TestRoberta()
    raw = {**contract.config(0), "model_type": model_type}
    theirs = oracle.random_model(raw)
    theirs.save_pretrained(tmp_path / "theirs")
    ours = load_backbone(tmp_path / "theirs")
    write_backbone(ours.model, ours.family, ours.config, None, tmp_path / "ours")
    again, info = oracle.open_folder(tmp_path / "ours")
    assert type(again) is type(theirs)
    assert not info["unexpected_keys"]
    inputs = contract.inputs(raw, padding="left")
    np.testing.assert_allclose(ours.model(inputs), oracle.answer(theirs, inputs), rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(oracle.answer(again, inputs), oracle.answer(theirs, inputs))


def test_positions_of_the_padding_offset_are_not_for_tokens() -> None:
    family = find_family({"model_type": "roberta"})
    assert family.read_config({"max_position_embeddings": 514, "pad_token_id": 1}).max_positions == 512
    with pytest.raises(WeightsError, match="max_position_embeddings"):
        family.read_config({"max_position_embeddings": 2, "pad_token_id": 1})


def test_model_takes_no_token_types() -> None:
    raw = {"model_type": "roberta", "type_vocab_size": 2, "num_hidden_layers": 1, "vocab_size": 9, "hidden_size": 12}
    assert {tensor.name for tensor in build_backbone(raw).inputs} == {"input_ids", "attention_mask"}
