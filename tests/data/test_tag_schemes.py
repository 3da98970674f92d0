"""Tags between schemes, against seqeval: what it finds is found, and conversions change no entity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB1, IOB2, IOBES, Entities

from tltk.data.tag_schemes import SCHEMES, convert_tags, read_tags, split_tag

TAGS = st.lists(
    st.sampled_from(["O", *(f"{prefix}-{kind}" for prefix in "BIES" for kind in ("PER", "ORG"))]), max_size=9
)


def entities(tags: list[str]) -> list[tuple[str, int, int]]:
    """Return (type, first, last) of what `read_tags` finds."""
    types = [split_tag(tag)[1] for tag in tags]
    names = sorted(set(types) - {""})
    numbers = np.array([names.index(name) if name else -1 for name in types], np.int32)
    prefixes = np.array([split_tag(tag)[0] for tag in tags], "<U1")
    marks = read_tags(prefixes, numbers, np.arange(len(tags)) == 0)
    pairs = zip(np.flatnonzero(marks.begins), np.flatnonzero(marks.ends), strict=True)
    return [(names[numbers[first]], int(first), int(last)) for first, last in pairs]


@given(TAGS)
def test_every_sequence_is_read_as_seqeval_reads_it(tags: list[str]) -> None:
    assert entities(tags) == get_entities(tags)


@given(TAGS, st.sampled_from(["bio", "bioes"]))
def test_conversion_keeps_every_entity_and_gives_tags_of_the_scheme(tags: list[str], scheme: str) -> None:
    converted = convert_tags(tags, scheme)
    assert get_entities(converted) == get_entities(tags)
    strict = Entities([converted], {"bio": IOB2, "bioes": IOBES}[scheme]).entities[0]
    assert [entity.to_tuple()[1:] for entity in strict] == [
        (kind, first, last + 1) for kind, first, last in get_entities(tags)
    ]
    assert convert_tags(converted, scheme) == converted


@given(TAGS)
def test_io_keeps_the_type_of_every_word(tags: list[str]) -> None:
    assert [split_tag(tag)[1] for tag in convert_tags(tags, "io")] == [split_tag(tag)[1] for tag in tags]


def test_iob1_becomes_bio() -> None:
    tags = ["I-PER", "I-PER", "B-PER", "O", "I-ORG", "I-PER"]
    found = [entity.to_tuple()[1:] for entity in Entities([tags], IOB1).entities[0]]
    converted = convert_tags(tags, "bio")
    assert converted == ["B-PER", "I-PER", "B-PER", "O", "B-ORG", "B-PER"]
    assert [entity.to_tuple()[1:] for entity in Entities([converted], IOB2).entities[0]] == found


@pytest.mark.parametrize("tags", [["B-X", "M-X", "E-X", "O", "W-X"], ["B-X", "I-X", "L-X", "O", "U-X"]])
def test_other_letters_for_the_same_are_known(tags: list[str]) -> None:
    assert convert_tags(tags, "bioes") == ["B-X", "I-X", "E-X", "O", "S-X"]


def test_types_may_have_marks_of_their_own_and_stand_alone() -> None:
    assert convert_tags(["B-GPE.NAM", "I-GPE.NAM", "B-GPE-2"], "bioes") == ["B-GPE.NAM", "E-GPE.NAM", "S-GPE-2"]
    assert split_tag("I") == ("", "I")
    assert set(SCHEMES) == {"bio", "bioes", "io"}
