"""Texts of all scripts for property tests: words, and whatever else Unicode has."""

from __future__ import annotations

from hypothesis import strategies as st

SENTENCE = "It was a really wonderful film, told with warmth and wit, and nobody minds the length."

_WORDS = (
    *("a", "good", "film", "It's", "naïve", "e\u0301te\u0301", "STRASSE", "straße", "İstanbul", "3,5", "x_1"),
    *("שלום", "שָׁלוֹם", "مرحبا", "مُرَحَّب", "नमस्ते", "ขนำน้ำ", "안녕", "\u1112\u1161\u11ab", "北京", "カ\uff9e", "か\u3099く"),
    *(
        "👩\u200d👩\u200d👧",
        "👍🏽",
        "🇩🇪🇫🇷",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "\u0600a",
        "\u0301",
        "\u200d",
        "\u200f",
        "𝒜𝓂",
        "ﬁn",
    ),
)
_GAPS = (" ", "  ", "\t", "\n", "\r\n", "\u3000", " \u0301", "-", ", ", "", "\u2028")

pieced = st.lists(st.tuples(st.sampled_from(_WORDS), st.sampled_from(_GAPS)), max_size=10).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
wild = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
texts = pieced | wild | st.just(SENTENCE)
