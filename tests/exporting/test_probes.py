"""Two forms of one model are compared on batches that are always the same."""

from __future__ import annotations

import numpy as np
import pytest

from tltk.exporting.probes import apart, largest_difference, probe_batches

NAMES = ("input_ids", "attention_mask")


def test_batches_are_always_the_same_and_padded_at_the_end() -> None:
    batches = list(probe_batches(50, NAMES, 20))
    assert [batch["input_ids"].shape for batch in batches] == [(1, 4), (3, 17), (8, 20)]
    for batch, again in zip(batches, probe_batches(50, NAMES, 20), strict=True):
        assert tuple(batch) == NAMES
        np.testing.assert_array_equal(batch["input_ids"], again["input_ids"])
        assert np.all(np.diff(batch["attention_mask"], axis=1) <= 0)


@pytest.mark.parametrize(("longest", "rows"), [(20, 8), (512, 8), (513, 7), (2048, 2), (4097, 1), (8192, 1)])
def test_long_inputs_come_in_few_rows(longest: int, rows: int) -> None:
    *_, last = probe_batches(50, NAMES, longest)
    assert last["input_ids"].shape == (rows, longest)
    lengths = last["attention_mask"].sum(axis=1)
    assert lengths[0] == longest
    assert np.all(lengths[1:] < longest)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda given: given, 0.0),
        (lambda given: given + np.float32(0.5) * (len(given) == 3), 0.5),
        (lambda given: np.where(given > 0.9, np.float32(np.nan), given), np.inf),
        (lambda given: given[:, :1], np.inf),
    ],
    ids=["none", "one batch", "no number", "another shape"],
)
def test_the_largest_difference(change, expected: float) -> None:
    def values(batch):
        return batch["input_ids"].astype(np.float32) / 50

    found = largest_difference(values, lambda batch: change(values(batch)), probe_batches(50, NAMES, 20))
    assert found == pytest.approx(expected)


def test_of_outputs_above_one_the_share_of_the_greatest_counts() -> None:
    def logits(batch):
        values = np.where(batch["attention_mask"] == 1, 40.0, -1e9)
        return np.stack([values, -values], axis=-1)

    batches = list(probe_batches(50, NAMES, 20))
    found = largest_difference(logits, lambda batch: logits(batch) * 1.01, batches)
    assert found == pytest.approx(0.01)


def test_what_is_no_distance_is_not_told_as_one() -> None:
    assert apart(0.25, 1e-5) == "differs from the model by 0.25; accepted are 1e-05"
    assert apart(np.inf, 1e-5) == "gives outputs of another shape than the model, or NaN or infinite values"
