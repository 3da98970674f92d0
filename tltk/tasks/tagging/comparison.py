"""True and predicted tags of the same units, and of the same characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tltk.data.tag_schemes import Marks, join_tag, prefixes_of
from tltk.data.token_places import TokenPlaces
from tltk.data.word_places import WordPlaces
from tltk.tasks.tagging.entities import entities_of
from tltk.tasks.tagging.tag_set import TagSet
from tltk.tasks.tagging.tagged_rows import TaggedRows
from tltk.tasks.tagging.tagged_units import TaggedUnits
from tltk.tasks.tagging.token_labels import marks_of_words, tags_of_words

if TYPE_CHECKING:
    from tltk.data import Rows


@dataclass(frozen=True)
class Compared:
    """Tags in lists, one list a text.

    Args:
        true, found: BIO tags of parts of the texts, the same parts in both, by which entities are compared: another
            scheme may say less of them than the labels do.
        units: true and found tags of all units, by which single tags are compared.
    """

    true: list[list[str]]
    found: list[list[str]]
    units: tuple[list[str], list[str]]


def compare(
    tokens: TokenPlaces,
    outputs: np.ndarray,
    tagged: TaggedRows,
    tags: TagSet,
    *,
    rows: Rows,
    labels: np.ndarray | None,
) -> Compared:
    """Return the tags of labelled rows beside those that outputs mean.

    Args:
        tokens: where the tokens of the encoded rows lie.
        outputs: raw outputs of all tokens.
        tagged: what the rows' labels say.
        tags: the model's tags.
        rows: the rows.
        labels: the targets of all tokens where labels are entities by their characters; None where they are tags of
            words.
    """
    if labels is None:
        units = TaggedUnits.of(outputs, tokens, tagged.words)
        marks, found = tagged.marks_in(tags, rows), marks_of_words(tagged.words, units, tags)
        by_text = [_in_bio(some, tags.types, tagged.words) for some in (marks, found)]
        true = np.array(tags.labels, object)[tags.numbers(marks)].tolist()
        alone = np.array(tags_of_words(found, tags), object)
        if tags.scheme != "bioes":  # where the first piece of a word may begin what the whole word is
            # Single tags count as the model gives them, entities as they are read.
            alone[units.numbers] = np.array(tags.labels, object)[units.tags]
        return Compared(by_text[0], by_text[1], (true, alone.tolist()))
    units = TaggedUnits.of(outputs, tokens, None)
    texts = rows.texts()
    given = true_entities(tagged, texts)
    pairs = [by_parts(*both) for both in zip(given, entities_of(units, tags, texts), strict=True)]
    names = np.array(tags.labels, object)
    single = (names[labels[units.tokens]].tolist(), names[units.tags].tolist())
    return Compared([true for true, _ in pairs], [found for _, found in pairs], single)


def true_entities(tagged: TaggedRows, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Return the entities that labels name, as characters of each text: `start`, `end`, `label`."""
    entities: list[list[dict[str, Any]]] = [[] for _ in texts]
    marks, words = tagged.marks, tagged.words
    examples = words.examples
    for first, last in zip(np.flatnonzero(marks.begins).tolist(), np.flatnonzero(marks.ends).tolist(), strict=True):
        place = {"start": int(words.starts[first]), "end": int(words.ends[last])}
        entities[examples[first]].append({**place, "label": tagged.types[marks.types[first]]})
    return entities


def by_parts(true: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Return BIO tags of the parts into which the ends of all entities divide a text.

    Two entities are the same in these tags exactly where their characters and labels are the same.

    Example:
        >>> by_parts([{"start": 0, "end": 8, "label": "LOC"}], [{"start": 0, "end": 3, "label": "LOC"}])
        (['B-LOC', 'I-LOC'], ['B-LOC', 'O'])
    """
    ends = sorted({place for entity in (*true, *found) for place in (entity["start"], entity["end"])})
    number = {place: part for part, place in enumerate(ends)}

    def tags(entities: Sequence[Mapping[str, Any]]) -> list[str]:
        written = ["O"] * max(len(ends) - 1, 0)
        for entity in entities:
            first, last = number[entity["start"]], number[entity["end"]]
            written[first:last] = [f"B-{entity['label']}", *[f"I-{entity['label']}"] * (last - first - 1)]
        return written

    return tags(true), tags(found)


def _in_bio(marks: Marks, types: Sequence[str], words: WordPlaces) -> list[list[str]]:
    """Return the BIO tags of each text's words."""
    names = (*types, "")
    prefixes = prefixes_of(marks, "bio").tolist()
    flat = [join_tag(prefix, names[type_]) for prefix, type_ in zip(prefixes, marks.types.tolist(), strict=True)]
    return [flat[first:last] for first, last in pairwise(words.offsets.tolist())]
