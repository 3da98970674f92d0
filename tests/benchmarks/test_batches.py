"""The batches that peers without length grouping are given."""

from __future__ import annotations

import numpy as np

from benchmarks.batches import all_batches, grouped_batches, in_order, padded


def test_every_epoch_has_every_row_once_and_as_many_steps() -> None:
    lengths = np.random.default_rng(0).integers(3, 60, 333)
    batches = all_batches(lengths, 8, seed=1, epochs=2)
    assert len(batches) == 2 * 42
    for epoch in (batches[:42], batches[42:]):
        assert sorted(np.concatenate(epoch)) == list(range(333))


def test_grouping_saves_padding() -> None:
    lengths = np.random.default_rng(0).integers(3, 60, 2000)
    grouped = sum(lengths[batch].max() * len(batch) for batch in grouped_batches(lengths, 20, seed=0, epoch=0))
    assert grouped < 1.1 * lengths.sum()
    in_chance_order = sum(lengths[start : start + 20].max() * 20 for start in range(0, 2000, 20))
    assert grouped < 0.7 * in_chance_order


def test_epochs_differ_and_the_same_epoch_does_not() -> None:
    lengths = list(range(3, 103))
    one, again, other = (grouped_batches(lengths, 10, seed=0, epoch=epoch) for epoch in (0, 0, 1))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_rows_are_padded_to_the_longest() -> None:
    ids, mask = padded([[5, 6, 7], [8]])
    assert ids.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_scoring_takes_the_longest_first() -> None:
    assert [batch.tolist() for batch in in_order([1, 5, 3], 2)] == [[1, 2], [0]]
