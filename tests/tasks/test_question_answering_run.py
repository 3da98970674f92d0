"""Questions from a file of SQuAD's layout to a Bundle, and what can be done with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import tltk
from tests.questions import make_squad, squad_recipe, write_squad
from tests.tasks.run_contract import TaskRunContract
from tltk.cli import main
from tltk.errors import DataError
from tltk.run import Run

PAIR = ("what is the film 3 ?", "3 . the film is dull , the plot is funny , the story is boring .")


def columns(document: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the questions of a document as columns."""
    paragraphs = [paragraph for article in document["data"] for paragraph in article["paragraphs"]]
    asked = [(question, paragraph["context"]) for paragraph in paragraphs for question in paragraph["qas"]]
    return {
        "question": [question["question"] for question, _ in asked],
        "context": [context for _, context in asked],
        "answers": [question["answers"] for question, _ in asked],
    }


class TestQuestionsRun(TaskRunContract):
    task: ClassVar[dict[str, Any]] = {"name": "question-answering", "options": {"n_best": 5}}
    changes: ClassVar[dict[str, Any]] = {
        "data__text": ["question", "context"],
        "data__label": "answers",
        "train__epochs": 1,
    }

    def data(self) -> dict[str, list[Any]]:
        return columns(make_squad(30, unanswerable=0.3))

    def inputs(self) -> list[Any]:
        return [PAIR, (PAIR[0], PAIR[1] * 5)]

    def exported(self, run: Run, raw: np.ndarray) -> np.ndarray:
        return raw

    def test_one_question_in_every_form(self, run: Run) -> None:
        expected = run.predict([PAIR])[0]
        assert run.predict(PAIR) == expected
        assert run.predict({"question": PAIR[0], "context": PAIR[1]}) == expected
        assert list(run.predict(iter([PAIR]))) == [expected]
        assert expected["text"] == list(PAIR)
        assert set(expected) == {"text", "answer", "score", "start", "end", "no_answer_score", "n_best"}
        for found in (expected, *expected["n_best"]):
            assert found["answer"] == PAIR[1][found["start"] : found["end"]]

    def test_the_threshold_is_kept_by_the_bundle(self, run: Run) -> None:
        written = json.loads((run.path / "bundle" / "tltk.json").read_text(encoding="utf-8"))["task"]
        assert written["no_answers_"] is True
        assert written["threshold_"] == run.bundle.task.threshold_ == tltk.load(run.path).task.threshold_

    def test_the_encoder_is_a_question_answering_class_with_the_same_logits(self, run: Run) -> None:
        torch = pytest.importorskip("torch", reason="PyTorch is not installed")
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        folder = run.path / "bundle" / "encoder"
        model = AutoModelForQuestionAnswering.from_pretrained(folder).eval()
        tokens = AutoTokenizer.from_pretrained(folder)(*PAIR, return_tensors="pt")
        with torch.no_grad():
            theirs = model(**tokens)
        ours = run.bundle.predictor.raw(self.encoded(run))
        np.testing.assert_allclose(ours[:, 0], theirs.start_logits[0].numpy(), atol=1e-4)
        np.testing.assert_allclose(ours[:, 1], theirs.end_logits[0].numpy(), atol=1e-4)

    def test_eight_bits_answer_too(self, run: Run) -> None:
        exact, rough = run.bundle.predictor.raw(self.encoded(run)), run.bundle.predictor_for(precision="int8")
        assert np.abs(rough.raw(self.encoded(run)) - exact).max() < 0.5

    def test_the_command_line_answers_a_file(self, run: Run, tmp_path: Path) -> None:
        given = [{"context": PAIR[1], "question": PAIR[0], "id": 7}] * 3
        (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in given), encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["predict", str(run.path), str(tmp_path / "q.jsonl"), "--output", str(tmp_path / "a.jsonl")])
        assert ended.value.code == 0
        made = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
        expected = run.predict(PAIR)
        assert len(made) == 3
        for one in made:
            assert (one["text"], one["answer"], one["start"]) == (list(PAIR), expected["answer"], expected["start"])
            assert one["score"] == pytest.approx(expected["score"], abs=1e-5)

    def test_a_question_too_long_is_named_among_the_inputs(self, run: Run) -> None:
        with pytest.raises(DataError, match="item 1: .*tokens"):
            run.predict([PAIR, ("a film " * 30, PAIR[1] * 4)])

    def test_mistakes_are_shown_in_their_contexts(self, run: Run) -> None:
        page = run.report().read_text(encoding="utf-8")
        assert '<mark class="' in page
        assert "best answers" in page


def test_a_file_of_squads_layout_from_recipe_to_figures(tiny_bert_folder: Path, tmp_path: Path) -> None:
    path = write_squad(tmp_path / "q.json", 30)
    run = tltk.fit(squad_recipe(tiny_bert_folder, path, epochs=6), output=tmp_path / "run")
    assert run.metrics["test"]["f1"] > 0.3
    evaluation = run.bundle.evaluate(path)
    document = columns(json.loads(path.read_text(encoding="utf-8")))
    again = run.bundle.evaluate(document).metrics
    assert evaluation.metrics == again
    answers = run.predict(list(zip(document["question"], document["context"], strict=True)))
    right = [given[0]["text"] for given in document["answers"]]
    found = [made["answer"] == answer for made, answer in zip(answers, right, strict=True)]
    assert evaluation.metrics["exact_match"] == pytest.approx(np.mean(found))
