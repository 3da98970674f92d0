"""Questions whose answers stand in a context, in files of SQuAD 1.1's layout."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Question:
    """A question, its context, and the answers that people gave.

    Args:
        key: its id.
        question: the question.
        context: the text that holds the answer.
        answers: every answer that counts as right, the first one to be trained on.
        starts: where each answer begins in the context, in characters.
        article: number of the article that the context is from.
    """

    key: str
    question: str
    context: str
    answers: tuple[str, ...]
    starts: tuple[int, ...]
    article: int


def read_squad(path: Path) -> list[Question]:
    """Return the questions of a file, in its order.

    Raises:
        ValueError: an answer does not stand where the file says; names file and question.
    """
    rows = []
    for number, article in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                answers = tuple(answer["text"] for answer in asked["answers"])
                starts = tuple(answer["answer_start"] for answer in asked["answers"])
                for answer, start in zip(answers, starts, strict=True):
                    if not paragraph["context"].startswith(answer, start):
                        raise ValueError(f"{path}: question {asked['id']}: {answer!r} is not at {start}.")
                rows.append(Question(asked["id"], asked["question"], paragraph["context"], answers, starts, number))
    return rows
