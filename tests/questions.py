"""Made questions about made contexts, in SQuAD's layout, that a tiny model can learn in seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

THINGS = ("film", "story", "script", "plot", "movie", "actors")
WORDS = ("dull", "funny", "honest", "boring", "gripping", "lifeless")


def make_squad(articles: int = 20, *, unanswerable: float = 0.0, seed: int = 0) -> dict[str, Any]:
    """Return a document of articles of one paragraph and two questions each; a share of them has no answer."""
    draw = np.random.default_rng(seed)
    data = []
    for article in range(articles):
        things = draw.choice(THINGS, 4, replace=False)
        words = draw.choice(WORDS, 3, replace=False)
        context = " , ".join(f"the {thing} is {word}" for thing, word in zip(things[:3], words, strict=True))
        context = f"{article} . {context} ."
        questions = []
        for number in range(2):
            place = int(draw.integers(3))
            none = draw.random() < unanswerable
            start = context.index(f"the {things[place]} is ") + len(f"the {things[place]} is ")
            asked = {
                "id": f"q{article}-{number}",
                "question": f"what is the {things[3] if none else things[place]} {article * 2 + number} ?",
                "answers": [] if none else [{"text": str(words[place]), "answer_start": start}],
            }
            questions.append({**asked, "is_impossible": none} if unanswerable else asked)
        data.append({"title": f"Article {article}", "paragraphs": [{"context": context, "qas": questions}]})
    return {"version": "made", "data": data}


def write_squad(path: Path, articles: int = 20, **options: Any) -> Path:
    """Write such a document; return the path."""
    path.write_text(json.dumps(make_squad(articles, **options), ensure_ascii=False), encoding="utf-8")
    return path


def squad_recipe(checkpoint: Path, path: Path, **train: Any) -> dict[str, Any]:
    """Return a recipe that trains the tiny checkpoint on such a file in seconds."""
    return {
        "name": "questions",
        "task": {"name": "question-answering", "options": {"stride": 8, "n_best": 5}},
        "backbone": {"name": str(checkpoint), "max_length": 32},
        "train": {"epochs": 1, "batch_size": 16, "learning_rate": 1e-2, "precision": "float32", **train},
        "data": {
            "source": "squad",
            "path": str(path),
            "text": ["question", "context"],
            "label": "answers",
            "split": {"validation": 0.2, "test": 0.2},
        },
    }
