"""The FLOP model against a count by hand and against the parameters of a real checkpoint."""

from __future__ import annotations

from pathlib import Path

import pytest
from safetensors import safe_open

from benchmarks.flops import FORWARD, TRAINING, Encoder, flops, shapes
from tests.tiny_bert import write_tiny_bert


def test_a_count_by_hand() -> None:
    # One layer, width 2, feed-forward width 4, one row of 3 tokens, 2 labels:
    # query, key, value, output: 4 products [3, 2] x [2, 2]; feed-forward: [3, 2] x [2, 4] and [3, 4] x [4, 2];
    # scores [3, 2] x [2, 3] and values [3, 3] x [3, 2]; pooler [1, 2] x [2, 2] and classifier [1, 2] x [2, 2].
    by_hand = 2 * (4 * 3 * 2 * 2 + 3 * 2 * 4 + 3 * 4 * 2 + 3 * 2 * 3 + 3 * 3 * 2 + 2 * 2 + 2 * 2)
    assert flops(Encoder(layers=1, hidden=2, intermediate=4), [3], FORWARD) == by_hand


def test_a_training_step_is_three_forward_passes() -> None:
    encoder = Encoder(layers=3, hidden=8, intermediate=16)
    assert flops(encoder, [4, 9], TRAINING) == 3 * flops(encoder, [4, 9], FORWARD)


def test_attention_grows_with_the_square_of_the_length_of_each_row() -> None:
    encoder = Encoder(layers=3, hidden=8, intermediate=16)
    together, apart = flops(encoder, [20], FORWARD), flops(encoder, [10, 10], FORWARD)
    attention = 4 * 3 * 8 * (20**2 - 2 * 10**2)
    assert together - apart == attention - 2 * encoder.head_parameters


def test_the_parameters_are_those_of_the_checkpoint(tmp_path: Path) -> None:
    folder = write_tiny_bert(tmp_path / "tiny", hidden_size=32, layers=2)
    encoder = Encoder.of(folder)
    with safe_open(folder / "model.safetensors", framework="numpy") as file:
        sizes = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118 no mapping
    matrices = [shape for name, shape in sizes.items() if ".layer." in name and len(shape) == 2]
    assert encoder.matmul_parameters == sum(rows * columns for rows, columns in matrices)
    pooler = next(shape for name, shape in sizes.items() if name.endswith("pooler.dense.weight"))
    assert encoder.head_parameters == pooler[0] * pooler[1] + 2 * 32


def test_the_products_of_a_layer_are_its_parameters() -> None:
    encoder = Encoder(layers=1, hidden=8, intermediate=32)
    assert sum(k * n for _, k, n in shapes(encoder, 5)) == encoder.matmul_parameters
    assert {m for m, _, _ in shapes(encoder, 5)} == {5}


@pytest.mark.parametrize("passes", [FORWARD, TRAINING])
def test_no_rows_need_no_flops(passes: int) -> None:
    assert flops(Encoder(layers=1, hidden=8, intermediate=32), [], passes) == 0
