from __future__ import annotations

import numpy as np
import pyarrow as pa

from tltk.data import Rows, Source
from tltk.evaluation import confident_mistakes

PROBABILITIES = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.6, 0.4]])
TARGETS = np.array([0, 1, 0, 1])


def _rows() -> Rows:
    table = pa.table({"text": ["a", "b", "c", "d", "e"], "label": ["n"] * 5, "__row__": [2, 3, 4, 5, 6]})
    source = Source("train", table, ("text",), "label", "0" * 64, ((0, "r.csv"),), counts_lines=True)
    return Rows(source, np.array([4, 3, 2, 1], dtype=np.int32))


def test_the_surest_come_first_with_their_texts_and_places() -> None:
    mistakes = confident_mistakes(TARGETS, PROBABILITIES, ["no", "yes"], _rows())
    assert [mistake["score"] for mistake in mistakes] == [0.8, 0.7, 0.6]
    assert [mistake["text"] for mistake in mistakes] == ["c", "d", "b"]
    assert [mistake["where"] for mistake in mistakes] == ["r.csv:4", "r.csv:5", "r.csv:3"]
    assert mistakes[0] | {"label": "no", "predicted": "yes", "label_score": 0.2} == mistakes[0]


def test_there_are_no_more_than_asked_for() -> None:
    assert len(confident_mistakes(TARGETS, PROBABILITIES, ["no", "yes"], limit=2)) == 2


def test_a_faultless_model_has_none() -> None:
    assert confident_mistakes(np.array([0, 0, 1, 0]), PROBABILITIES, ["no", "yes"], _rows()) == []
