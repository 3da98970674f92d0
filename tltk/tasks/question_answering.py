"""Extractive question answering: the piece of a context that answers a question, or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from tltk.errors import DataError, RecipeError
from tltk.evaluation import Evaluation
from tltk.recipe import DataSection
from tltk.tasks.answering.answers import Candidates, prediction, ranked
from tltk.tasks.answering.options import check_options
from tltk.tasks.answering.targets import answer_positions, told_of_answers
from tltk.tasks.labels import softmax
from tltk.tasks.registry import register_task
from tltk.tasks.task import Prediction, Task

if TYPE_CHECKING:
    import keras

    from tltk.data import Encoded, LabelKind, Layout, Rows
    from tltk.losses import LossSettings

_LOOKED_AT = 1000


@register_task("question-answering")
class QuestionAnswering(Task):
    """Finds the answer to a question in a context: two text columns, the question and then the context.

    A context that is too long is read in windows that overlap by `stride` tokens. Every window is trained on, one that
    does not hold the whole (first) answer as having none, but for those of a context of which no window holds it. The
    best span over all windows is the answer, cut out of the context as it was given, so that `answer ==
    context[start:end]`. As in BERT's question answering (Devlin et al. 2018) and the rules of SQuAD 1.1 and 2.0
    (Rajpurkar et al. 2016, 2018).

    Where training questions lack an answer, so may predictions: where the score of "no answer" (start plus end logit
    of [CLS], the least over the windows) is above that of the best span by more than `threshold_`, which is chosen on
    the validation rows for the best F1.

    Args:
        n_best: how many starts and ends of a window are paired, and how many answers a prediction lists, at least 1.
        max_answer_tokens: tokens of the longest answer, at least 1.
        stride: tokens that neighbouring windows share, at least 0; "auto" for a third of the longest input: 128 of 384,
            as in BERT's script for SQuAD.
        answerable: "auto" allows no answer where training rows have none; "always" never does.
        scoring: how answers are compared: "words" (SQuAD), "characters" (CMRC 2018, for Chinese), or "auto" by the
            share of Chinese and Japanese characters in the training contexts.

    Attributes:
        no_answers_: whether questions of the training rows lack an answer.
        scoring_: "words" or "characters".
        threshold_: see above; 0.0 until it is chosen.

    Raises:
        RecipeError: an argument out of range.

    Example:
        >>> QuestionAnswering(max_answer_tokens=60, stride=64).layout
        Layout(apart=False, stride=64, places=True)
    """

    default_head: ClassVar[str] = "span"
    takes: ClassVar[tuple[str, ...] | None] = ("spans",)
    headline: ClassVar[tuple[str, ...]] = ("f1", "exact_match")
    token_level: ClassVar[bool] = True
    fewest_texts: ClassVar[int] = 2

    def __init__(
        self,
        n_best: int = 20,
        max_answer_tokens: int = 30,
        stride: int | Literal["auto"] = "auto",
        answerable: str = "auto",
        scoring: str = "auto",
    ) -> None:
        super().__init__()
        check_options(
            n_best=n_best,
            max_answer_tokens=max_answer_tokens,
            stride=stride,
            answerable=answerable,
            scoring=scoring,
        )
        self.n_best = n_best
        self.max_answer_tokens = max_answer_tokens
        self.stride = stride
        self.answerable = answerable
        self.scoring = scoring
        self.no_answers_ = False
        self.scoring_ = "words" if scoring == "auto" else scoring
        self.threshold_ = 0.0

    def text_columns(self, data: DataSection) -> tuple[str, ...]:
        columns = (data.text,) if isinstance(data.text, str) else tuple(data.text)
        if len(columns) != 2:
            raise RecipeError(
                f"Got {len(columns)} text column(s); task {self.name!r} takes 2, the question and the context.",
                where="data.text",
                hint="Name them in this order: text: [question, context].",
            )
        return columns

    def label_kind(self, data: DataSection) -> LabelKind:
        from tltk.data import AnswersKind

        return AnswersKind()

    @property
    def layout(self) -> Layout:
        from tltk.data import Layout

        return Layout(stride=self.stride, places=True)

    @property
    def units(self) -> int:
        return 2

    def fit(self, rows: Rows) -> QuestionAnswering:
        answered = [bool(answers) for answers in rows.labels()]
        if not any(answered):
            raise DataError(
                f"None of the {len(rows)} training questions has an answer.",
                where=rows.where(0) if len(rows) else rows.source.name,
                hint="Check data.label; give rows with answers.",
            )
        self.no_answers_ = self.answerable == "auto" and not all(answered)
        if self.scoring == "auto":
            from tltk.evaluation.cmrc import east_asian_share

            contexts = dict.fromkeys(context for _, context in rows.texts(range(min(len(rows), _LOOKED_AT))))
            self.scoring_ = "characters" if east_asian_share("".join(contexts)) > 0.3 else "words"
        return self

    def check(self, rows: Rows) -> None:
        """Answers were held against their contexts when they were read."""

    def targets(self, rows: Rows, encoded: Encoded | None = None) -> dict[str, Any]:
        """Return `labels`: int32 [windows, 2], the first and last token of the first answer.

        [CLS] where a window does not hold it, -1 for none where no window of its context does.
        """
        if encoded is None:
            raise ValueError("The targets of questions lie on tokens; pass the encoded rows.")
        return {"labels": answer_positions(rows, encoded)}

    def learn_from_encoded(self, encoded: Encoded, rows: Rows | None = None) -> list[str]:
        return told_of_answers(encoded, max_tokens=self.max_answer_tokens)

    def loss(self, settings: LossSettings | None = None) -> keras.losses.Loss:
        from tltk.losses import SpanCrossEntropy

        return SpanCrossEntropy(settings)

    def metrics(self) -> list[keras.metrics.Metric]:
        """Return the share of windows whose span is found (`exact_position`), and of the starts and ends by themselves.

        By the greatest logit of all tokens; answers and their F1 are measured after training.
        """
        from tltk.metrics import ExactPosition

        return [ExactPosition(part) for part in ("both", "start", "end")]

    def activation(self, outputs: np.ndarray) -> np.ndarray:
        """Return the probabilities of the positions: of logits [rows, length, 2] their softmax over the length."""
        return softmax(outputs, axis=-2)

    def probabilities(self) -> keras.layers.Layer:
        """Return the layer that gives the logits, [rows, length, 2], as they are: an answer is decoded from them."""
        import keras

        return keras.layers.Activation("linear", dtype="float32", name="logits")

    def decode(
        self, outputs: np.ndarray, *, rows: Rows | None = None, encoded: Encoded | None = None
    ) -> list[Prediction]:
        """Return, for each question, its best answer.

        `answer` ("" for none), `score` (its probability among those listed), `start` and `end` (characters of the
        context), and `n_best`, the best answers, each with the same four. Where no answer is possible also
        `no_answer_score`.
        """
        return [
            prediction(candidates, threshold=self.threshold_ if self.no_answers_ else None)
            for candidates in self._candidates(outputs, rows, encoded)
        ]

    def evaluate(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> Evaluation:
        from tltk.evaluation import evaluate_answers
        from tltk.evaluation.scorable import check_finite

        check_finite(outputs, of="tokens")
        given = [made["answer"] for made in self.decode(outputs, rows=rows, encoded=encoded)]
        return evaluate_answers(given, _right(rows), scoring=self.scoring_)

    def choose_thresholds(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> bool:
        from tltk.evaluation.answers import RULES, best_threshold, score_answer

        right = _right(rows)
        if not self.no_answers_ or all(right):
            return False
        rule = RULES[self.scoring_]
        found = self._candidates(outputs, rows, encoded)
        answered = [score_answer(one.best, accepted, rule)[1] for one, accepted in zip(found, right, strict=True)]
        left = [score_answer("", accepted, rule)[1] for accepted in right]
        self.threshold_ = best_threshold(np.array([one.margin for one in found]), np.array(answered), np.array(left))
        return True

    def mistakes(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
        limit: int = 20,
    ) -> list[dict[str, Any]]:
        from tltk.evaluation.answer_mistakes import answer_mistakes

        assert rows is not None
        predictions = self.decode(outputs, rows=rows, encoded=encoded)
        return answer_mistakes(predictions, rows, scoring=self.scoring_, limit=limit)

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "n_best": self.n_best,
            "max_answer_tokens": self.max_answer_tokens,
            "stride": self.stride,
            "answerable": self.answerable,
            "scoring": self.scoring,
            "no_answers_": self.no_answers_,
            "scoring_": self.scoring_,
            "threshold_": self.threshold_,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> QuestionAnswering:
        task = cls(**{key: value for key, value in config.items() if key != "name" and not key.endswith("_")})
        task.no_answers_ = bool(config["no_answers_"])
        task.scoring_ = str(config["scoring_"])
        task.threshold_ = float(config["threshold_"])
        return task

    def _candidates(self, outputs: np.ndarray, rows: Rows | None, encoded: Encoded | None) -> list[Candidates]:
        if rows is None or encoded is None:
            raise ValueError("Answers are cut out of contexts; pass the rows and the encoded rows.")
        contexts = [context for _, context in rows.texts()]
        return ranked(encoded, outputs, contexts, n_best=self.n_best, max_tokens=self.max_answer_tokens)


def _right(rows: Rows | None) -> list[list[str]]:
    """Return the texts of the right answers of each question."""
    assert rows is not None
    return [[answer["text"] for answer in answers] for answers in rows.labels()]
