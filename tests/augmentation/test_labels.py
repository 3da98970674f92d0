from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.augmentation import Edit, apply_edits, augmentations
from tltk.augmentation.labels import SpanLabels
from tltk.data.tag_schemes import convert_tags

ENTITIES = pa.list_(pa.struct({"start": pa.int32(), "end": pa.int32(), "label": pa.string()}))
ANSWERS = pa.list_(pa.struct({"text": pa.string(), "start": pa.int64()}))


@pytest.mark.parametrize("kind", [None, pa.string(), pa.float64(), pa.list_(pa.string()), pa.list_(pa.float64())])
def test_other_labels_bear_everything_and_stay(kind: pa.DataType | None) -> None:
    labels = SpanLabels(kind)
    assert not labels.any
    assert labels.sparing("1", "text", [Edit(0, 4, "")]) == [Edit(0, 4, "")]
    assert labels.moved("1", [Edit(0, 4, "")], "") == "1"


def test_entities_move_and_may_change_inside() -> None:
    labels = SpanLabels(ENTITIES)
    value = [{"start": 0, "end": 2, "label": "A"}, {"start": 3, "end": 4, "label": "B"}]
    broken, borne = [Edit(1, 3, "x"), Edit(3, 5, "")], [Edit(0, 0, "x"), Edit(1, 2, "yz")]
    assert labels.sparing(value, "ab c ", broken) == []
    assert labels.sparing(value, "ab c ", borne) == borne
    moved = labels.moved(value, borne, "xayz c ")
    assert moved == [{"start": 1, "end": 4, "label": "A"}, {"start": 5, "end": 6, "label": "B"}]
    assert labels.sparing(value, "ab", borne) == []


def test_answers_are_read_anew() -> None:
    labels = SpanLabels(ANSWERS)
    value = [{"text": "London", "start": 3}]
    edits = [Edit(0, 2, "near"), Edit(5, 6, "")]
    assert labels.sparing(value, "in London", edits) == edits
    assert labels.moved(value, edits, "near Lodon") == [{"text": "Lodon", "start": 5}]
    assert labels.sparing(value, "in Leeds, no London", edits) == []
    assert labels.sparing([], "in London", edits) == edits


def tagged(tags: list[str]) -> tuple[str, list[dict]]:
    """Return a text whose words name their tags, and the tags at their places."""
    names = [f"{'alpha' if tag == 'O' else 'NAME'}{'abcdefgh'[place]}" for place, tag in enumerate(tags)]
    starts = [sum(len(word) + 1 for word in names[:place]) for place in range(len(names))]
    places = zip(names, starts, tags, strict=True)
    return " ".join(names), [{"start": start, "end": start + len(name), "label": tag} for name, start, tag in places]


@given(
    st.lists(st.sampled_from(["O", "O", "LOC", "PER"]), min_size=1, max_size=8), st.sampled_from(["", "I-"]), st.data()
)
def test_entities_that_only_a_word_divides_stay_apart(types: list[str], prefix: str, data: st.DataObject) -> None:
    tags = [tag if tag == "O" else prefix + tag for tag in types]
    text, value = tagged(tags)
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    labels = SpanLabels(ENTITIES)
    edits = augmentations.get("deletion")().edits(text, rng, data.draw(st.sampled_from([0.5, 1.0])))
    kept = labels.sparing(value, text, edits)
    found = labels.moved(value, kept, apply_edits(text, kept))
    in_bio = [convert_tags(some, "bio") for some in (tags, [part["label"] for part in found])]
    before, after = ([tag for tag in some if tag != "O"] for some in in_bio)
    assert before == after


@given(st.lists(st.sampled_from(["O", "O", "O", "B-LOC"]), min_size=1, max_size=8), st.data())
def test_tags_of_words_stand_on_the_same_words(tags: list[str], data: st.DataObject) -> None:
    """Every word names its tag, so that each can be told after words were left out, exchanged and misspelt."""
    text, value = tagged(tags)
    method = augmentations.get(data.draw(st.sampled_from(["deletion", "swap", "casing", "typos"])))()
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    labels = SpanLabels(ENTITIES)
    kept = labels.sparing(value, text, method.edits(text, rng, data.draw(st.sampled_from([0.2, 0.5, 1.0]))))
    new = apply_edits(text, kept)
    found = labels.moved(value, kept, new)
    assert [new[part["start"] : part["end"]] for part in found] == new.split()
    assert sum(part["label"] != "O" for part in found) == sum(tag != "O" for tag in tags)
    if method.name in ("deletion", "swap"):
        assert all((part["label"] == "O") == new[part["start"] :].startswith("alpha") for part in found)
