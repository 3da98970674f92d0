"""What training is estimated to cost, beside what an optimizer truly holds."""

from __future__ import annotations

import keras
import pytest

from tltk.backbones import build_backbone, find_family
from tltk.backbones.size import EncoderSize, encoder_size
from tltk.training import AdamW
from tltk.training.cost import training_cost
from tltk.training.rate import product_rate

RAW = {
    "model_type": "bert",
    "vocab_size": 50,
    "hidden_size": 16,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "intermediate_size": 24,
}


@pytest.fixture(scope="module")
def size() -> EncoderSize:
    family = find_family(RAW)
    return encoder_size(family, family.read_config(RAW))


def test_weights_and_moments_are_what_the_model_and_adamw_hold(size: EncoderSize) -> None:
    model = build_backbone(RAW)
    optimizer = AdamW(1e-3)
    optimizer.build(model.trainable_variables)
    cost = training_cost(size, batch_size=2, length=5, precision="float32")
    assert cost.weights == cost.gradients == held(model.trainable_variables)
    moments = [variable for variable in optimizer.variables if len(variable.shape) > 0]
    assert cost.moments == held(moments)
    assert cost.memory == 4 * cost.weights + cost.activations


def test_training_computes_three_times_what_a_forward_pass_does(size: EncoderSize) -> None:
    cost = training_cost(size, batch_size=2, length=5, precision="float32")
    assert cost.flops == 3 * size.flops(2, 5)


def test_half_precision_keeps_half_as_much_and_copies_weights(size: EncoderSize) -> None:
    wide, narrow = (
        training_cost(size, batch_size=8, length=20, precision=name) for name in ("float32", "mixed_bfloat16")
    )
    assert narrow.weights == 1.5 * wide.weights
    assert wide.activations - narrow.activations == 2 * size.kept(8, 20)
    assert narrow.flops == wide.flops


def test_time_follows_the_measured_rate(size: EncoderSize) -> None:
    cost = training_cost(size, batch_size=8, length=20, precision="float32")
    assert cost.seconds(1e9, "float32") == pytest.approx(2 * cost.seconds(2e9, "float32"))
    assert cost.seconds(1e9, "float32") > cost.flops / 1e9


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_the_rate_is_one_that_a_processor_can_have(precision: str) -> None:
    assert 1e7 < product_rate(precision, seconds=0.05) < 1e16


def held(variables: list[keras.Variable]) -> int:
    return sum(variable.value.shape.num_elements() * 4 for variable in variables)
