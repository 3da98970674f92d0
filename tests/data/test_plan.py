"""The Plan's promises, on random lengths and settings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tltk.data import Batching, Plan
from tltk.errors import RecipeError

LONGEST = 70


@st.composite
def plans(draw: st.DrawFn, *, shards: bool = False) -> Plan:
    lengths = np.array(draw(st.lists(st.integers(1, LONGEST), max_size=300)), np.int32)
    workers = draw(st.integers(1, 4)) if shards else 1
    multiple = draw(st.integers(1, 3))
    by_tokens = draw(st.booleans())
    batching = Batching(
        batch_size=draw(st.integers(1, 40)),
        tokens_per_batch=draw(st.integers(96 * workers * multiple, 2000)) if by_tokens else None,
        group_by_length=by_tokens or draw(st.booleans()),
        bucket=draw(st.sampled_from([1, 4, 8, "powers"])),
        max_length=draw(st.sampled_from([None, LONGEST])),
        shuffle=draw(st.booleans()),
        multiple_of=multiple,
        full=draw(st.booleans()),
    )
    return Plan(lengths, batching, seed=draw(st.integers(0, 2**32)), shard=(0, workers))


def lengths_of(plan: Plan) -> np.ndarray:
    return plan._padded


def all_batches(plan: Plan, epoch: int) -> list:
    return [plan.batch(epoch, step) for step in range(plan.steps)]


@given(plans(), st.integers(0, 5))
def test_every_row_is_visited_exactly_once_in_every_epoch(plan: Plan, epoch: int) -> None:
    seen = np.concatenate([np.zeros(0, np.int32), *(batch.indices for batch in all_batches(plan, epoch))])
    assert sorted(seen[seen >= 0]) == list(range(len(plan)))
    assert sorted(plan.order(epoch)) == list(range(len(plan)))


@given(plans())
def test_order_is_the_order_of_the_batches(plan: Plan) -> None:
    seen = np.concatenate([np.zeros(0, np.int32), *(batch.indices for batch in all_batches(plan, 2))])
    assert seen[seen >= 0].tolist() == plan.order(2).tolist()


@given(plans())
def test_every_row_fits_its_batch_and_the_length_is_the_least_that_holds_them(plan: Plan) -> None:
    for batch in all_batches(plan, 1):
        rows = batch.indices[batch.indices >= 0]
        assert batch.length == lengths_of(plan)[rows].max()


@given(plans())
def test_weights_are_a_mean_over_true_rows(plan: Plan) -> None:
    for batch in all_batches(plan, 0):
        true = batch.indices >= 0
        assert batch.weights.dtype == np.float32
        assert (batch.weights[~true] == 0).all()
        np.testing.assert_allclose(batch.weights[true], 1 / true.sum(), rtol=1e-6)


@given(plans())
def test_batches_are_filled_up_to_the_multiple_and_no_further(plan: Plan) -> None:
    for batch in all_batches(plan, 0):
        padding = int((batch.indices < 0).sum())
        assert len(batch.indices) % plan.batching.multiple_of == 0
        assert plan.batching.full or padding < plan.batching.multiple_of


@given(plans(shards=True))
def test_full_batches_have_one_size_for_each_length(plan: Plan) -> None:
    batching = replace(plan.batching, full=True)
    full = Plan(lengths_of(plan), batching, seed=plan.seed, shard=plan.shard)
    sizes = {(batch.length, len(batch.indices)) for epoch in range(2) for batch in all_batches(full, epoch)}
    assert len(sizes) == len({length for length, _ in sizes})
    if batching.tokens_per_batch is None:
        assert len({rows for _, rows in sizes}) <= 1


@given(plans())
def test_sizes_are_kept(plan: Plan) -> None:
    """By rows: ceil(n / batch) steps, all full but one. By tokens: no batch passes the budget, padding rows counted."""
    batches = all_batches(plan, 3)
    budget = plan.batching.tokens_per_batch
    if budget is not None:
        assert all(len(batch.indices) * batch.length <= budget for batch in batches)
        return
    sizes = [int((batch.indices >= 0).sum()) for batch in batches]
    assert len(sizes) == -(-len(plan) // plan.batching.batch_size)
    assert sum(size != plan.batching.batch_size for size in sizes) <= 1


@given(plans(shards=True), st.integers(0, 2))
def test_shards_are_equal_disjoint_and_cover_the_whole(plan: Plan, epoch: int) -> None:
    workers = plan.shard[1]
    shards = [Plan(lengths_of(plan), plan.batching, seed=plan.seed, shard=(k, workers)) for k in range(workers)]
    assert len({shard.steps for shard in shards}) == 1
    seen = []
    for step in range(plan.steps):
        batches = [shard.batch(epoch, step) for shard in shards]
        assert len({(len(batch.indices), batch.length) for batch in batches}) == 1
        assert len(batches[0].indices) % plan.batching.multiple_of == 0
        np.testing.assert_allclose(sum(batch.weights.sum() for batch in batches), 1, rtol=1e-5)
        seen += [row for batch in batches for row in batch.indices if row >= 0]
    assert sorted(seen) == list(range(len(plan)))


@given(plans(shards=True))
def test_shards_together_are_the_batches_of_the_whole(plan: Plan) -> None:
    if plan.batching.tokens_per_batch is not None:
        return  # A budget is cut to what the workers can share, so the whole may have other batches.
    whole = Plan(lengths_of(plan), plan.batching, seed=plan.seed)
    workers = plan.shard[1]
    shards = [Plan(lengths_of(plan), plan.batching, seed=plan.seed, shard=(k, workers)) for k in range(workers)]
    for step in range(plan.steps):
        dealt = np.concatenate([shard.batch(1, step).indices for shard in shards])
        expected = whole.batch(1, step).indices
        assert sorted(dealt[dealt >= 0]) == sorted(expected[expected >= 0])


@given(plans(), st.randoms(use_true_random=False))
def test_any_batch_can_be_asked_for_at_any_time(plan: Plan, shuffler: object) -> None:
    """A plan asked in order and a fresh one asked crosswise give the same batches: nothing depends on the past."""
    asked = [(epoch, step) for epoch in range(3) for step in range(plan.steps)][:40]
    in_order = {place: plan.batch(*place) for place in asked}
    shuffler.shuffle(asked)  # type: ignore[attr-defined]
    fresh = Plan(lengths_of(plan), plan.batching, seed=plan.seed)
    for place in asked:
        batch = fresh.batch(*place)
        assert batch.indices.tolist() == in_order[place].indices.tolist()
        assert batch.length == in_order[place].length


@settings(max_examples=20)
@given(st.sampled_from([None, 4096]), st.integers(0, 10))
def test_little_is_padding_on_lengths_of_real_sentences(tokens: int | None, seed: int) -> None:
    """Log-normal lengths: rounding each row up to 8 alone wastes 13 %; batching adds little to it, ungrouped much."""
    lengths = np.clip(np.random.default_rng(seed).lognormal(3, 0.5, 8000), 4, 128).astype(int)

    def waste(batching: Batching) -> float:
        batches = all_batches(Plan(lengths, batching, seed=seed), 0)
        return 1 - lengths.sum() / sum(len(batch.indices) * batch.length for batch in batches)

    rounding = 1 - lengths.sum() / Batching(bucket=8).padded_lengths(lengths).sum()
    assert waste(Batching(tokens_per_batch=tokens, bucket=8)) < rounding + 0.05
    assert waste(Batching(tokens_per_batch=tokens, bucket=1)) < 0.04
    assert waste(Batching(group_by_length=False, bucket=8)) > 0.5


def test_shuffled_epochs_differ_and_seeds_differ() -> None:
    lengths = np.arange(1, 500) % 60 + 1
    for batching in (Batching(), Batching(group_by_length=False), Batching(tokens_per_batch=1000)):
        plan = Plan(lengths, batching, seed=1)
        assert plan.order(0).tolist() != plan.order(1).tolist()
        assert plan.order(0).tolist() != Plan(lengths, batching, seed=2).order(0).tolist()


def test_batches_of_another_epoch_hold_other_rows() -> None:
    """Company changes too, not only the order of the batches."""
    lengths = np.full(640, 10)
    for batching in (Batching(), Batching(tokens_per_batch=512)):
        plan = Plan(lengths, batching, seed=0)
        first, second = ({frozenset(batch.indices.tolist()) for batch in all_batches(plan, epoch)} for epoch in (0, 1))
        assert not first & second


def test_the_incomplete_batch_is_not_always_made_of_the_longest_or_shortest_rows() -> None:
    lengths = np.arange(1, 1001) % 64 + 1
    plan = Plan(lengths, Batching(batch_size=32), seed=0)
    short = [batch for epoch in range(30) for batch in all_batches(plan, epoch) if len(batch.indices) < 32]
    assert len(short) == 30
    mean = np.mean([lengths[batch.indices].mean() for batch in short])
    assert abs(mean - lengths.mean()) < 5


def test_without_shuffling_grouped_batches_come_longest_first_and_epochs_are_alike() -> None:
    plan = Plan(np.array([3, 30, 12, 30, 5]), Batching(batch_size=2, shuffle=False, bucket=1), seed=0)
    assert plan.order(0).tolist() == [1, 3, 2, 4, 0] == plan.order(7).tolist()
    assert [batch.length for batch in all_batches(plan, 0)] == [30, 12, 3]


def test_without_shuffling_and_grouping_rows_keep_their_order() -> None:
    plan = Plan(np.array([3, 30, 12]), Batching(batch_size=2, shuffle=False, group_by_length=False), seed=0)
    assert plan.order(0).tolist() == [0, 1, 2]


def test_padded_length_never_passes_the_models_limit() -> None:
    plan = Plan(np.array([50, 49]), Batching(batch_size=2, bucket=8, max_length=50), seed=0)
    assert plan.batch(0, 0).length == 50


def test_no_rows_make_no_steps() -> None:
    for batching in (Batching(), Batching(tokens_per_batch=64), Batching(shuffle=False)):
        plan = Plan(np.zeros(0, np.int32), batching, seed=0)
        assert plan.steps == 0
        assert len(plan.order(0)) == 0


def test_a_budget_below_the_longest_row_is_refused_with_the_least_that_would_do() -> None:
    with pytest.raises(RecipeError, match="at least 128"):
        Plan(np.array([60, 3]), Batching(tokens_per_batch=100, multiple_of=2), seed=0)


def test_a_budget_without_grouping_is_refused() -> None:
    with pytest.raises(RecipeError, match="group_by_length"):
        Batching(tokens_per_batch=100, group_by_length=False)


@pytest.mark.parametrize("name", ["batch_size", "tokens_per_batch", "bucket", "max_length", "multiple_of"])
def test_settings_below_one_are_refused_by_name(name: str) -> None:
    with pytest.raises(RecipeError, match=name):
        Batching(**{name: 0})


def test_buckets_by_powers_are_few_and_waste_little() -> None:
    lengths = np.arange(1, 513)
    padded = Batching(bucket="powers").padded_lengths(lengths)
    assert sorted(set(padded.tolist())) == [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]
    assert (padded >= lengths).all()
    assert (padded[16:] < 1.5 * lengths[16:]).all()
    assert sorted(set(Batching(bucket="powers", max_length=500).padded_lengths(lengths[:500]).tolist()))[-1] == 500
    with pytest.raises(RecipeError, match="bucket: Got 'power'"):
        Batching(bucket="power")


def test_rows_longer_than_the_maximum_are_refused() -> None:
    with pytest.raises(ValueError, match="70 tokens for a maximum length of 64"):
        Plan(np.array([70]), Batching(max_length=64), seed=0)


def test_steps_outside_the_epoch_are_refused() -> None:
    with pytest.raises(IndexError, match="step 1 of a plan of 1"):
        Plan(np.array([4]), Batching(), seed=0).batch(0, 1)


def test_a_plan_of_millions_of_rows_is_small_and_quick() -> None:
    """Two million rows: what the plan keeps is at most 16 bytes a row."""
    rows = 2_000_000
    lengths = np.random.default_rng(0).integers(4, 128, rows, dtype=np.int32)
    for batching in (Batching(), Batching(tokens_per_batch=4096), Batching(shuffle=False)):
        plan = Plan(lengths, batching, seed=0)
        plan.batch(0, 0)
        kept = [plan._padded, plan._cuts, *(() if plan._longest_first is None else (plan._longest_first,))]
        assert plan._drawn is not None
        assert sum(array.nbytes for array in [*kept, *plan._drawn[1]]) <= 16 * rows
