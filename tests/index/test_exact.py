from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.index.contract import IndexContract, refuses_wrong_use
from tltk.index.kinds import exact


class TestExact(IndexContract):
    kind = "exact"


def test_mistakes_are_told_in_words(tmp_path: Path) -> None:
    refuses_wrong_use(tmp_path)


def test_blocks_change_nothing_and_ties_go_by_position(monkeypatch) -> None:
    vectors = np.repeat(np.eye(4, dtype="float32"), 5, axis=0)
    queries = np.array([[0, 1, 0, 0], [0.6, 0, 0.8, 0], [0, 0, 0, 1]], "float32")
    whole = exact.ExactIndex.make(vectors).search(queries, 7)
    assert whole[1][0].tolist() == [5, 6, 7, 8, 9, 0, 1]
    monkeypatch.setattr(exact, "_BLOCK", 3)
    monkeypatch.setattr(exact, "_QUERIES", 2)
    parts = exact.ExactIndex.make(vectors).search(queries, 7)
    np.testing.assert_array_equal(parts[0], whole[0])
    np.testing.assert_array_equal(parts[1], whole[1])
