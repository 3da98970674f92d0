from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.backbones import oracle
from tests.backbones.contract import BackboneContract
from tltk.backbones import find_family
from tltk.backbones.layers.relative_position import relative_buckets
from tltk.errors import WeightsError


class TestMPNet(BackboneContract):
    model_type = "mpnet"

    def config(self, seed: int) -> dict[str, Any]:
        raw = {**super().config(seed), "pad_token_id": 1, "relative_attention_num_buckets": 32 + seed}
        # Longer than the first of the coarse buckets reach on either side.
        raw["max_position_embeddings"] = 300 if seed == 0 else 40
        del raw["type_vocab_size"]
        return raw


def test_buckets_are_those_of_pytorch() -> None:
    torch = oracle.torch_or_skip()
    from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

    positions = torch.arange(600)
    expected = MPNetEncoder.relative_position_bucket(positions[None, :] - positions[:, None])
    assert expected.unique().numel() == 31  # bucket 16, "0 after", is of none
    np.testing.assert_array_equal(relative_buckets(600), expected)


def test_a_table_of_fewer_buckets_than_are_computed_is_refused() -> None:
    with pytest.raises(WeightsError, match="relative_attention_num_buckets: Got 31; expected a whole number"):
        find_family({"model_type": "mpnet"}).read_config({"relative_attention_num_buckets": 31})
