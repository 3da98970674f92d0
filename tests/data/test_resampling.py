"""What a Plan with weights promises, on random lengths and settings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.data import Batching, Plan
from tltk.data.resampling import Resampling

LONGEST = 70


@st.composite
def weighed(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, Batching, int]:
    count = draw(st.integers(1, 200))
    lengths = np.array(draw(st.lists(st.integers(1, LONGEST), min_size=count, max_size=count)), np.int32)
    weight = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))
    weights = np.array(draw(st.lists(weight, min_size=count, max_size=count)))
    weights[draw(st.integers(0, count - 1))] = 1.0
    by_tokens = draw(st.booleans())
    batching = Batching(
        batch_size=draw(st.integers(1, 40)),
        tokens_per_batch=draw(st.integers(500, 2000)) if by_tokens else None,
        group_by_length=by_tokens or draw(st.booleans()),
        bucket=draw(st.sampled_from([1, 8, "powers"])),
        full=draw(st.booleans()),
    )
    return lengths, weights, batching, draw(st.integers(0, 2**32))


@given(weighed(), st.integers(0, 3), st.integers(1, 3))
def test_epochs_have_the_same_steps_and_as_many_rows_of_weight(
    given_: tuple[np.ndarray, np.ndarray, Batching, int], epoch: int, workers: int
) -> None:
    lengths, weights, batching, seed = given_
    shards = [Plan(lengths, batching, seed=seed, shard=(k, workers), weights=weights) for k in range(workers)]
    seen = []
    for step in range(shards[0].steps):
        batches = [shard.batch(epoch, step) for shard in shards]
        rows = np.concatenate([batch.indices for batch in batches])
        assert len({(len(batch.indices), batch.length) for batch in batches}) == 1
        assert batches[0].length == shards[0]._padded[rows[rows >= 0]].max()
        np.testing.assert_allclose(sum(batch.weights.sum() for batch in batches), 1, rtol=1e-5)
        if batching.tokens_per_batch is not None:
            assert len(rows) * batches[0].length <= batching.tokens_per_batch
        seen += rows[rows >= 0].tolist()
    assert len(seen) == len(lengths)
    assert weights[seen].all()
    assert sorted(seen) == sorted(shards[0].order(epoch))


@given(weighed())
def test_a_fresh_plan_asked_backwards_gives_the_same_batches(
    given_: tuple[np.ndarray, np.ndarray, Batching, int],
) -> None:
    lengths, weights, batching, seed = given_
    plan, fresh = (Plan(lengths, batching, seed=seed, weights=weights) for _ in range(2))
    places = [(epoch, step) for epoch in range(2) for step in range(plan.steps)][:20]
    asked = {place: plan.batch(*place) for place in places}
    for place in reversed(places):
        assert fresh.batch(*place).indices.tolist() == asked[place].indices.tolist()


@pytest.mark.parametrize("tokens", [None, 1024])
def test_rows_are_drawn_in_proportion_to_their_weights(tokens: int | None) -> None:
    """Over many epochs; a chi-squared test would fail by chance once in 10^6 seeds, and this seed is fixed."""
    from scipy.stats import chi2

    generator = np.random.default_rng(0)
    lengths, weights = generator.integers(1, 64, 60), generator.choice([1.0, 5.0, 25.0], 60)
    plan = Plan(lengths, Batching(batch_size=8, tokens_per_batch=tokens), seed=1, weights=weights)
    epochs = 2000
    seen = np.bincount(np.concatenate([plan.order(epoch) for epoch in range(epochs)]), minlength=60)
    expected = weights / weights.sum() * 60 * epochs
    if tokens is None:
        assert ((seen - expected) ** 2 / expected).sum() < chi2.ppf(1 - 1e-6, 59)
    else:
        # Each length has its draws to within one.
        for length in set(plan._padded):
            rows = plan._padded == length
            assert abs(seen[rows].sum() - expected[rows].sum()) <= epochs
            share = weights[rows] / weights[rows].sum() * seen[rows].sum()
            assert ((seen[rows] - share) ** 2 / share).sum() < chi2.ppf(1 - 1e-6, max(rows.sum() - 1, 1))


def test_groups_are_drawn_whole() -> None:
    lengths, weights = np.arange(1, 13), np.array([1.0, 0.0, 2.0, 0.0, 0.0, 1.0])
    plan = Plan(lengths, Batching(batch_size=2), weights=weights, group=2)
    order = plan.order(0).reshape(-1, 2)
    assert len(order) == 6
    assert {tuple(pair) for pair in order.tolist()} <= {(0, 1), (4, 5), (10, 11)}


def test_epochs_differ() -> None:
    plan = Plan(np.full(200, 9), Batching(), weights=np.ones(200))
    assert sorted(plan.order(0)) != sorted(plan.order(1))


def test_no_rows_make_no_steps() -> None:
    for batching in (Batching(), Batching(tokens_per_batch=64)):
        assert Plan(np.zeros(0, np.int32), batching, weights=np.zeros(0)).steps == 0


@pytest.mark.parametrize(
    "weights", [np.ones(4), np.zeros(3), np.array([1, -1, 1.0]), np.array([1, np.nan, 1]), np.array([1, np.inf, 1])]
)
def test_weights_that_cannot_be_drawn_by_are_refused(weights: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Got weights"):
        Resampling(weights, np.array([8, 8, 8]), by_length=False)


def test_weights_need_shuffling() -> None:
    with pytest.raises(ValueError, match="without shuffling"):
        Plan(np.array([3]), Batching(shuffle=False), weights=np.ones(1))
