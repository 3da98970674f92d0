from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.data import Encoded, Ragged, join
from tltk.data.joined_ragged import JoinedRagged

_rows = st.lists(st.lists(st.integers(1, 9), max_size=5), max_size=6)


@given(_rows, _rows, st.data())
def test_a_joined_column_reads_as_one_that_was_written_whole(first: list, second: list, data: st.DataObject) -> None:
    joined = JoinedRagged(Ragged.from_rows(first, pad=7), Ragged.from_rows(second, pad=7))
    whole = Ragged.from_rows([*first, *second], pad=7)
    assert len(joined) == len(whole)
    rows = np.array(data.draw(st.lists(st.integers(-1, len(whole) - 1), max_size=8)), np.int64)
    np.testing.assert_array_equal(joined.lengths(rows), whole.lengths(rows))
    np.testing.assert_array_equal(joined.gather(rows, 5), whole.gather(rows, 5))
    for row in range(len(whole)):
        np.testing.assert_array_equal(joined[row], whole[row])


@given(_rows, _rows, st.randoms(use_true_random=False))
def test_joined_views_give_the_rows_of_both(first: list, second: list, random: object) -> None:
    texts = [[row or [1] for row in rows] for rows in (first, second)]
    views, kept = [], []
    for ids in texts:
        order = random.sample(range(len(ids)), len(ids) // 2 + 1) if ids else []
        encoded = Encoded.from_ids(ids, labels=np.arange(len(ids)), zeros=("token_type_ids",))
        tags = Ragged.from_rows([[value + 1 for value in row] for row in ids], pad=-100)
        views.append(encoded.with_targets(tags=tags).take(np.array(order, np.int64)))
        kept += [(ids[row], row) for row in order]
    joined = join(*views)
    assert len(joined) == joined.example_count == len(kept)
    assert joined.inputs == views[0].inputs
    assert joined.dense["labels"].tolist() == [label for _, label in kept]
    for row, (ids, _) in enumerate(kept):
        batch = joined.batch(np.array([row]), length=6)
        assert batch["input_ids"][0].tolist() == ids + [0] * (6 - len(ids))
        assert batch["attention_mask"][0].sum() == joined.lengths[row] == len(ids)
        assert joined.ids(row).tolist() == ids
        wanted = [value + 1 for value in ids] + [-100] * (6 - len(ids))
        assert joined.gather_targets("tags", np.array([row]), 6)[0].tolist() == wanted
    order = np.arange(len(joined))[::-1]
    assert [joined.take(order).ids(row).tolist() for row in range(len(kept))] == [ids for ids, _ in kept[::-1]]


def test_examples_are_counted_on() -> None:
    windows = replace(Encoded.from_ids([[1], [2], [3]]), examples=np.array([0, 0, 1]))
    assert join(windows, windows).rows.tolist() == [0, 0, 1, 2, 2, 3]
    assert join(windows, windows).take_examples([2, 1]).ids(2).tolist() == [3]


def test_what_does_not_fit_is_refused() -> None:
    rows = Encoded.from_ids([[1]], labels=[0])
    with pytest.raises(ValueError, match="Got dense"):
        join(rows, Encoded.from_ids([[1]]))
    with pytest.raises(ValueError, match="Got zeros"):
        join(rows, replace(rows, zeros=("token_type_ids",)))
    with pytest.raises(ValueError, match="groups of 2"):
        join(rows, replace(rows, group=2))
    with pytest.raises(ValueError, match="padded with 0 and 1"):
        join(Encoded.from_ids([[1]]), Encoded.from_ids([[1]], pad=1))
