"""Entities: what tagged units make, as characters of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tltk.tasks.graphemes import grapheme_end
from tltk.tasks.tagging.tag_set import TagSet
from tltk.tasks.tagging.tagged_units import TaggedUnits


def entities_of(units: TaggedUnits, tag_set: TagSet, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Return the entities of each text, in order.

    Each is `{"label", "text", "start", "end", "score"}`: characters of the text, `end` excluded, and the mean
    probability of the tags of its units. White space at its ends is not part of it; marks on its last letter are, where
    no unit has them.
    """
    marks = units.marks(tag_set)
    found: list[list[dict[str, Any]]] = [[] for _ in texts]
    firsts, lasts = np.flatnonzero(marks.begins), np.flatnonzero(marks.ends)
    chosen = units.probabilities[np.arange(len(units.tags)), units.tags]
    sums = np.concatenate([[0.0], np.cumsum(chosen)])
    scores = (sums[lasts + 1] - sums[firsts]) / (lasts + 1 - firsts)
    following = np.append(units.starts, 0)[1:]
    goes_on = np.append(units.examples, -1)[1:] == units.examples
    for first, last, score in zip(firsts.tolist(), lasts.tolist(), scores.tolist(), strict=True):
        example = int(units.examples[first])
        start, end = int(units.starts[first]), int(units.ends[last])
        part = texts[example][start:end]
        start, end = start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
        if start < end:
            end = grapheme_end(texts[example], end, int(following[last]) if goes_on[last] else None)
            label = tag_set.types[marks.types[first]]
            entity = {"label": label, "text": texts[example][start:end], "start": start, "end": end}
            found[example].append({**entity, "score": min(score, 1.0)})
    return found
