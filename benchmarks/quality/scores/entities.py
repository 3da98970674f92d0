"""Figures of tagged words: entities by seqeval, tags by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.quality.rows.words import TaggedWords


def score_entities(rows: Sequence[TaggedWords], predicted: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return `entity_f1`, `entity_precision` and `entity_recall` over all entities, and two figures of single words.

    `token_micro` is the share of words whose tag is right, `token_macro` the mean F1 of all tags that occur in the
    rows, O among them. seqeval's default mode is conlleval's: an I- without its B- begins an entity.
    """
    from seqeval.metrics import f1_score, precision_score, recall_score
    from sklearn.metrics import accuracy_score
    from sklearn.metrics import f1_score as tag_f1

    true = [list(row.tags) for row in rows]
    given = [list(tags) for tags in predicted]
    flat_true = [tag for tags in true for tag in tags]
    flat_given = [tag for tags in given for tag in tags]
    tags = sorted(set(flat_true))
    return {
        "entity_f1": float(f1_score(true, given, zero_division=0)),
        "entity_precision": float(precision_score(true, given, zero_division=0)),
        "entity_recall": float(recall_score(true, given, zero_division=0)),
        "token_micro": float(accuracy_score(flat_true, flat_given)),
        "token_macro": float(tag_f1(flat_true, flat_given, labels=tags, average="macro", zero_division=0)),
    }
