from __future__ import annotations

from typing import Any

import pytest

from tests.backbones.contract import BackboneContract
from tltk.backbones import BackboneConfig, build_backbone, find_family
from tltk.errors import WeightsError


class TestAlbert(BackboneContract):
    model_type = "albert"

    def config(self, seed: int) -> dict[str, Any]:
        raw = super().config(seed)
        # One layer for all depths, as in every published checkpoint; as many groups as depths; groups of two, unevenly.
        groups = (1, raw["num_hidden_layers"], 2)[seed]
        return {
            **raw,
            "embedding_size": raw["hidden_size"] if seed == 1 else 6,
            "num_hidden_layers": 3 if seed != 1 else raw["num_hidden_layers"],
            "num_hidden_groups": groups,
            "inner_group_num": 1 + seed // 2,
            "classifier_dropout_prob": 0.1,
        }

    def dropout_rates(self, config: BackboneConfig) -> list[float]:
        layer = [config.dropout, 0.0, config.attention_dropout]
        return [config.dropout] + layer * config.layers


@pytest.mark.parametrize("depths", [1, 2, 3, 5, 12, 13])
@pytest.mark.parametrize("groups", [1, 2, 3, 5, 12])
def test_depths_are_given_to_groups_as_in_pytorch(depths: int, groups: int) -> None:
    family = find_family({"model_type": "albert"})
    raw = {"num_hidden_layers": depths, "num_hidden_groups": groups, "inner_group_num": 2}
    if groups > depths:
        with pytest.raises(WeightsError, match=f"num_hidden_groups: Got {groups}; expected at most num_hidden_layers"):
            family.read_config(raw)
        return
    config = family.read_config(raw)
    # transformers/models/albert/modeling_albert.py, AlbertTransformer.forward
    expected = [int(depth / (depths / groups)) for depth in range(depths)]
    assert config.passes[::2] == tuple(2 * group for group in expected)
    assert config.passes[1::2] == tuple(2 * group + 1 for group in expected)
    assert set(config.passes) == set(range(config.layers))


def test_layers_used_many_times_have_their_weights_once() -> None:
    raw = {"model_type": "albert", "vocab_size": 9, "hidden_size": 8, "embedding_size": 4, "num_attention_heads": 2}
    sizes = {"intermediate_size": 8, "num_hidden_layers": 12}
    shallow = build_backbone({**raw, **sizes, "num_hidden_layers": 1})
    deep = build_backbone({**raw, **sizes})
    assert deep.count_params() == shallow.count_params()
