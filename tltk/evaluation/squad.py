"""The rule by which SQuAD compares two answers: words without case, punctuation and articles."""

from __future__ import annotations

import re
import string
from collections import Counter

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def words(answer: str) -> list[str]:
    """Return the words of an answer that are compared.

    In this order: lower case, ASCII punctuation taken out, English articles taken out, divided at white space. The rule
    of the evaluation scripts of SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016, 2018).

    Example:
        >>> words("The Anglo-Saxon  king, an heir.")
        ['anglosaxon', 'king', 'heir']
    """
    # Articles go after the punctuation: of "a.m." that leaves "am".
    return _ARTICLES.sub(" ", answer.lower().translate(_PUNCTUATION)).split()


def exact_match(given: str, right: str) -> float:
    """Return 1.0 where two answers have the same words in the same order, else 0.0."""
    return float(words(given) == words(right))


def f1_score(given: str, right: str) -> float:
    """Return the F1 of the words that two answers share, each as often as it stands in both.

    Where one of them has no words, as "no answer" has none, it is 1.0 if both have none, else 0.0 (SQuAD 2.0; the
    script of 1.1 has 0.0 for both, which takes two answers of nothing but articles and punctuation).

    Example:
        >>> f1_score("the big cat", "big cats"), f1_score("", "an")
        (0.5, 1.0)
    """
    ours, theirs = words(given), words(right)
    if not ours or not theirs:
        return float(ours == theirs)
    shared = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * shared / (len(ours) + len(theirs))
