from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.augmentation import Edit, apply_edits, carry_spans, sparing


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text("abc d", min_size=1, max_size=12))
    edges = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    apart = [pair for place, pair in enumerate(pairs) if place == 0 or pairs[place - 1][1] < pair[0]]
    return text, [Edit(start, end, draw(st.text("XYZ", max_size=3))) for start, end in apart]


spans = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted).map(tuple), max_size=4)


def origins(text: str, edits: list[Edit]) -> list[tuple[int, int]]:
    """Return for each character of the new text the range of the old one that it comes from."""
    found: list[tuple[int, int]] = []
    reached = 0
    for edit in edits:
        found += [(place, place + 1) for place in range(reached, edit.start)]
        found += [(edit.start, edit.end)] * len(edit.text)
        reached = edit.end
    return found + [(place, place + 1) for place in range(reached, len(text))]


def inside(origin: tuple[int, int], span: tuple[int, int]) -> bool:
    if origin[0] == origin[1]:
        return span[0] < origin[0] < span[1]
    return span[0] <= origin[0] and origin[1] <= span[1]


@given(edited(), spans)
def test_a_span_holds_what_comes_from_it_and_nothing_else(case: tuple[str, list[Edit]], found: list) -> None:
    text, edits = case
    new, sources = apply_edits(text, edits), origins(text, edits)
    assert len(new) == len(sources)
    for span in [span for span in found if span[0] < span[1] <= len(text)]:
        held = [place for place, origin in enumerate(sources) if inside(origin, span)]
        crossed = any(edit.start < edge < edit.end for edit in edits for edge in span)
        carried = carry_spans(edits, [span])
        if crossed or not held:
            assert carried is None
        else:
            assert carried == [(held[0], held[-1] + 1)]
            assert len(held) == held[-1] + 1 - held[0]


@given(edited(), spans)
def test_spared_spans_can_be_carried(case: tuple[str, list[Edit]], found: list) -> None:
    text, edits = case
    found = [span for span in found if span[1] <= len(text)]
    kept = sparing(edits, found)
    assert set(kept) <= set(edits)
    carried = carry_spans(kept, found)
    assert carried is not None
    if carry_spans(edits, found) is not None:
        assert kept == edits


@pytest.mark.parametrize(
    "edits", [[Edit(2, 3, ""), Edit(1, 2, "")], [Edit(0, 2, ""), Edit(1, 3, "")], [Edit(3, 9, "")]]
)
def test_edits_that_do_not_fit_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="Got Edit"):
        apply_edits("abcd", edits)
