from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.backbones import oracle
from tests.backbones.contract import TOLERANCE, BackboneContract
from tltk.backbones import BackboneConfig, find_family, load_backbone
from tltk.backbones.layers.disentangled import log_steps
from tltk.errors import WeightsError

PUBLISHED = {
    "type_vocab_size": 0,
    "relative_attention": True,
    "share_att_key": True,
    "position_biased_input": False,
    "pos_att_type": "p2c|c2p",
    "norm_rel_ebd": "layer_norm",
}


class TestDebertaV2(BackboneContract):
    model_type = "deberta-v2"
    pretraining = "AutoModelForMaskedLM"

    def config(self, seed: int) -> dict[str, Any]:
        steps = ({"position_buckets": 6}, {"max_relative_positions": 9}, {"position_buckets": 8})[seed]
        return {**super().config(seed), **PUBLISHED, "max_relative_positions": -1, **steps}

    def dropout_rates(self, config: BackboneConfig) -> list[float]:
        return [config.dropout] * (1 + 3 * config.layers) + [config.attention_dropout] * config.layers


@pytest.mark.parametrize("changes", [{"position_buckets": 256}, {"position_buckets": 32}, {}], ids=str)
def test_long_inputs_equal_pytorch(changes: dict[str, Any], tmp_path: Path) -> None:
    contract = TestDebertaV2()
    raw = {**contract.config(0), "position_buckets": -1, "max_position_embeddings": 512, **changes}
    theirs = oracle.random_model(raw)
    theirs.save_pretrained(tmp_path)
    inputs = contract.inputs(raw, length=512, padding="right", batch=2)
    found = load_backbone(tmp_path).model(inputs)
    np.testing.assert_allclose(found, oracle.answer(theirs, inputs), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(("steps", "farthest"), [(256, 512), (32, 128), (6, 40), (4, 16), (64, 1024)])
def test_steps_of_distances_are_those_of_transformers(steps: int, farthest: int) -> None:
    torch = oracle.torch_or_skip()
    from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position

    distances = np.arange(-2 * farthest, 2 * farthest + 1)
    expected = make_log_bucket_position(torch.tensor(distances), steps, farthest).long().numpy()
    np.testing.assert_array_equal(log_steps(distances, steps, farthest), expected)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"conv_kernel_size": 3}, r"conv_kernel_size.*DeBERTa-v2 xlarge"),
        ({"share_att_key": False}, "share_att_key"),
        ({"relative_attention": False}, "relative_attention"),
        ({"position_biased_input": True}, "position_biased_input"),
        ({"pos_att_type": ["c2p"]}, "pos_att_type"),
        ({"norm_rel_ebd": "none"}, "norm_rel_ebd"),
        ({"type_vocab_size": 2}, "type_vocab_size"),
        ({"position_buckets": 1}, "position_buckets"),
        ({"position_buckets": 78}, "position_buckets.*below 78"),
        ({"pooler_hidden_act": "tanh"}, "pooler_hidden_act"),
        ({"num_attention_heads": 5, "hidden_size": 12}, "num_attention_heads"),
    ],
    ids=str,
)
def test_what_is_not_built_is_refused(changes: dict[str, Any], named: str) -> None:
    raw = {**TestDebertaV2().config(0), **changes}
    with pytest.raises(WeightsError, match=named):
        find_family(raw).read_config(raw)


def test_a_silent_config_is_told_everything_that_it_lacks() -> None:
    with pytest.raises(WeightsError) as told:
        find_family({"model_type": "deberta-v2"}).read_config({})
    for key in ("relative_attention", "share_att_key", "position_biased_input", "pos_att_type", "norm_rel_ebd"):
        assert key in str(told.value)
