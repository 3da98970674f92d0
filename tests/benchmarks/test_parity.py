from __future__ import annotations

import dataclasses

import numpy as np
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


def test_what_is_no_number_is_a_difference(pair) -> None:
    theirs, ours = pair
    table = ours.model.get_layer("embeddings").word.embeddings
    before = np.array(table)
    # One word in some rows: what else is compared is as it should be.
    table.assign(np.where(np.arange(len(before))[:, None] == 7, np.nan, before))
    found = parity.compare("electra", theirs, ours, seed=0)
    table.assign(before)
    assert np.isnan(found.states)
    assert np.isnan(found.logits)
    assert not parity.within(found)


def test_each_difference_is_held_to_the_bound() -> None:
    near = parity.Difference("tiny", 1e-6, 1234, 2.5, 2e-7)
    assert parity.within(near)
    assert parity.within(dataclasses.replace(near, logits=None))
    for changes in ({"states": 2e-4}, {"logits": 2e-4}, {"states": float("nan")}, {"logits": float("nan")}):
        assert not parity.within(dataclasses.replace(near, **changes))


def test_a_head_that_the_checkpoint_does_not_hold_is_told(pair) -> None:
    with pytest.raises(ValueError, match="holds no head"):
        parity.classifier_of(dataclasses.replace(pair[1], head_tensors={}))


def test_every_family_that_transformers_has_is_drawn() -> None:
    assert {"albert", "bert", "mobilebert", "modernbert", "mpnet"} <= set(parity.drawable())


def test_the_table_leaves_out_what_was_not_compared() -> None:
    one = parity.Difference("tiny", 1e-6, 1234, 2.5, 2e-7)
    text = parity.render([one, dataclasses.replace(one, logits=None)])
    assert "| tiny | 1.0e-06 | 2.0e-07 | 2.5 | 1,234 |" in text
    assert "| tiny | 1.0e-06 | - | 2.5 | 1,234 |" in text
