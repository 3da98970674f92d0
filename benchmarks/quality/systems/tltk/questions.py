"""tltk on questions about contexts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality.rows.questions import Question
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.tltk.training import fit, recipe
from benchmarks.quality.trained import Trained


def train(rows: Sequence[Question], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train the task question-answering with its default head."""
    options = {"stride": settings.stride, "max_answer_tokens": settings.answer_tokens}
    task = {"name": "question-answering", "options": options}
    data = {"text": ["question", "context"], "label": "answers"}
    columns = {
        "question": [row.question for row in rows],
        "context": [row.context for row in rows],
        "answers": [{"text": list(row.answers), "answer_start": list(row.starts)} for row in rows],
    }
    fitted = fit(recipe(task, data, settings, seed, checkpoint), columns)

    def predict(asked: Sequence[Question]) -> dict[str, str]:
        found = fitted.run.predict([(row.question, row.context) for row in asked])
        return {row.key: made["answer"] for row, made in zip(asked, found, strict=True)}

    return Trained(predict, fitted.seconds, len(rows) * settings.epochs / fitted.seconds)
