"""Capital letters for encoders whose tokenizer lowers them: a piece before each word that begins with one.

An uncased vocabulary spends nothing on capitals, but has pieces that no text uses. Two of them become marks: the one of
a word with a first capital, the one of a word that goes on in capitals (Berard et al. 2019, "inline casing"). All of it
is said in the tokenizer's own `tokenizer.json`: whatever reads that file, reads the marks; the encoder stays as it is.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from tltk.data.tokenizer_backend import copy_backend
from tltk.errors import RecipeError

CAPITAL = "[unused1]"
"""Piece before a word that begins with a capital letter."""

CAPITALS = "[unused2]"
"""Piece before a word whose first two letters are capitals."""

_FIELD = "backbone.case_markup"
# Within a word, as BERT divides text: neither white space nor punctuation, of which ASCII has some more than Unicode.
_INSIDE = r"[^\s\p{P}$+<=>^`|~]"


def mark_case(tokenizer: Any) -> Any:
    """Return a copy of a lowering tokenizer that puts a piece before each word with a first capital letter.

    Words are BERT's, divided at white space and punctuation: `U.S.` has two, `McDonald` is one. Capital letters are
    those whose lower case the vocabulary has. Without the marks, the pieces are what they were. A text takes about
    three times as long to encode, and 5 to 20 % more tokens.

    Args:
        tokenizer: a `transformers` fast tokenizer with BERT's uncased vocabulary, which has `[unused1]` and
            `[unused2]`.

    Returns:
        A `transformers.PreTrainedTokenizerFast` with the same ids.

    Raises:
        RecipeError: the tokenizer keeps capitals, divides text in another way, or has no unused pieces.
        EnvironmentProblem: a slow (pure Python) tokenizer.

    Example:
        >>> tokenizer = mark_case(load_tokenizer(resolve_checkpoint("all-MiniLM-L6-v2").folder))  # doctest: +SKIP
        >>> tokenizer.tokenize("The EU is here")  # doctest: +SKIP
        ['[unused1]', 'the', '[unused2]', 'eu', 'is', 'here']
    """
    from tokenizers import AddedToken, Tokenizer
    from transformers import PreTrainedTokenizerFast

    described = json.loads(copy_backend(tokenizer).to_str())
    _check_lowering(described)
    vocabulary = tokenizer.get_vocab()
    missing = [mark for mark in (CAPITAL, CAPITALS) if mark not in vocabulary]
    if missing:
        raise RecipeError(
            f"This tokenizer's vocabulary has no {' and no '.join(missing)}, which would be the marks.",
            where=_FIELD,
            hint=f"Remove {_FIELD}, or take a checkpoint with the vocabulary of bert-base-uncased, or a cased one.",
        )
    described["normalizer"] = _with_marks(described["normalizer"], _marking(_capitals(vocabulary)))
    backend = Tokenizer.from_str(json.dumps(described))
    # Found after the normalizer has run, which is what puts them there.
    backend.add_tokens([AddedToken(mark, normalized=True) for mark in (CAPITAL, CAPITALS)])
    # The class of the tokenizer itself would write its own normalizer over this one when it is read again.
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        model_max_length=tokenizer.model_max_length,
        model_input_names=list(tokenizer.model_input_names),
        padding_side=tokenizer.padding_side,
        truncation_side=tokenizer.truncation_side,
        **tokenizer.special_tokens_map,
    )


def find_marks(backend: Any) -> list[int]:
    """Return the ids of the marks that a tokenizer (`tokenizers.Tokenizer`) puts into texts; none for most."""
    added = backend.get_added_tokens_decoder()
    return [number for number, token in added.items() if token.content in (CAPITAL, CAPITALS) and token.normalized]


def without_marks(spans: np.ndarray, ids: np.ndarray, marks: list[int]) -> np.ndarray:
    """Return the characters of tokens, [tokens, 2], with none for marks: a word's own first piece stays its first.

    The tokenizer itself gives a mark those of the capital letter. One that the text spells out keeps what it spells.
    """
    put_in = np.isin(ids, marks) & (spans[:, 1] - spans[:, 0] < len(CAPITAL))
    return np.where(put_in[:, None], spans[:, :1], spans)


def _check_lowering(described: dict[str, Any]) -> None:
    normalizer = described["normalizer"] or {"type": "none"}
    splitter = (described["pre_tokenizer"] or {"type": "none"})["type"]
    if normalizer["type"] != "BertNormalizer" or not normalizer["lowercase"] or splitter != "BertPreTokenizer":
        keeps = ", which keeps capitals" if normalizer.get("lowercase") is False else ""
        raise RecipeError(
            "This tokenizer does not lower letters as BERT's uncased one does: its normalizer is "
            f"{normalizer['type']}{keeps}, and it divides text by {splitter}.",
            where=_FIELD,
            hint=f"Remove {_FIELD}: where capitals are kept, there is nothing to mark.",
        )


def _with_marks(normalizer: dict[str, Any], marking: list[dict[str, Any]]) -> dict[str, Any]:
    """Return BERT's normalizer with steps right before letters are lowered.

    What it does before (control characters, Chinese ones, accents) is done by then, so that words begin where they will
    begin.
    """
    drops_accents = normalizer["strip_accents"] is not False  # unless told otherwise where it lowers
    before = {**normalizer, "lowercase": False, "strip_accents": drops_accents}
    return {"type": "Sequence", "normalizers": [before, *marking, {"type": "Lowercase"}]}


def _capitals(vocabulary: dict[str, int]) -> list[str]:
    """Return the capital letters whose lower case is a piece, in the order of their code points."""
    uppers = {piece.upper(): piece for piece in vocabulary if len(piece) == 1}
    return sorted(upper for upper, piece in uppers.items() if len(upper) == 1 and upper.lower() == piece != upper)


def _marking(capitals: list[str]) -> list[dict[str, Any]]:
    """Return the steps that put marks into a text: one before each capital, then the right ones at the words' fronts.

    A regular expression that inserts without replacing a letter is beyond the normalizers: hence a step a letter.
    """
    mark = re.escape(CAPITAL)
    return [
        *(_replace({"String": letter}, CAPITAL + letter) for letter in capitals),
        _replace({"Regex": rf"(?<!{_INSIDE}){mark}(?=\p{{L}}\p{{M}}*{mark})"}, CAPITALS),
        _replace({"Regex": rf"(?<={_INSIDE}){mark}"}, ""),
    ]


def _replace(pattern: dict[str, str], content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": pattern, "content": content}
