from __future__ import annotations

import pyarrow as pa
import pytest

from tltk.augmentation.labels import SpanLabels

ENTITIES = pa.list_(pa.struct({"start": pa.int32(), "end": pa.int32(), "label": pa.string()}))
ANSWERS = pa.list_(pa.struct({"text": pa.string(), "start": pa.int64()}))


@pytest.mark.parametrize("kind", [None, pa.string(), pa.float64(), pa.list_(pa.string()), pa.list_(pa.float64())])
def test_other_labels_have_no_spans_and_stay(kind: pa.DataType | None) -> None:
    labels = SpanLabels(kind)
    assert not labels.any
    assert labels.spans("1", "text") == []
    assert labels.moved("1", [], "text") == "1"


def test_entities() -> None:
    labels = SpanLabels(ENTITIES)
    value = [{"start": 0, "end": 2, "label": "A"}, {"start": 3, "end": 4, "label": "B"}]
    assert labels.spans(value, "ab c") == [(0, 2), (3, 4)]
    assert labels.spans(value, "ab") is None
    moved = labels.moved(value, [(1, 3), (5, 6)], "xab  c")
    assert moved == [{"start": 1, "end": 3, "label": "A"}, {"start": 5, "end": 6, "label": "B"}]


def test_answers_are_read_anew() -> None:
    labels = SpanLabels(ANSWERS)
    value = [{"text": "London", "start": 3}]
    assert labels.spans(value, "in London") == [(3, 9)]
    assert labels.spans(value, "in Leeds, no London") is None
    assert labels.moved(value, [(3, 8)], "in Lodon") == [{"text": "Lodon", "start": 3}]
    assert labels.spans([], "in London") == []
