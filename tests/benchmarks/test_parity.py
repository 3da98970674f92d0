from __future__ import annotations

import dataclasses

import pytest

from benchmarks import parity
from tests.backbones import oracle
from tltk.backbones import LoadedBackbone, load_backbone


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, LoadedBackbone]:
    oracle.torch_or_skip()
    folder = tmp_path_factory.mktemp("electra")
    theirs = parity.random_model("electra", seed=0)
    theirs.save_pretrained(folder)
    return theirs, load_backbone(folder)


def test_a_family_is_within_the_bound_at_every_position(pair) -> None:
    theirs, ours = pair
    found = parity.compare("electra", theirs, ours, seed=0)
    assert 0 < found.states < parity.BOUND
    assert 0 < found.logits < parity.BOUND
    rows = len(parity.PADDINGS) * parity.ROWS
    assert found.positions == rows * (24 + ours.config.max_positions)


def test_a_wrong_weight_shows(pair) -> None:
    theirs, ours = pair
    bias = ours.model.get_layer("layer_3").norm.beta
    bias.assign_add([0.5] * bias.shape[0])
    found = parity.compare("electra", theirs, ours, seed=0)
    bias.assign_sub([0.5] * bias.shape[0])
    assert found.states == pytest.approx(0.5, abs=parity.BOUND)
    assert found.logits > parity.BOUND


def test_every_family_that_transformers_has_is_drawn() -> None:
    assert {"albert", "bert", "mobilebert", "modernbert", "mpnet"} <= set(parity.drawable())


def test_the_table_leaves_out_what_was_not_compared() -> None:
    one = parity.Difference("tiny", 1e-6, 1234, 2.5, 2e-7)
    text = parity.render([one, dataclasses.replace(one, logits=None)])
    assert "| tiny | 1.0e-06 | 2.0e-07 | 2.5 | 1,234 |" in text
    assert "| tiny | 1.0e-06 | - | 2.5 | 1,234 |" in text
