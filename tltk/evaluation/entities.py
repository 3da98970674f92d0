"""Figures of entities, by seqeval, and of single tags, by scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from tltk.errors import DataError
from tltk.evaluation.evaluation import Evaluation


def evaluate_entities(
    true: Sequence[Sequence[str]],
    found: Sequence[Sequence[str]],
    *,
    units: tuple[Sequence[str], Sequence[str]],
    types: Sequence[str],
) -> Evaluation:
    """Score predicted tags against true ones.

    An entity is right where its words and its type are; `precision`, `recall` and `f1` count over all entities (micro
    average), `f1_macro` is the mean over types, all of them seqeval's with its defaults, which are those of conlleval.
    `accuracy` is the share of units (words, or tokens) whose tag is right, which is also the micro average over
    tags; `tag_f1_macro` the mean F1 of the tags that occur, O among them.

    Args:
        true: tags of each text, every one but O with a prefix: BIO, of which every entity can be read.
        found: predicted tags of the same parts, likewise.
        units: true and predicted tags of all units.
        types: types of entities, for the table.

    Raises:
        DataError: there are no units to compare.

    Example:
        >>> true, found = [["B-PER", "I-PER", "O"]], [["B-PER", "O", "O"]]
        >>> evaluation = evaluate_entities(true, found, units=(true[0], found[0]), types=["PER"])
        >>> evaluation.metrics["f1"], round(evaluation.metrics["accuracy"], 3)
        (0.0, 0.667)
    """
    from seqeval.metrics.sequence_labeling import precision_recall_fscore_support

    if not len(units[0]):
        raise DataError("There are no words to evaluate.", hint="Give test or validation rows that have some.")
    sequences = [list(tags) for tags in true], [list(tags) for tags in found]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of figures that are not defined
        micro, macro = (
            precision_recall_fscore_support(*sequences, average=average, zero_division=0)
            for average in ("micro", "macro")
        )
    accuracy, tag_f1_macro, table = _of_tags(*units)
    return Evaluation(
        metrics={
            "f1": float(micro[2]),
            "precision": float(micro[0]),
            "recall": float(micro[1]),
            "f1_macro": None if np.isnan(macro[2]) else float(macro[2]),
            "accuracy": accuracy,
            "tag_f1_macro": tag_f1_macro,
        },
        n=len(true),
        notes={"f1_macro": "Not defined: there are no entities, true or found."} if np.isnan(macro[2]) else {},
        labels=list(types),
        per_class=_per_type(*sequences, types),
        tables=[table],
        of_examples=False,  # `accuracy` counts tags, which are not independent within a sentence
    )


def _per_type(true: list[list[str]], found: list[list[str]], types: Sequence[str]) -> list[dict[str, Any]]:
    from seqeval.metrics import classification_report

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = classification_report(true, found, output_dict=True, zero_division=0)
    rows = []
    for name in types:
        figures = report.get(name)
        defined = figures is not None
        rows.append(
            {
                "label": name,
                "precision": float(figures["precision"]) if defined else None,
                "recall": float(figures["recall"]) if defined and figures["support"] else None,
                "f1": float(figures["f1-score"]) if defined else None,
                "support": int(figures["support"]) if defined else 0,
            }
        )
    return rows


def _of_tags(true: Sequence[str], found: Sequence[str]) -> tuple[float, float, dict[str, Any]]:
    """Return accuracy, macro F1 over the true tags, and a table of all tags."""
    from sklearn.metrics import precision_recall_fscore_support

    names = sorted(set(true), key=lambda name: (name == "O", name.partition("-")[::-1]))
    precision, recall, f1, support = precision_recall_fscore_support(true, found, labels=names, zero_division=0)
    accuracy = float(np.mean(np.array(true, object) == np.array(found, object)))
    rows: list[list[Any]] = [
        [name, *map(float, figures), int(count)]
        for name, *figures, count in zip(names, precision, recall, f1, support, strict=True)
    ]
    rows.append(["all (micro)", accuracy, accuracy, accuracy, len(true)])
    rows.append(["all (macro)", *(float(np.mean(column)) for column in (precision, recall, f1)), len(true)])
    return (
        accuracy,
        float(np.mean(f1)),
        {
            "title": "Single tags",
            "columns": ["tag", "precision", "recall", "F1", "support"],
            "rows": rows,
            "note": "One tag a word (or token), however entities come out; the micro average is the accuracy.",
        },
    )
