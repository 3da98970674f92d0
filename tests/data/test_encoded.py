"""Ragged columns and encoded rows: gathering, views, padding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.data import Encoded, Ragged

row_lists = st.lists(st.lists(st.integers(1, 60000), max_size=12), min_size=1, max_size=30)


@given(row_lists, st.integers(0, 3), st.sampled_from([np.uint16, np.int32, np.int64]), st.data())
def test_gathering_is_padding_each_row_by_hand(
    rows: list[list[int]], pad: int, dtype: type, data: st.DataObject
) -> None:
    column = Ragged.from_rows(rows, dtype=dtype, pad=pad)
    chosen = data.draw(st.lists(st.integers(-1, len(rows) - 1), max_size=20))
    length = max((len(row) for row in rows), default=0) + data.draw(st.integers(0, 3))
    gathered = column.gather(np.array(chosen, np.int32), length)
    expected = [([] if row < 0 else rows[row]) for row in chosen]
    assert gathered.dtype == np.int32
    assert gathered.shape == (len(chosen), length)
    assert gathered.tolist() == [row + [pad] * (length - len(row)) for row in expected]


def test_rows_of_a_ragged_column() -> None:
    column = Ragged.from_rows([[4, 5], [], [6]])
    assert len(column) == 3
    assert [column[row].tolist() for row in range(3)] == [[4, 5], [], [6]]


def test_a_row_longer_than_the_batch_is_refused_not_cut() -> None:
    with pytest.raises(ValueError, match="3 values for a batch of length 2"):
        Ragged.from_rows([[1, 2, 3]]).gather(np.array([0]), 2)


@given(row_lists, st.data())
def test_views_of_views_give_the_rows_they_name(rows: list[list[int]], data: st.DataObject) -> None:
    encoded = Encoded.from_ids(rows, numbers=np.arange(len(rows)))
    names = list(range(len(rows)))
    for _ in range(3):
        chosen = data.draw(st.lists(st.integers(0, len(names) - 1), min_size=1, max_size=20)) if names else []
        encoded, names = encoded.take(chosen), [names[place] for place in chosen]
    length = max(len(row) for row in rows) + 1
    batch = encoded.batch(np.arange(len(encoded)), length)
    assert len(encoded) == len(names)
    assert encoded.lengths.tolist() == [len(rows[name]) for name in names]
    assert encoded.dense["numbers"].tolist() == names
    assert batch["input_ids"].tolist() == [rows[name] + [0] * (length - len(rows[name])) for name in names]


def test_a_view_shares_the_tokens_and_costs_four_bytes_a_row() -> None:
    encoded = Encoded.from_ids([[1], [2, 3], [4]])
    view = encoded.take(np.array([2, 0]))
    assert view.ragged["input_ids"] is encoded.ragged["input_ids"]
    assert view.index is not None
    assert view.index.dtype == np.uint32
    assert encoded.take(None) is encoded


def test_a_view_of_nothing_is_empty() -> None:
    assert len(Encoded.from_ids([[1]]).take([])) == 0


def test_rows_counted_from_the_end_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Encoded.from_ids([[1]]).take([-1])


def test_padding_rows_attend_to_one_token_so_that_nothing_becomes_nan() -> None:
    encoded = Encoded.from_ids([[7, 8], []], zeros=("token_type_ids",), labels=[3, 4])
    batch = encoded.batch(np.array([0, -1, 1]), 3)
    assert batch["attention_mask"].tolist() == [[1, 1, 0], [1, 0, 0], [1, 0, 0]]
    assert batch["input_ids"].tolist() == [[7, 8, 0], [0, 0, 0], [0, 0, 0]]
    assert batch["token_type_ids"].tolist() == [[0, 0, 0]] * 3
    assert encoded.gather_targets("labels", np.array([1, -1]), 3).tolist() == [4, 0]
    assert tuple(batch) == encoded.inputs


def test_dense_columns_must_have_a_row_each() -> None:
    with pytest.raises(ValueError, match="'labels' of shape \\(2,\\) for 1 encoded"):
        Encoded.from_ids([[1]]).with_dense(labels=[1, 2])


def test_examples_follow_a_view() -> None:
    """Windows of one long text are several rows of one example."""
    whole = Encoded.from_ids([[1], [2], [3]])
    assert whole.rows.tolist() == [0, 1, 2]
    windows = Encoded(whole.ragged, whole.lengths, examples=np.array([0, 0, 1]))
    assert windows.take([2, 1]).rows.tolist() == [1, 0]
