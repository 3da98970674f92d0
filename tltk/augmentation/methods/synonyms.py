"""Replaces words by others that fit in their place, as a masked language model has it (Wu et al. 2019, "CBERT")."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np

from tltk.augmentation.candidates import Candidates
from tltk.augmentation.edits import Edit
from tltk.augmentation.method import Augmentation, draw, register_augmentation
from tltk.augmentation.pieces import Piece, words
from tltk.errors import RecipeError

LIKELIEST = 5
"""Of how many likeliest words one is drawn, by their probabilities."""

_BATCH = 32
_LONGEST = 512  # tokens of a text that are looked at; what comes after them stays as it is


class _Masked(NamedTuple):
    """A text as tokens, some of its words masked."""

    text: str
    ids: list[int]
    words: list[Piece]
    positions: list[int]


@register_augmentation("synonyms")
class Synonyms(Augmentation):
    """Replaces a share of the words by whole words that the checkpoint's own masked language model finds likely there.

    All chosen words of a text are masked at once, each by one mask, and a word is drawn from the five likeliest others
    by their probabilities. Words are replaced by words and Chinese or Japanese characters by such characters; figures
    stay, and a capital letter at a word's beginning too. What the model finds likely need not mean the same: "good" may
    become "bad". Keep the strength low where labels hang on single words, and look at the examples in the report.

    Raises:
        RecipeError: the checkpoint has lost the head of its masked language model, or its tokenizer knows no mask.
    """

    needs_checkpoint: ClassVar[bool] = True

    def check(self) -> None:
        from tltk.backbones import load_config, load_tokenizer, missing_masked_language_tensors

        if self.checkpoint is None:
            raise RecipeError(
                "The synonyms are a checkpoint's, and none is given.",
                where="augment.methods",
                hint="Create it with a checkpoint: Synonyms(folder).",
            )
        family = load_config(self.checkpoint)[0]
        if family.masked_language_head is None:
            raise RecipeError(
                f"Got 'synonyms' for a checkpoint of family {family.model_type!r}, whose masked language model is not "
                "read here.",
                where="augment.methods",
                hint="Leave synonyms out, or choose another backbone.",
            )
        missing = missing_masked_language_tensors(self.checkpoint)
        if missing:
            raise RecipeError(
                f"Got 'synonyms' for a checkpoint without the head of its masked language model "
                f"({len(missing)} tensors are missing, {missing[0]} the first).",
                where="augment.methods",
                hint="Leave synonyms out, or choose a backbone as it was pretrained (bert-base-uncased, "
                "distilroberta-base): most that were fine-tuned since have lost this head.",
            )
        if load_tokenizer(self.checkpoint).mask_token_id is None:
            raise RecipeError(
                "Got 'synonyms' for a checkpoint whose tokenizer has no mask token.",
                where="augment.methods",
                hint="Leave synonyms out, or choose another backbone.",
            )

    def edits(self, text: str, rng: np.random.Generator, strength: float) -> list[Edit]:
        return self.edits_of([text], [rng], strength)[0]

    def edits_of(self, texts: Sequence[str], rngs: Sequence[np.random.Generator], strength: float) -> list[list[Edit]]:
        masked = [self._mask(text, rng, strength) for text, rng in zip(texts, rngs, strict=True)]
        found: list[list[Edit]] = [[] for _ in masked]
        order = sorted(
            (place for place, row in enumerate(masked) if row.words), key=lambda place: len(masked[place].ids)
        )
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            logits = self._logits([masked[place] for place in places])
            for place, rows in zip(places, logits, strict=True):
                found[place] = self._replaced(masked[place], rows, rngs[place])
        return found

    def _mask(self, text: str, rng: np.random.Generator, strength: float) -> _Masked:
        encoded = self._tokenizer(text, truncation=True, max_length=self._longest, return_offsets_mapping=True)
        ids, tokens = list(encoded["input_ids"]), _Tokens(text, encoded["offset_mapping"])
        found = words(text)
        known = [(word, held) for word in found if _is_letters(text, word) and (held := tokens.of(word))]
        chosen = draw(known, rng, strength, of=len(found))
        positions = []
        for _, (first, last) in reversed(chosen):
            ids[first : last + 1] = [self._tokenizer.mask_token_id]
        shortened = 0
        for _, (first, last) in chosen:
            positions.append(first - shortened)
            shortened += last - first
        return _Masked(text, ids, [word for word, _ in chosen], positions)

    def _logits(self, batch: list[_Masked]) -> list[np.ndarray]:
        """Return for each text the logits of its masks, [masks, vocabulary]."""
        length = max(len(row.ids) for row in batch)
        inputs = {name: np.zeros((len(batch), length), np.int32) for name in self._model.backbone.config.inputs}
        inputs["input_ids"][:] = self._tokenizer.pad_token_id or 0
        for row, text in enumerate(batch):
            inputs["input_ids"][row, : len(text.ids)] = text.ids
            inputs["attention_mask"][row, : len(text.ids)] = 1
        counts = [len(text.positions) for text in batch]
        positions = np.concatenate([text.positions for text in batch])
        logits = np.asarray(self._model.logits(inputs, np.repeat(np.arange(len(batch)), counts), positions))
        return np.split(logits, np.cumsum(counts)[:-1])

    def _replaced(self, masked: _Masked, logits: np.ndarray, rng: np.random.Generator) -> list[Edit]:
        edits = []
        for word, row in zip(masked.words, logits, strict=True):
            old = masked.text[word.start : word.end]
            likeliest = self._candidates.likeliest(row, old, kind=word.kind, most=LIKELIEST)
            if likeliest:
                odds = np.exp([row[number] - row[likeliest[0][0]] for number, _ in likeliest], dtype=np.float64)
                drawn = likeliest[rng.choice(len(likeliest), p=odds / odds.sum())][1]
                edits.append(Edit(word.start, word.end, drawn[:1].upper() + drawn[1:] if old[:1].isupper() else drawn))
        return edits

    @cached_property
    def _tokenizer(self) -> Any:
        from tltk.backbones import load_tokenizer

        self.check()
        return load_tokenizer(self.checkpoint)  # type: ignore[arg-type]

    @cached_property
    def _model(self) -> Any:
        from tltk.backbones import load_masked_language_model

        return load_masked_language_model(self.checkpoint)  # type: ignore[arg-type]

    @cached_property
    def _candidates(self) -> Candidates:
        return Candidates(self._tokenizer, self._model.vocabulary_size)

    @property
    def _longest(self) -> int:
        return min(_LONGEST, self._model.backbone.config.max_positions)


class _Tokens:
    """The tokens of a text by their characters."""

    def __init__(self, text: str, offsets: Sequence[tuple[int, int]]) -> None:
        self._spans = [_stripped(text, start, end) for start, end in offsets]

    def of(self, word: Piece) -> tuple[int, int] | None:
        """Return the first and the last token of a word; None where tokens reach beyond it, or it was cut off."""
        held = [place for place, (start, end) in enumerate(self._spans) if start < word.end and end > word.start]
        if not held:
            return None
        first, last = self._spans[held[0]], self._spans[held[-1]]
        whole = first[0] == word.start and last[1] == word.end and held[-1] - held[0] + 1 == len(held)
        return (held[0], held[-1]) if whole else None


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a token's characters without the blanks that some tokenizers count to it."""
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _is_letters(text: str, word: Piece) -> bool:
    return word.kind == "character" or text[word.start : word.end].isalpha()
