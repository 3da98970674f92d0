"""Entities of which a model learns nothing, because no token is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tltk.tasks.tagging.tagged_rows import TaggedRows

if TYPE_CHECKING:
    from tltk.data import Rows
    from tltk.data.word_places import Alignment


def told_of_untaught(rows: Rows, tagged: TaggedRows, alignment: Alignment, *, spans: bool) -> list[str]:
    """Return a sentence on the parts of entities that no token stands for; none where there are none.

    Their characters vanish in the tokenizer, or lie in one token with those of the part before.

    Args:
        rows: the rows.
        tagged: their parts.
        alignment: which tokens belong to which part.
        spans: whether a part is an entity as a whole, not a word of one.
    """
    taught = np.zeros(len(tagged.words), bool)
    taught[alignment.parts[alignment.parts >= 0]] = True
    of_entities = tagged.type_codes >= 0
    untaught = np.flatnonzero(of_entities & ~taught)
    if not len(untaught):
        return []
    of = "entities" if spans else "words of entities"
    row = int(np.searchsorted(tagged.words.offsets, untaught[0], side="right")) - 1
    return [
        f"{len(untaught)} of {int(of_entities.sum())} {of} teach nothing: the tokenizer drops their characters or puts "
        "them into one token with those before, or they lie beyond the longest input; the first in "
        f"{rows.where(row)}."
    ]
