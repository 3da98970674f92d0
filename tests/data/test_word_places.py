"""Which token belongs to which word: for every kind of tokenizer and all of Unicode, in one row and over windows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.data.tokenizers import KINDS, WORDS, make_tokenizer
from tltk.data import Layout, TagsKind, TextEncoder
from tltk.data.case_markup import CAPITAL, CAPITALS
from tltk.data.running_text import split_words
from tltk.data.token_places import TokenPlaces
from tltk.data.word_places import Alignment, WordPlaces

ANY_WORD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=" \0"), max_size=6) | st.sampled_from(
    ["\u200b", "e\u0301", "👍🏽", "👨‍👩‍👧", "ﬁ", "①", "\u3000", "", "İ", "\u0301", "한국", "\ufeff", "ẞ"]
)


def aligned(kind: str, texts: list[str], places: list, *, max_length: int = 512, stride: int = 0):
    """Return encoded rows, and the alignment of their tokens with places in the texts."""
    encoder = TextEncoder(
        make_tokenizer(kind), texts=1, max_length=max_length, layout=Layout(stride=stride, places=True)
    )
    encoded = encoder.encode(texts)
    return encoded, Alignment(TokenPlaces.of(encoded), WordPlaces.of_lists(places))


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=3))
@settings(max_examples=30)
def test_words_get_the_tokens_that_the_tokenizer_makes_of_each_word(kind: str, sentences: list[list[str]]) -> None:
    places = [TagsKind().places(words) for words in sentences]
    encoded, alignment = aligned(kind, [" ".join(words) for words in sentences], places)
    tokenizer = make_tokenizer(kind)
    expected, before = [], 0
    for words in sentences:
        given_in_words = tokenizer(words, is_split_into_words=True)
        assert given_in_words["input_ids"] == encoded.ids(sentences.index(words)).tolist()
        expected += [-1 if word is None else before + word for word in given_in_words.word_ids()]
        before += len(words)
    tokens = tokenizer.convert_ids_to_tokens(np.concatenate([encoded.ids(row) for row in range(len(encoded))]))
    bare, marks = np.isin(tokens, ["▁", "Ġ"]), np.isin(tokens, [CAPITAL, CAPITALS])
    np.testing.assert_array_equal(alignment.parts[~bare & ~marks], np.array(expected)[~bare & ~marks])
    assert (alignment.parts[marks] == -1).all()  # they have no characters of their own


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(ANY_WORD, max_size=8))
@example(["\u200b", "a", "\u200b"])
@example(["", "", "x", ""])
@settings(max_examples=40)
def test_every_word_with_characters_in_tokens_is_found_and_none_is_invented(kind: str, words: list[str]) -> None:
    text = " ".join(words)
    places = TagsKind().places(words)
    _, alignment = aligned(kind, [text], [places])
    tokens = alignment.tokens
    for token in range(len(tokens.rows)):
        span = range(int(tokens.starts[token]), int(tokens.ends[token])) if tokens.is_text[token] else range(0)
        touched = [number for number, (start, end) in enumerate(places) if set(span) & set(range(start, end))]
        assert alignment.parts[token] == (touched[0] if touched else -1)
    for number in set(alignment.parts.tolist()) - {-1}:
        of_word = np.flatnonzero(alignment.parts == number)
        assert np.flatnonzero(alignment.is_first & (alignment.parts == number)).tolist() == [of_word[0]]
        assert np.flatnonzero(alignment.is_last & (alignment.parts == number)).tolist() == [of_word[-1]]
    assert not alignment.is_first[alignment.parts < 0].any()


@pytest.mark.parametrize("kind", KINDS)
@given(
    st.lists(st.lists(ANY_WORD, max_size=12), min_size=1, max_size=3),
    st.integers(5, 9),
    st.integers(0, 2),
)
@settings(max_examples=40)
def test_windows_hold_each_token_once_as_one_long_row_does(
    kind: str, sentences: list[list[str]], max_length: int, stride: int
) -> None:
    texts = [" ".join(words) for words in sentences]
    places = [TagsKind().places(words) for words in sentences]
    whole, one = aligned(kind, texts, places)
    cut, many = aligned(kind, texts, places, max_length=max_length, stride=stride)
    long_once, once = one.tokens.once(), many.tokens.once()
    ids = [np.concatenate([encoded.ids(row) for row in range(len(encoded))]) for encoded in (whole, cut)]
    np.testing.assert_array_equal(ids[0][long_once], ids[1][once])
    for name in ("parts", "is_first", "is_last"):
        np.testing.assert_array_equal(getattr(one, name)[long_once], getattr(many, name)[once], err_msg=name)
    for token in once:
        same = (many.tokens.examples == many.tokens.examples[token]) & (
            many.tokens.positions == many.tokens.positions[token]
        )
        assert many.tokens.contexts[token] == many.tokens.contexts[same].max()


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("Ann's (anti-war) «café» U.S.A., 北京。it's 👍🏽!")
def test_words_of_running_text_cover_all_but_white_space_in_order(text: str) -> None:
    places = split_words(text)
    assert all(first[1] <= second[0] for first, second in pairwise(places))
    covered = {place for start, end in places for place in range(start, end)}
    assert all(character.isspace() for place, character in enumerate(text) if place not in covered)
    assert not any(text[place] in " \n\t\u3000" for place in covered)


def test_words_of_running_text() -> None:
    text = "At Ann's: U.S.A., e-mail a@b.co… cafe\u0301! 「北京」 don't"
    words = [text[start:end] for start, end in split_words(text)]
    assert words == [
        *("At", "Ann", "'s", ":", "U.S.A", ".", ",", "e-mail", "a@b.co", "…", "cafe\u0301", "!"),
        *("「", "北", "京", "」", "don't"),
    ]
