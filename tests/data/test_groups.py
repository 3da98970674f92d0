"""Plans of rows that belong together: they are the Plan of their groups, group by group."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.data import Batching, Plan


@st.composite
def grouped(draw: st.DrawFn) -> tuple[Plan, Plan]:
    """Return a Plan of groups, and the Plan of each group's longest row."""
    size = draw(st.integers(2, 4))
    lengths = np.array(
        draw(st.lists(st.lists(st.integers(1, 60), min_size=size, max_size=size), max_size=80)), np.int32
    )
    lengths = lengths.reshape(-1, size)
    by_tokens = draw(st.booleans())
    workers = draw(st.integers(1, 2))
    batching = Batching(
        batch_size=draw(st.integers(1, 20)),
        tokens_per_batch=draw(st.integers(70 * workers * size, 3000)) if by_tokens else None,
        bucket=draw(st.sampled_from([1, 8])),
        shuffle=draw(st.booleans()),
    )
    seed, shard = draw(st.integers(0, 99)), (draw(st.integers(0, workers - 1)), workers)
    plain = batching
    if by_tokens:
        plain = Batching(
            tokens_per_batch=batching.tokens_per_batch // size, bucket=batching.bucket, shuffle=batching.shuffle
        )
    longest = lengths.max(axis=1, initial=0) if len(lengths) else np.zeros(0, np.int32)
    return (
        Plan(lengths.reshape(-1), batching, seed=seed, shard=shard, group=size),
        Plan(longest, plain, seed=seed, shard=shard),
    )


@given(grouped(), st.integers(0, 2))
def test_batches_are_those_of_the_groups(plans: tuple[Plan, Plan], epoch: int) -> None:
    rows, groups = plans
    assert rows.steps == groups.steps
    assert len(rows) == len(groups) * rows.group
    for step in range(rows.steps):
        found, expected = rows.batch(epoch, step), groups.batch(epoch, step)
        assert found.length == expected.length
        members = found.indices.reshape(-1, rows.group)
        for group, number in zip(members.tolist(), expected.indices.tolist(), strict=True):
            first = number * rows.group
            assert group == ([-1] * rows.group if number < 0 else list(range(first, first + rows.group)))
        np.testing.assert_allclose(found.weights.reshape(-1, rows.group).sum(axis=1), expected.weights, rtol=1e-5)


@given(grouped())
def test_the_order_visits_every_row_once_and_groups_together(plans: tuple[Plan, Plan]) -> None:
    rows, _ = plans
    order = rows.order(1)
    assert sorted(order.tolist()) == list(range(len(rows)))
    np.testing.assert_array_equal(np.diff(order.reshape(-1, rows.group).astype(int), axis=1), 1)


def test_rows_that_make_no_whole_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="5 rows for groups of 2"):
        Plan(np.ones(5, np.int32), Batching(), group=2)
