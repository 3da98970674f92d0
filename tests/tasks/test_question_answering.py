"""Questions: where answers lie in windows, what is decoded, how no answer is chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from tests.graphemes import MARKED, cuts_no_mark
from tests.tasks.task_contract import TaskContract
from tests.tiny_bert import CORPUS
from tltk.data import AnswersKind, Encoded, Rows, Source, TextEncoder
from tltk.errors import DataError, RecipeError
from tltk.recipe import DataSection
from tltk.tasks import QuestionAnswering, Task
from tltk.tasks.answering.spans import best_spans

Asked = tuple[str, str, list[tuple[str, int]]]

QUESTIONS: list[Asked] = [
    ("what is dull ?", "the film is dull , the story is funny and the plot is boring .", [("the film", 0)]),
    ("is it ?", "an honest story , told with warmth , wit and great care", [("great care", 45), ("care", 51)]),
    ("what is loud ?", "the plot is boring .", [("the plot", 0)]),
]


def question_rows(questions: list[Asked]) -> Rows:
    kind = AnswersKind()
    stored = [kind.clean((q, c), [[{"text": t, "start": s} for t, s in a]])[1] for q, c, a in questions]
    table = pa.table(
        {
            "question": pa.array([q for q, _, _ in questions], pa.string()),
            "context": pa.array([c for _, c, _ in questions], pa.string()),
            "answers": pa.array(stored, kind.stored),
            "__row__": pa.array(range(len(questions)), pa.int64()),
        }
    )
    source = Source("train", table, ("question", "context"), "answers", "0" * 64, ((0, "q.json"),), kind=kind)
    return Rows(source)


def encode(task: Task, rows: Rows, tokenizer: Any, max_length: int = 20) -> Encoded:
    return TextEncoder(tokenizer, texts=2, max_length=max_length, layout=task.layout).encode(rows.texts())


@pytest.fixture(scope="module")
def tokenizer(tiny_bert_folder: Any) -> Any:
    return AutoTokenizer.from_pretrained(tiny_bert_folder)


class QuestionContract(TaskContract):
    @pytest.fixture(autouse=True)
    def _tokenizer(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def encode(self, task: Task, rows: Rows) -> Encoded:
        return encode(task, rows, self.tokenizer)

    def batch(self, task: Task, number: int) -> np.ndarray:
        return np.random.default_rng(0).normal(size=(number, 20, 2)).astype("float32")


class TestQuestions(QuestionContract):
    def make(self) -> Task:
        return QuestionAnswering(stride=4, n_best=4)

    def rows(self) -> Rows:
        return question_rows(QUESTIONS)


class TestQuestionsWithoutAnswers(QuestionContract):
    def make(self) -> Task:
        return QuestionAnswering(stride=0)

    def rows(self) -> Rows:
        return question_rows([*QUESTIONS, ("why ?", "北京 is no film , and nobody minds .", [])])


def test_every_window_points_at_the_whole_answer_or_at_cls(tokenizer: Any) -> None:
    task, rows = QuestionAnswering(stride=4), question_rows(QUESTIONS)
    encoded = encode(task, rows, tokenizer)
    targets = task.targets(rows, encoded)["labels"]
    assert targets.dtype == np.int32
    found = [False] * len(rows)
    for row, (first, last) in enumerate(targets):
        example = int(encoded.rows[row])
        _, context, answers = QUESTIONS[example]
        text, start = answers[0]
        held = [
            (int(s), int(e))
            for t, s, e in zip(*(encoded.place(name, row) for name in ("texts", "starts", "ends")), strict=True)
            if t == 1
        ]
        whole = held[0][0] <= start and held[-1][1] >= start + len(text)
        if whole:
            begin, end = encoded.place("starts", row)[first], encoded.place("ends", row)[last]
            assert context[begin:end] == text
            found[example] = True
        else:
            assert (first, last) == (0, 0)
    assert all(found)
    assert len(encoded) > len(rows)


def test_targets_are_those_of_transformers_offsets(tokenizer: Any) -> None:
    """Windows and offsets as `tokenizer(...)` cuts them, which the script for SQuAD in transformers goes by."""
    task, rows = QuestionAnswering(stride=4), question_rows(QUESTIONS)
    encoded = encode(task, rows, tokenizer)
    theirs = tokenizer(
        [q for q, _, _ in QUESTIONS],
        [c for _, c, _ in QUESTIONS],
        truncation="only_second",
        max_length=20,
        stride=4,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    assert [encoded.ids(row).tolist() for row in range(len(encoded))] == theirs["input_ids"]
    expected = []
    for row, example in enumerate(theirs["overflow_to_sample_mapping"]):
        text, start = QUESTIONS[example][2][0]
        starts, ends = (theirs.char_to_token(example, place, 1) for place in (start, start + len(text) - 1))
        offsets = theirs["offset_mapping"][row]
        inside = [k for k, part in enumerate(theirs.sequence_ids(row)) if part == 1]
        first = [k for k in inside if offsets[k][0] == start]
        last = [k for k in inside if offsets[k][1] == start + len(text)]
        expected.append([first[0], last[0]] if first and last else [0, 0])
        assert row > 0 or (first[0], last[0]) == (starts, ends)
    assert task.targets(rows, encoded)["labels"].tolist() == expected


def perfect(task: Task, rows: Rows, encoded: Encoded) -> np.ndarray:
    """Return the raw outputs of a model that knows every target."""
    logits = np.zeros((int(encoded.lengths.sum()), 2), "float32")
    offsets = np.concatenate([[0], np.cumsum(encoded.lengths)])
    for row, span in enumerate(task.targets(rows, encoded)["labels"]):
        # A window without the answer is less sure than one with it.
        for side, place in enumerate(span):
            logits[offsets[row] + place, side] = 9.0 if place else 5.0
    return logits


def byte_level() -> PreTrainedTokenizerFast:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = ["<s>", "</s>", "<unk>", *alphabet]
    backend = Tokenizer(models.BPE({piece: k for k, piece in enumerate(pieces)}, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0), add_prefix_space=False)
    return PreTrainedTokenizerFast(tokenizer_object=backend, cls_token="<s>", sep_token="</s>", unk_token="<unk>")


def sentence_pieces() -> PreTrainedTokenizerFast:
    characters = sorted(set("".join(CORPUS)) - {" "})
    pieces = [("<s>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((piece, -2.0) for piece in ["▁", *characters])]
    backend = Tokenizer(models.Unigram([*pieces, ("▁the", -1.0), ("▁film", -1.0)], unk_id=2))
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.decoder = decoders.Metaspace()
    backend.post_processor = processors.BertProcessing(("</s>", 1), ("<s>", 0))
    return PreTrainedTokenizerFast(tokenizer_object=backend, cls_token="<s>", sep_token="</s>", unk_token="<unk>")


WORD = st.one_of(
    st.text(st.characters(exclude_categories=("C", "Z", "M")), min_size=1, max_size=6),
    st.sampled_from(["北京", "naïve", "the", "🎬", "film", "ﷺ", "한국어"]),
    st.sampled_from(MARKED),
)


@settings(max_examples=40)
@given(
    words=st.lists(WORD, min_size=1, max_size=9),
    place=st.tuples(st.integers(0, 8), st.integers(0, 3)),
    kind=st.sampled_from(["pieces of words", "bytes", "sentences"]),
    glue=st.sampled_from([" ", "", "  ", "\u3000"]),
)
def test_answers_are_cut_out_of_the_text_as_it_was_given(
    tokenizer: Any, words: list[str], place: tuple[int, int], kind: str, glue: str
) -> None:
    made = {"pieces of words": lambda: tokenizer, "bytes": byte_level, "sentences": sentence_pieces}[kind]()
    context = glue.join(words)
    first = min(place[0], len(words) - 1)
    last = min(first + place[1], len(words) - 1)
    start = len(glue.join(words[:first])) + (len(glue) if first else 0)
    text = glue.join(words[first : last + 1])
    task = QuestionAnswering(stride=2, max_answer_tokens=400)
    rows = question_rows([("what ?", context, [(text, start)])])
    encoded = encode(task, rows, made, max_length=400)
    (predicted,) = task.decode(perfect(task, rows, encoded), rows=rows, encoded=encoded)
    for found in (predicted, *predicted["n_best"]):
        assert found["answer"] == context[found["start"] : found["end"]]
        assert found["answer"] == found["answer"].strip()
        assert cuts_no_mark(context, found["end"], encoded)
    # Characters that a tokenizer does not know are one token with their neighbours.
    all_known = kind != "pieces of words" and made.unk_token_id not in encoded.ids(0)
    if all_known and glue and task.targets(rows, encoded)["labels"].any():
        assert predicted["answer"] == text.strip()


@pytest.mark.parametrize("word", MARKED)
@pytest.mark.parametrize("rest", ["", " film .", ", dull"])
def test_marks_that_no_token_has_are_part_of_the_answer(tokenizer: Any, word: str, rest: str) -> None:
    context = f"the story is the {word}{rest}"
    task, rows = QuestionAnswering(), question_rows([("what ?", context, [(f"the {word}", 13)])])
    encoded = encode(task, rows, tokenizer, max_length=40)
    assert task.targets(rows, encoded)["labels"].all()
    outputs = perfect(task, rows, encoded)
    (predicted,) = task.decode(outputs, rows=rows, encoded=encoded)
    assert predicted["answer"] == f"the {word}"
    figures = task.evaluate(task.targets(rows, encoded), outputs, rows=rows, encoded=encoded).metrics
    assert figures["exact_match"] == 1.0


def test_marks_at_the_end_of_a_window_are_not_missed(tokenizer: Any) -> None:
    words = ["dull"] * 12 + ["cafe\u0301"] + ["boring"] * 12
    context = " ".join(words)
    start = context.index("cafe")
    task, rows = QuestionAnswering(stride=0), question_rows([("?", context, [("cafe\u0301", start)])])
    for length in range(8, 30):
        encoded = encode(task, rows, tokenizer, max_length=length)
        spans = task.targets(rows, encoded)["labels"]
        held = np.flatnonzero(spans[:, 0] > 0)
        if len(held):
            (row,) = held
            assert encoded.place("starts", row)[spans[row, 0]] == start
            (predicted,) = task.decode(perfect(task, rows, encoded), rows=rows, encoded=encoded)
            assert predicted["answer"] == "cafe\u0301"
        else:
            assert (spans == -1).all()  # its pieces stand in two windows


def test_an_answer_that_no_window_holds_whole_is_no_target_and_is_told(tokenizer: Any) -> None:
    context = "dull " * 3 + "the film is funny " * 4
    long = context[15:].strip()
    questions: list[Asked] = [("what ?", context, [(long, 15)]), ("what ?", context, [("film", context.index("film"))])]
    task, rows = QuestionAnswering(stride=4, max_answer_tokens=3), question_rows([*questions, *QUESTIONS])
    encoded = encode(task, rows, tokenizer, max_length=18)
    targets = task.targets(rows, encoded)
    assert (targets["labels"][encoded.rows == 0] == -1).all()
    assert len(targets["labels"][encoded.rows == 0]) > 1
    assert (targets["labels"][encoded.rows > 0] >= 0).all()
    (lost,) = task.learn_from_encoded(encoded.with_targets(**targets))
    assert "of 1 of 5 questions no window holds the whole answer" in lost
    assert "task.options.stride" in lost
    whole = encode(task, rows, tokenizer, max_length=60)
    (long_one,) = task.learn_from_encoded(whole.with_targets(**task.targets(rows, whole)))
    assert "1 of 5 questions have an answer of more than 3 tokens" in long_one
    assert "task.options.max_answer_tokens (the longest has 16)" in long_one


def test_a_model_that_knows_the_targets_gives_every_answer(tokenizer: Any) -> None:
    task, rows = QuestionAnswering(stride=8), question_rows(QUESTIONS)
    task.fit(rows)
    encoded = encode(task, rows, tokenizer)
    outputs = perfect(task, rows, encoded)
    predictions = task.decode(outputs, rows=rows, encoded=encoded)
    assert [made["answer"] for made in predictions] == [answers[0][0] for _, _, answers in QUESTIONS]
    assert all("no_answer_score" not in made for made in predictions)
    targets = task.targets(rows, encoded)
    assert task.evaluate(targets, outputs, rows=rows, encoded=encoded).metrics == {"f1": 1.0, "exact_match": 1.0}
    assert task.mistakes(targets, outputs, rows=rows, encoded=encoded) == []


@settings(max_examples=20)
@given(seed=st.integers(0, 999), n_best=st.integers(1, 6), longest=st.integers(1, 9))
def test_the_best_spans_are_those_of_a_plain_search(tokenizer: Any, seed: int, n_best: int, longest: int) -> None:
    task, rows = QuestionAnswering(stride=4), question_rows(QUESTIONS)
    encoded = encode(task, rows, tokenizer)
    logits = np.random.default_rng(seed).normal(size=(int(encoded.lengths.sum()), 2)).astype("float32")
    offsets = np.concatenate([[0], np.cumsum(encoded.lengths)])

    def spans(row: int, count: int) -> list[tuple]:
        part = logits[offsets[row] : offsets[row + 1]].astype("float64")
        inside = [place for place in range(len(part)) if encoded.place("texts", row)[place] == 1]
        firsts = sorted(inside, key=lambda place: -part[place, 0])[:count]
        lasts = sorted(inside, key=lambda place: -part[place, 1])[:count]
        starts, ends = encoded.place("starts", row), encoded.place("ends", row)
        return [
            (int(encoded.rows[row]), part[i, 0] + part[j, 1], int(starts[i]), int(ends[j]))
            for i in firsts
            for j in lasts
            if 0 <= j - i < longest
        ]

    expected = [span for row in range(len(encoded)) for span in spans(row, n_best)]
    answered = {example for example, *_ in expected}
    for row in range(len(encoded)):
        if int(encoded.rows[row]) not in answered:
            expected.append(max(spans(row, len(logits)), key=lambda span: span[1]))
    found = best_spans(encoded, logits, n_best=n_best, max_tokens=longest)
    assert sorted(zip(*(column.tolist() for column in found), strict=True)) == sorted(expected)
    assert np.all(np.diff(found.examples) >= 0)


def test_no_answer_is_chosen_by_a_threshold_of_the_validation_rows(tokenizer: Any) -> None:
    questions: list[Asked] = [*QUESTIONS, ("why ?", "北京 is no film .", []), ("who ?", "the plot is boring .", [])]
    task, rows = QuestionAnswering(stride=8), question_rows(questions)
    task.fit(rows)
    assert task.no_answers_
    encoded = encode(task, rows, tokenizer)
    outputs = perfect(task, rows, encoded)
    starts = np.concatenate([[0], np.cumsum(encoded.lengths)])[:-1]
    outputs[starts] += 20  # [CLS] is overrated everywhere
    targets = task.targets(rows, encoded)
    before = task.evaluate(targets, outputs, rows=rows, encoded=encoded).metrics
    assert before["f1"] == pytest.approx(0.4)
    assert task.choose_thresholds(targets, outputs, rows=rows, encoded=encoded)
    after = task.evaluate(targets, outputs, rows=rows, encoded=encoded).metrics
    assert after["f1"] == after["f1_has_answer"] == after["no_answer"] == 1.0
    predictions = task.decode(outputs, rows=rows, encoded=encoded)
    assert [made["answer"] == "" for made in predictions] == [False, False, False, True, True]
    assert all((made["start"], made["end"]) == (0, 0) for made in predictions[3:])
    for made in predictions:  # what is answered is what is likeliest, and all is a distribution
        likeliest = max([made["no_answer_score"], *(one["score"] for one in made["n_best"])])
        assert made["score"] == pytest.approx(likeliest)
        assert made["no_answer_score"] + sum(one["score"] for one in made["n_best"]) == pytest.approx(1.0)
    always = QuestionAnswering(stride=8, answerable="always").fit(rows)
    assert not always.choose_thresholds(targets, outputs, rows=rows, encoded=encoded)
    assert all(made["answer"] for made in always.decode(outputs, rows=rows, encoded=encoded))


def test_mistakes_show_what_was_predicted_and_what_is_right(tokenizer: Any) -> None:
    task, rows = QuestionAnswering(stride=8), question_rows(QUESTIONS)
    encoded = encode(task, rows, tokenizer)
    outputs = np.random.default_rng(3).normal(size=(int(encoded.lengths.sum()), 2)).astype("float32")
    predictions = task.decode(outputs, rows=rows, encoded=encoded)
    mistakes = task.mistakes(task.targets(rows, encoded), outputs, rows=rows, encoded=encoded)
    assert mistakes
    for mistake in mistakes:
        question, context, answers = QUESTIONS[mistake["position"]]
        made = predictions[mistake["position"]]
        assert mistake["question"] == question
        assert mistake["where"] == f"q.json, row {mistake['position']}"
        assert "".join(piece["text"] for piece in mistake["segments"]) == context
        predicted = "".join(p["text"] for p in mistake["segments"] if p.get("verdict") in ("right", "wrong"))
        assert predicted == made["answer"]
        wanted = "".join(p["text"] for p in mistake["segments"] if p.get("verdict") in ("right", "missed"))
        assert wanted in [text for text, _ in answers]
        assert mistake["table"]["rows"][0] == [made["answer"], made["score"]]


@pytest.mark.parametrize(("context", "scoring"), [("北京是中国的首都。", "characters"), ("Paris is here.", "words")])
def test_scoring_goes_by_the_script_of_the_contexts(context: str, scoring: str) -> None:
    rows = question_rows([("?", context, [(context[:2], 0)])])
    assert QuestionAnswering().fit(rows).scoring_ == scoring
    assert QuestionAnswering(scoring="words").fit(rows).scoring_ == "words"


def test_a_context_without_a_piece_has_no_answer_to_give(tokenizer: Any) -> None:
    task, rows = QuestionAnswering(stride=2), question_rows([("what ?", " ", [])])
    encoded = encode(task, rows, tokenizer)
    (made,) = task.decode(np.ones((int(encoded.lengths.sum()), 2), "float32"), rows=rows, encoded=encoded)
    assert made == {"answer": "", "score": 0.0, "start": 0, "end": 0, "n_best": []}


def test_a_question_that_leaves_no_room_is_named(tokenizer: Any) -> None:
    rows = question_rows([QUESTIONS[0], ("a " * 12, "the plot is boring . " * 3, [])])
    encoder = TextEncoder(tokenizer, texts=2, max_length=20, layout=QuestionAnswering(stride=6).layout)
    with pytest.raises(DataError, match="row 1: .*12 tokens.*may take 10"):
        encoder.encode(rows.texts())
    with pytest.raises(DataError, match="q.json, row 1"):
        list(encoder.chunks(rows.table, rows.source.text, where=rows.where))
    assert len(encoder.encode([("a " * 12, "film")])) == 1  # nothing need be cut: there is room enough


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"n_best": 0}, "n_best"),
        ({"max_answer_tokens": 0}, "max_answer_tokens"),
        ({"stride": -1}, "stride"),
        ({"stride": True}, "stride"),
        ({"answerable": "never"}, "answerable"),
        ({"scoring": "letters"}, "scoring"),
    ],
)
def test_options_are_checked(options: dict[str, Any], where: str) -> None:
    with pytest.raises(RecipeError, match=rf"task\.options\.{where}"):
        QuestionAnswering(**options)


def test_one_text_column_is_not_enough() -> None:
    with pytest.raises(RecipeError, match=r"data\.text.*question, context"):
        QuestionAnswering().text_columns(DataSection(text="question"))


def test_rows_without_any_answer_cannot_be_learned_from() -> None:
    with pytest.raises(DataError, match="None of the 1 training questions"):
        QuestionAnswering().fit(question_rows([("what ?", "a film", [])]))
