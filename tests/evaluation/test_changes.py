from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.test_report import EVIL, Page
from tltk.evaluation import ReportContent, report_html
from tltk.evaluation.changes import changes, segments

_texts = st.text("ab \n", max_size=12) | st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@given(_texts, _texts)
def test_segments_are_both_texts(before: str, after: str) -> None:
    found = segments(before, after)
    assert "".join(segment["text"] for segment in found if segment["kind"] != "new") == before
    assert "".join(segment["text"] for segment in found if segment["kind"] != "gone") == after
    if before == after:
        assert {segment["kind"] for segment in found} <= {"same"}


def test_long_texts_are_cut() -> None:
    assert sum(len(segment["text"]) for segment in segments("word " * 1000, "word " * 1000)) < 500


def test_the_report_shows_what_was_made_and_escapes_it() -> None:
    augmented = {
        "methods": {"deletion": 0.1, "typos": 0.05},
        "copies": 2,
        "share": 0.5,
        "seed": 0,
        "rows": 1234,
        "unchanged": 3,
        "examples": [{"where": EVIL, "before": ["a good film", EVIL], "after": ["a great film", f"x{EVIL}"]}],
    }
    page = Page(report_html(ReportContent("reviews", data={"augmented": augmented})))
    assert "1,234" in page.text
    assert "5.0 % of the words" in page.text
    assert page.text.count(EVIL) >= 2
    names = [name for name, _ in page.elements]
    assert "script" not in names
    assert "img" not in names
    assert names.count("ins") >= 2
    assert "Augmentation" not in Page(report_html(ReportContent("reviews"))).text


def test_nothing_was_made() -> None:
    assert changes({}) == changes({"augmented": None}) == []
