from __future__ import annotations

from itertools import accumulate

from hypothesis import given

from tests.augmentation.texts import texts
from tltk.augmentation.pieces import graphemes, pieces


@given(texts)
def test_pieces_are_the_text_and_never_cut_a_visible_character(text: str) -> None:
    cut = pieces(text)
    assert "".join(text[start:end] for _, start, end in cut) == text
    assert [start for _, start, _ in cut] == [0, *(end for _, _, end in cut)][: len(cut)]
    assert {start for _, start, _ in cut} <= set(accumulate(map(len, graphemes(text)), initial=0))


def test_kinds() -> None:
    text = "It's 北京,\n\u3000e\u0301té"
    assert [(kind, text[start:end]) for kind, start, end in pieces(text)] == [
        ("word", "It's"),
        ("space", " "),
        ("character", "北"),
        ("character", "京"),
        ("other", ","),
        ("other", "\n"),
        ("space", "\u3000"),
        ("word", "e\u0301té"),
    ]
