"""The rule by which CMRC 2018 compares two Chinese answers: characters, and words of other scripts."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

# The signs that the rule names. Not all punctuation: a decimal point, say, is compared; and the dots of "……", which the
# script names as one sign of two characters, where it asks for each character alone.
_LEFT_OUT = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_CHARACTER = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_PIECES = re.compile(rf"{_CHARACTER}|(?:(?!{_CHARACTER})\w)+|[^\w\s]")
_EAST_ASIAN = re.compile(_CHARACTER)


def pieces(answer: str) -> list[str]:
    """Return the pieces of an answer that are compared: each Chinese (or Japanese) character, each other word.

    Lower case; the rule's punctuation is taken out, any other sign is a piece of its own. After the mixed segmentation
    of CMRC 2018 (Cui et al. 2019), whose script divides the rest by NLTK's English rules; here words are what is made
    of letters and digits, which differs in contractions ("don't") and numbers with points.

    Example:
        >>> pieces("《北京》 in 2008年")
        ['北', '京', 'in', '2008', '年']
    """
    return _PIECES.findall(_plain(answer))


def exact_match(given: str, right: str) -> float:
    """Return 1.0 where two answers are the same, without case and the rule's punctuation, else 0.0."""
    return float(_plain(given) == _plain(right))


def f1_score(given: str, right: str) -> float:
    """Return the F1 of the longest run of pieces that two answers share.

    Where one of them has no pieces, as "no answer" has none, it is 1.0 if both have none, else 0.0.

    Example:
        >>> round(f1_score("在北京市", "北京"), 3)
        0.667
    """
    ours, theirs = pieces(given), pieces(right)
    if not ours or not theirs:
        return float(ours == theirs)
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    shared = matcher.find_longest_match().size
    return 2 * shared / (len(ours) + len(theirs))


def east_asian_share(text: str) -> float:
    """Return which share of the letters and digits of a text are Chinese or Japanese characters.

    Example:
        >>> east_asian_share("北京 ab")
        0.5
    """
    letters = sum(character.isalnum() for character in text)
    return len(_EAST_ASIAN.findall(text)) / letters if letters else 0.0


def _plain(answer: str) -> str:
    return "".join(character for character in answer.lower().strip() if character not in _LEFT_OUT)
