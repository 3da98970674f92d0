"""Wrong answers, shown in their contexts."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tltk.evaluation.answers import RULES, score_answer

if TYPE_CHECKING:
    from tltk.data import Rows

NO_ANSWER = "(no answer)"
_AROUND = 160
_LISTED = 5


def answer_mistakes(
    predictions: Sequence[Mapping[str, Any]], rows: Rows, *, scoring: str, limit: int = 20
) -> list[dict[str, Any]]:
    """Return the wrong answers that cost most F1 and that the model was surest of, the worst first.

    Args:
        predictions: as the task question-answering makes them.
        rows: the questions with their contexts and answers.
        scoring: how answers are compared: "words" or "characters".
        limit: how many at the most.

    Returns:
        for each: `position`, `where`, `question`, `label` (the right answers), `predicted`, `score`,
        `f1`, `segments` (the context around both, what was predicted and what is right marked), and `table` (the best
        answers with their scores).
    """
    rule = RULES[scoring]
    right = rows.labels()
    figures = [
        score_answer(made["answer"], [answer["text"] for answer in accepted], rule)
        for made, accepted in zip(predictions, right, strict=True)
    ]
    wrong = [place for place, (exact, _) in enumerate(figures) if not exact]
    weights = [(1 - figures[place][1]) * predictions[place]["score"] for place in wrong]
    chosen = [place for _, place in sorted(zip(weights, wrong, strict=True), key=lambda pair: -pair[0])][:limit]
    return [
        {
            "position": place,
            "where": rows.where(place),
            "question": question,
            "label": " | ".join(dict.fromkeys(answer["text"] for answer in right[place])) or NO_ANSWER,
            "predicted": predictions[place]["answer"] or NO_ANSWER,
            "score": predictions[place]["score"],
            "f1": figures[place][1],
            "segments": segments(context, predictions[place], right[place]),
            "table": _best(predictions[place]),
        }
        for place, (question, context) in zip(chosen, rows.texts(chosen) if chosen else [], strict=True)
    ]


def segments(context: str, made: Mapping[str, Any], right: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the context around an answer and the right one, in pieces.

    A piece that was predicted is "right" or "wrong", one that was not but should have been is "missed"; what is far
    from all of them is left out.

    Example:
        >>> made = {"answer": "was Ada", "start": 3, "end": 10}
        >>> [piece.get("verdict") for piece in segments("It was Ada.", made, [{"text": "Ada", "start": 7}])]
        [None, 'wrong', 'right', None]
    """
    given = (made["start"], made["end"])
    spans = [(answer["start"], answer["start"] + len(answer["text"])) for answer in right]
    wanted = next((span for span in spans if span[0] < given[1] and given[0] < span[1]), spans[0] if spans else (0, 0))
    marked = [span for span in (given, wanted) if span[1] > span[0]]
    edges = {0, len(context), *(edge for span in marked for edge in span)}
    for start, end in marked:
        edges |= {max(0, start - _AROUND), min(len(context), end + _AROUND)}
    cuts = sorted(edges)
    pieces: list[dict[str, Any]] = []
    for start, end in itertools.pairwise(cuts):
        predicted, expected = _within(start, end, given), _within(start, end, wanted)
        if predicted or expected:
            verdict = "right" if predicted and expected else "wrong" if predicted else "missed"
            pieces.append({"text": context[start:end], "label": _WORDS[verdict], "verdict": verdict})
        elif not marked or any(start < span[1] + _AROUND and end > span[0] - _AROUND for span in marked):
            pieces.append({"text": context[start:end] if marked else context[: 2 * _AROUND]})
        else:
            pieces.append({"text": " … "})
    return pieces


_WORDS = {"right": "predicted and right", "wrong": "predicted", "missed": "right answer"}


def _within(start: int, end: int, span: tuple[int, int]) -> bool:
    return span[0] <= start and end <= span[1]


def _best(made: Mapping[str, Any]) -> dict[str, Any]:
    listed = [[one["answer"], one["score"]] for one in made["n_best"][:_LISTED]]
    if "no_answer_score" in made:
        listed = sorted([*listed, [NO_ANSWER, made["no_answer_score"]]], key=lambda row: -row[1])
    return {"columns": ["best answers", "probability"], "rows": listed}
