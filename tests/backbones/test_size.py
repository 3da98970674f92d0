"""Weights and FLOPs of encoders, beside what PyTorch counts of its own."""

from __future__ import annotations

import gc
from typing import Any

import keras
import pytest

from tests.backbones import oracle
from tltk.backbones import find_family
from tltk.backbones.size import EncoderSize, encoder_size

BATCH, LENGTH = 3, 10
SIZES = {"vocab_size": 50, "max_position_embeddings": 40, "intermediate_size": 24, "num_hidden_layers": 3}
RAW = {
    "bert": {"hidden_size": 16, "num_attention_heads": 4},
    "electra": {"hidden_size": 16, "num_attention_heads": 2, "embedding_size": 8},
    "albert": {"hidden_size": 16, "num_attention_heads": 2, "embedding_size": 8, "inner_group_num": 2},
    "mpnet": {"hidden_size": 12, "num_attention_heads": 3},
    "modernbert": {
        "hidden_size": 16,
        "num_attention_heads": 2,
        **dict.fromkeys(("pad_token_id", "cls_token_id", "sep_token_id", "bos_token_id", "eos_token_id"), 1),
    },
    "mobilebert": {"hidden_size": 12, "num_attention_heads": 3, "intra_bottleneck_size": 6, "embedding_size": 8},
}


def sized(model_type: str, **changes: Any) -> EncoderSize:
    raw = {"model_type": model_type, **SIZES, **RAW[model_type], **changes}
    family = find_family(raw)
    return encoder_size(family, family.read_config(raw))


@pytest.mark.parametrize("model_type", RAW)
def test_weights_and_flops_are_those_pytorch_counts(model_type: str) -> None:
    torch = oracle.torch_or_skip()
    from torch.utils.flop_counter import FlopCounterMode

    theirs = oracle.random_model({"model_type": model_type, **SIZES, **RAW[model_type]})
    theirs.set_attn_implementation("eager")
    theirs.pooler = None
    size = sized(model_type)
    assert size.parameters == sum(parameter.numel() for parameter in theirs.parameters())
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        theirs(input_ids=torch.ones((BATCH, LENGTH), dtype=torch.long))
    assert size.flops(BATCH, LENGTH) == counter.get_total_flops()


def test_what_is_kept_grows_with_length_faster_than_with_rows() -> None:
    size = sized("bert")
    assert size.kept(2 * BATCH, LENGTH) == 2 * size.kept(BATCH, LENGTH)
    assert size.kept(BATCH, 2 * LENGTH) > 2 * size.kept(BATCH, LENGTH)
    assert size.widest(1, 2) == 2 * 3 * 16  # query, key and value, side by side
    assert size.widest(1, 100) == 100 * 4 * 100  # the scores of four heads


def test_shared_layers_compute_and_keep_at_every_depth() -> None:
    once, often = (sized("albert", num_hidden_layers=depths) for depths in (1, 5))
    assert often.parameters == once.parameters
    projection = 2 * 8 * 16 * BATCH * LENGTH
    assert often.flops(BATCH, LENGTH) - projection == 5 * (once.flops(BATCH, LENGTH) - projection)


def test_the_encoder_is_gone_at_once() -> None:
    """A list of checkpoints would hold the weights of all of them else."""
    before = {id(one) for one in gc.get_objects() if issubclass(type(one), keras.Model)}
    sized("bert")
    assert not [one for one in gc.get_objects() if issubclass(type(one), keras.Model) and id(one) not in before]
