"""Real rows made skewed: CLINC150's domains and CoNLL-2003's types of entities, most of them rare.

Validation and test rows stay as they are, or as many of each label: macro F1 minds rare labels as much as others.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.rows.words import TaggedWords, read_columns

FALL = 2 / 3
"""Training rows of a domain beside those of the one before."""

ENTITIES = {"LOC": 1500, "PER": 500, "ORG": 167, "MISC": 56}
"""The most entities of each type among the training sentences."""

_FIRST, _HELD_OUT = 1000, 100


def skewed_classes(folder: Path, seed: int) -> dict[str, Any]:
    """Return queries with one domain each, by split, and how many training rows each domain has."""
    return _queries(folder, seed, joined=False)


def skewed_sets(folder: Path, seed: int) -> dict[str, Any]:
    """Return texts of two queries with the domains of both, by split, and how many training rows each domain has."""
    return _queries(folder, seed, joined=True)


def skewed_tags(folder: Path, seed: int) -> dict[str, Any]:
    """Return sentences of tagged words, by split, and how many entities of each type there are to train on.

    Training sentences are drawn one after the other, those left out that would bring more than `ENTITIES` of a type,
    until the most frequent type has its share.
    """
    train, validation, test = (
        read_columns(folder / "conll2003" / f"{name}.txt", " ") for name in ("train", "valid", "test")
    )
    draw = np.random.default_rng(seed)
    counts = dict.fromkeys(ENTITIES, 0)
    chosen = []
    for place in draw.permutation(len(train)):
        brings = _entities(train[place])
        if all(counts[name] + brings[name] <= most for name, most in ENTITIES.items()):
            chosen.append(train[place])
            counts = {name: count + brings[name] for name, count in counts.items()}
        if counts["LOC"] == ENTITIES["LOC"]:
            break
    return {"train": _columns(chosen), "validation": _columns(validation), "test": _columns(test), "counts": counts}


def _entities(row: TaggedWords) -> dict[str, int]:
    return {name: row.tags.count(f"B-{name}") for name in ENTITIES}


def _columns(rows: list[TaggedWords]) -> dict[str, list[Any]]:
    return {"text": [list(row.words) for row in rows], "label": [list(row.tags) for row in rows]}


def _queries(folder: Path, seed: int, *, joined: bool) -> dict[str, Any]:
    document = json.loads((folder / "clinc150" / "data_full.json").read_text(encoding="utf-8"))
    domains = json.loads((folder / "clinc150" / "domains.json").read_text(encoding="utf-8"))
    domain_of = {intent: domain for domain, intents in domains.items() for intent in intents}
    draw = np.random.default_rng(seed)
    names = sorted(domains)
    data: dict[str, Any] = {}
    for split, own in (("train", "train"), ("validation", "val"), ("test", "test")):
        by_domain: dict[str, list[str]] = {name: [] for name in names}
        for text, intent in document[own]:
            by_domain[domain_of[intent]].append(text)
        chosen = []
        for position, name in enumerate(names):
            wanted = round(_FIRST * FALL**position) if split == "train" else _HELD_OUT
            texts = by_domain[name]
            chosen += [(texts[index], name) for index in draw.permutation(len(texts))[:wanted]]
        data[split] = (
            _joined(chosen, draw) if joined else {"text": [t for t, _ in chosen], "label": [n for _, n in chosen]}
        )
    labels = data["train"]["label"]
    flat = [name for label in labels for name in (label if isinstance(label, list) else [label])]
    return {**data, "counts": {name: flat.count(name) for name in names}}


def _joined(rows: list[tuple[str, str]], draw: np.random.Generator) -> dict[str, list[Any]]:
    """Join each query with another one drawn at random."""
    others = draw.permutation(len(rows))
    pairs = [(rows[index], rows[other]) for index, other in enumerate(others)]
    return {
        "text": [f"{one[0]} . {other[0]}" for one, other in pairs],
        "label": [sorted({one[1], other[1]}) for one, other in pairs],
    }
