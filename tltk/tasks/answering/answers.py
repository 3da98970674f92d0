"""Candidate answers of each question, ranked, and the prediction that is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tltk.data import Encoded
from tltk.tasks.answering.spans import best_spans, next_token, no_answer_scores, trimmed
from tltk.tasks.graphemes import grapheme_end
from tltk.tasks.labels import softmax


class Answer(NamedTuple):
    """A piece of a context.

    Args:
        text: `context[start:end]`.
        start: first character.
        end: the character after the last.
        score: start logit plus end logit.
    """

    text: str
    start: int
    end: int
    score: float


class Candidates(NamedTuple):
    """The answers that may be given to a question, the best first, and the score of none."""

    answers: list[Answer]
    no_answer: float

    @property
    def best(self) -> str:
        """Text of the best answer; "" where the context has none to give."""
        return self.answers[0].text if self.answers else ""

    @property
    def margin(self) -> float:
        """By how much the score of no answer is above that of the best one."""
        return self.no_answer - self.answers[0].score if self.answers else 0.0


def ranked(
    encoded: Encoded, outputs: np.ndarray, contexts: Sequence[str], *, n_best: int, max_tokens: int
) -> list[Candidates]:
    """Return the `n_best` different answers of each question over all of its windows.

    White space at the ends of an answer is not part of it; marks on its last letter are, where no token has them.

    Args:
        encoded: the windows, with their places.
        outputs: float32 [tokens, 2], start and end logits of all windows end to end.
        contexts: the context of each question.
        n_best: answers of a question at the most.
        max_tokens: tokens of the longest answer.
    """
    spans = best_spans(encoded, outputs, n_best=n_best, max_tokens=max_tokens)
    none = no_answer_scores(encoded, outputs, len(contexts)).tolist()
    bounds = np.searchsorted(spans.examples, np.arange(len(contexts) + 1))
    examples = np.asarray(encoded.rows)
    columns = (spans.starts.tolist(), spans.ends.tolist(), spans.scores.tolist())
    found = []
    for example, context in enumerate(contexts):
        answers: dict[tuple[int, int], Answer] = {}
        for place in range(bounds[example], bounds[example + 1]):
            start, end = trimmed(context, columns[0][place], columns[1][place])
            if grapheme_end(context, end) > end:
                windows = range(*np.searchsorted(examples, (example, example + 1)))
                end = grapheme_end(context, end, next_token(encoded, windows, end))
            # The same span comes from every window that sees it: the first one is the best.
            if end > start and (start, end) not in answers:
                answers[start, end] = Answer(context[start:end], start, end, columns[2][place])
                if len(answers) == n_best:
                    break
        found.append(Candidates(list(answers.values()), none[example]))
    return found


def prediction(candidates: Candidates, *, threshold: float | None) -> dict[str, Any]:
    """Return what a user gets for a question.

    Scores are the softmax over the listed answers and, where no answer is possible, no answer, whose score the
    threshold is taken from: it wins just where it is above the best answer by more than the threshold.

    Args:
        candidates: the answers.
        threshold: by how much no answer must be above the best one; None where there must be an answer.

    Example:
        >>> prediction(Candidates([Answer("Ada", 7, 10, 3.0)], 1.0), threshold=None)["answer"]
        'Ada'
        >>> prediction(Candidates([Answer("Ada", 7, 10, 3.0)], 5.0), threshold=0.5)["answer"]
        ''
    """
    scores = [answer.score for answer in candidates.answers]
    if threshold is not None:
        scores.append(candidates.no_answer - threshold)
    probabilities = softmax(np.array(scores)).tolist()
    listed = [
        {"answer": answer.text, "score": score, "start": answer.start, "end": answer.end}
        for answer, score in zip(candidates.answers, probabilities, strict=False)
    ]
    none = {"answer": "", "score": probabilities[-1] if threshold is not None else 0.0, "start": 0, "end": 0}
    left = not listed or (threshold is not None and candidates.margin > threshold)
    chosen = none if left else listed[0]
    no_answer = {} if threshold is None else {"no_answer_score": none["score"]}
    return {**chosen, **no_answer, "n_best": listed}
