"""Figures of answers, by the rule of SQuAD 1.1 (Rajpurkar et al. 2016, section 6.1)."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.quality.rows.questions import Question

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalised(answer: str) -> str:
    """Return what is compared: lower case, without (ASCII) punctuation and English articles, single blanks.

    Example:
        >>> normalised("The Anglo-Saxon  king, an heir.")
        'anglosaxon king heir'
    """
    # The articles go after the punctuation: "a.m." is "am", and no article.
    return " ".join(_ARTICLES.sub(" ", answer.lower().translate(_PUNCTUATION)).split())


def exact(answer: str, right: str) -> float:
    """Return 1 where both are the same once normalised, or else 0."""
    return float(normalised(answer) == normalised(right))


def overlap(answer: str, right: str) -> float:
    """Return the F1 of the words that two answers share, each as often as it stands in both.

    Example:
        >>> round(overlap("the big cat", "big cats"), 3)
        0.5
    """
    given, wanted = normalised(answer).split(), normalised(right).split()
    shared = sum((Counter(given) & Counter(wanted)).values())
    # No words in common are 0, also where both are empty.
    return 2 * shared / (len(given) + len(wanted)) if shared else 0.0


def score_answers(rows: Sequence[Question], predicted: Mapping[str, str]) -> dict[str, float]:
    """Return `exact_match` and `f1` in percent: of each question the best over its answers, then the mean.

    Raises:
        KeyError: a question has no prediction.
    """
    best_exact = [max(exact(predicted[row.key], right) for right in row.answers) for row in rows]
    best_overlap = [max(overlap(predicted[row.key], right) for right in row.answers) for row in rows]
    return {
        "exact_match": 100 * sum(best_exact) / len(rows),
        "f1": 100 * sum(best_overlap) / len(rows),
    }
