"""From raw outputs of tokens to a tag for each unit: for each word, or each token where nobody has divided the text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tltk.data.tag_schemes import Marks, read_tags
from tltk.data.token_places import TokenPlaces
from tltk.data.word_places import SHIFT, Alignment, WordPlaces
from tltk.tasks.labels import softmax
from tltk.tasks.tagging.paths import path_probabilities
from tltk.tasks.tagging.tag_set import TagSet


@dataclass(frozen=True, eq=False)
class TaggedUnits:
    """The units of many texts that got a tag, in order.

    Args:
        examples: number of each unit's example, never falling.
        starts, ends: characters of each unit.
        numbers: number of each unit's word.
        tokens: index of the token that speaks for each unit.
        tags: number of each unit's tag, int64.
        probabilities: of all tags, float64 [units, tags].
    """

    examples: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    numbers: np.ndarray
    tokens: np.ndarray
    tags: np.ndarray
    probabilities: np.ndarray

    @classmethod
    def of(cls, outputs: np.ndarray, tokens: TokenPlaces, words: WordPlaces | None) -> TaggedUnits:
        """Return the tag of each word, that of its first token.

        Where `words` is None, of each token of text; tokens that share a character (bytes of an emoji) are one unit.
        Each token is read in the window where it has most context on its shorter side.

        Args:
            outputs: of all tokens: logits [tokens, tags], whose largest counts; or edges [tokens, tags, tags] of a
                conditional random field, whose best path through the whole text counts.
            tokens: where they lie.
            words: the words; one without a token gets no tag.
        """
        once = tokens.once()
        if words is None:
            words = _words_of_tokens(tokens, once)
        alignment = Alignment(tokens, words)
        chosen = once[alignment.is_first[once]]
        numbers = alignment.parts[chosen]
        if outputs.ndim == 3:
            chain, lengths = chains(tokens, once)
            paths, marginals = path_probabilities(outputs[chain], lengths)
            place = np.zeros(len(tokens.rows), np.int64)
            place[chain] = np.arange(len(chain))
            tags, probabilities = paths[place[chosen]], marginals[place[chosen]]
        else:
            probabilities = softmax(outputs[chosen]) if len(chosen) else np.zeros((0, outputs.shape[-1]))
            tags = probabilities.argmax(axis=-1)
        examples = tokens.examples[chosen]
        return cls(examples, words.starts[numbers], words.ends[numbers], numbers, chosen, tags, probabilities)

    @property
    def firsts(self) -> np.ndarray:
        """Whether each unit is the first of its example."""
        return np.concatenate([[True], np.diff(self.examples) != 0]) if len(self.examples) else np.zeros(0, bool)

    def marks(self, tag_set: TagSet) -> Marks:
        """Return what the tags mean, read as conlleval reads them."""
        return read_tags(tag_set.prefixes[self.tags], tag_set.type_numbers[self.tags], self.firsts)


def _words_of_tokens(tokens: TokenPlaces, once: np.ndarray) -> WordPlaces:
    """Return the characters of tokens as words, those of tokens that share some as one."""
    once = once[tokens.ends[once] > tokens.starts[once]]
    count = int(tokens.examples[-1]) + 1 if len(tokens.examples) else 0
    examples = tokens.examples[once]
    before = examples << SHIFT
    reached = np.maximum.accumulate(before + tokens.ends[once]) if len(once) else before
    new = np.concatenate([[True], before[1:] + tokens.starts[once][1:] >= reached[:-1]]) if len(once) else before > 0
    firsts = np.flatnonzero(new)
    lasts = np.concatenate([firsts[1:], [len(once)]])[: len(firsts)] - 1
    counts = np.bincount(examples[firsts], minlength=count)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return WordPlaces(offsets, tokens.starts[once[firsts]], (reached - before)[lasts])


def chains(tokens: TokenPlaces, once: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each text as one row would hold it: tokens in order, with the special ones before and after it.

    Returns:
        Indices of tokens, the texts end to end, and the length of each text's chain.
    """
    count = int(tokens.examples[-1]) + 1 if len(tokens.examples) else 0
    rows = int(tokens.rows[-1]) + 1 if len(tokens.rows) else 0
    index = np.arange(len(tokens.rows))
    text = np.flatnonzero(tokens.is_text)
    first_text, last_text = np.full(rows, len(index)), np.full(rows, -1)
    np.minimum.at(first_text, tokens.rows[text], text)
    np.maximum.at(last_text, tokens.rows[text], text)
    first_row, last_row = np.full(count, rows), np.full(count, -1)
    np.minimum.at(first_row, tokens.examples, tokens.rows)
    np.maximum.at(last_row, tokens.examples, tokens.rows)
    special = ~tokens.is_text
    leads = special & (tokens.rows == first_row[tokens.examples]) & (index < first_text[tokens.rows])
    trails = special & (tokens.rows == last_row[tokens.examples]) & (index > last_text[tokens.rows]) & ~leads
    chosen = np.concatenate([np.flatnonzero(leads), once, np.flatnonzero(trails)])
    part = np.repeat([0, 1, 2], [leads.sum(), len(once), trails.sum()])
    order = np.lexsort((np.where(part == 1, tokens.positions[chosen], chosen), part, tokens.examples[chosen]))
    chosen = chosen[order]
    return chosen, np.bincount(tokens.examples[chosen], minlength=count)
