"""A few hundred made sentences with entities that a tiny model can learn in seconds."""

from __future__ import annotations

import numpy as np

PEOPLE = ("brown", "fox", "lazy dog")
PLACES = ("café", "北京", "city of story")
FILLERS = ("the film with", "is told in", "a moving plot of", "nobody minds", "and they said", "far too long")


def make_sentences(rows: int = 300, seed: int = 0) -> dict[str, list[list[str]]]:
    """Return columns words and tags (BIO; PER and LOC), no sentence twice."""
    draw = np.random.default_rng(seed)
    columns: dict[str, list[list[str]]] = {"words": [], "tags": []}
    for row in range(rows):
        words, tags = [str(row)], ["O"]
        for _ in range(draw.integers(1, 4)):
            filler = draw.choice(FILLERS).split()
            kind, names = (("PER", PEOPLE), ("LOC", PLACES))[draw.integers(2)]
            name = draw.choice(names).split()
            words += [*filler, *name]
            tags += ["O"] * len(filler) + [f"B-{kind}", *[f"I-{kind}"] * (len(name) - 1)]
        columns["words"].append(words)
        columns["tags"].append(tags)
    return columns


def as_spans(columns: dict[str, list[list[str]]]) -> dict[str, list]:
    """Return the sentences as texts with entities by their characters."""
    texts, labels = [], []
    for words, tags in zip(columns["words"], columns["tags"], strict=True):
        starts = np.cumsum([0, *(len(word) + 1 for word in words)]).tolist()
        entities: list[list] = []
        for word, tag, start in zip(words, tags, starts, strict=False):
            if tag[0] == "B":
                entities.append([start, start + len(word), tag[2:]])
            elif tag[0] == "I":
                entities[-1][1] = start + len(word)
        texts.append(" ".join(words))
        labels.append(entities)
    return {"words": texts, "tags": labels}


def tagging_recipe(checkpoint, max_length: int = 64, **options) -> dict:
    """Return a recipe that trains the tiny checkpoint on such sentences, given as data in memory."""
    return {
        "name": "tiny",
        "task": {"name": "token-classification", "options": {"stride": 4, **options}},
        "backbone": {"name": str(checkpoint), "max_length": max_length},
        "train": {"epochs": 15, "batch_size": 16, "learning_rate": 2e-2, "precision": "float32"},
        "data": {"source": "memory", "text": "words", "label": "tags", "split": {"validation": 0.2, "test": 0.2}},
    }
