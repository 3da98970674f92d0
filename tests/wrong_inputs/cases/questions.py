"""Questions, contexts and answers that do not fit together."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from tests.questions import make_squad
from tests.wrong_inputs.case import Case, wrong
from tests.wrong_inputs.workplace import Workplace

CASES: list[Case] = []
questions = partial(wrong, CASES)

_COLUMNS = "text: [question, context], label: answers, split: {validation: null, test: null}"


def check(place: Workplace, data: str, task: str = "question-answering") -> list[str]:
    """Return the arguments that check a file of questions."""
    return ["check", place.recipe(f"task: {task}\ndata: {{{data}}}")]


def squad(place: Workplace, change: Any = None, *, columns: str = _COLUMNS) -> list[str]:
    """Return the arguments that check a file of SQuAD's layout, of which the second question was changed."""
    document = make_squad(3)
    if change is not None:
        change(document["data"][0]["paragraphs"][0], document["data"][0]["paragraphs"][0]["qas"][1])
    path = place.write("questions.json", json.dumps(document))
    return check(place, f"source: squad, path: {path}, {columns}")


_SECOND = "questions.json, data[0].paragraphs[0].qas[1] (id 'q0-1')"


@questions("One text column for a question and its context", where="data.text", what="takes 2", advice="[question, con")
def one_text_column(place: Workplace):
    return squad(place, columns="text: question, label: answers")


@questions("An answer without its start", where=_SECOND, what="has no answer_start", advice="on_error: skip")
def no_answer_start(place: Workplace):
    return squad(place, lambda _, asked: asked["answers"][0].pop("answer_start"))


@questions("An answer that is not in the context", where=_SECOND, what="is not in the context", advice="on_error: skip")
def answer_not_in_context(place: Workplace):
    return squad(place, lambda _, asked: asked["answers"][0].update(text="a lighthouse"))


@questions("A wrong start, and the answer stands twice", where=_SECOND, what="cannot be told", advice="on_error: skip")
def answer_in_two_places(place: Workplace):
    return squad(place, lambda _, asked: asked["answers"][0].update(text="is", answer_start=0))


@questions("A question without the key answers", where=_SECOND, what="no key 'answers'", advice="Expected {")
def no_answers(place: Workplace):
    return squad(place, lambda _, asked: asked.pop("answers"))


@questions("An impossible question with answers", where=_SECOND, what="is_impossible: true and 1", advice="Expected {")
def impossible_with_answers(place: Workplace):
    return squad(place, lambda _, asked: asked.update(is_impossible=True))


@questions(
    "A paragraph without a context",
    where="questions.json, data[0].paragraphs[0]",
    what="no key 'context'",
    advice="Expected {",
)
def no_context(place: Workplace):
    return squad(place, lambda paragraph, _: paragraph.pop("context"))


@questions(
    "SQuAD's layout read as JSON Lines", where="questions.json:1", what="no key 'question'", advice="source: squad"
)
def squad_as_json_lines(place: Workplace):
    path = place.write("questions.json", json.dumps(make_squad(2)))
    return check(place, f"path: {path}, {_COLUMNS}")


@questions("Lines read as SQuAD's layout", where="questions.json:2", what="is not JSON", advice="source: jsonl")
def json_lines_as_squad(place: Workplace):
    path = place.write("questions.json", '{"question": "a"}\n{"question": "b"}\n')
    return check(place, f"source: squad, path: {path}, {_COLUMNS}")


@questions("An answer alone, without a column of starts", where="q.csv:2", what="no start", advice="[answer, answer_st")
def answer_without_start_column(place: Workplace):
    path = place.write("q.csv", "question,context,answers\nwho?,It was Ada.,Ada\n")
    return check(place, f"path: {path}, {_COLUMNS}")


@questions("Question and context the wrong way round", where="q.csv:2", what="in the question", advice="question first")
def context_before_question(place: Workplace):
    path = place.write("q.csv", "question,context,answer,start\nwho?,It was Ada.,Ada,7\n")
    return check(place, f"path: {path}, text: [context, question], label: [answer, start]")


@questions("No question has an answer", where="q.csv:2", what="None of the 1 training questions", advice="data.label")
def no_answer_at_all(place: Workplace):
    path = place.write("q.csv", "question,context,answers\nwho?,It was Ada.,[]\n")
    return check(place, f"path: {path}, {_COLUMNS}")


@questions("A stride below 0", where="task.options.stride", what="Got -1", advice="at least 0")
def negative_stride(place: Workplace):
    return check(place, f"path: q.csv, {_COLUMNS}", "{name: question-answering, options: {stride: -1}}")


@questions(
    "A way of scoring that is not there", where="task.options.scoring", what="Got 'letters'", advice="characters"
)
def unknown_scoring(place: Workplace):
    return check(place, f"path: q.csv, {_COLUMNS}", "{name: question-answering, options: {scoring: letters}}")


@questions(
    "A stride as wide as the window",
    where="task.options.stride",
    what="Got a stride of 40 for windows of 37 tokens",
    advice="raise backbone.max_length",
)
def stride_as_wide_as_the_window(place: Workplace):
    return _encoded(place, [("who?", "It was Ada.")], stride=40)


@questions(
    "A stride above the longest input",
    where="task.options.stride",
    what="Got a stride of 500 for windows of backbone.max_length (128) tokens",
    advice="Leave it out",
)
def stride_above_the_longest_input(place: Workplace):
    return check(place, f"path: q.csv, {_COLUMNS}", "{name: question-answering, options: {stride: 500}}")


@questions("A question that fills the window", where="row 1", what="The first text has 50 tokens", advice="Shorten it")
def question_too_long(place: Workplace):
    return _encoded(place, [("who?", "It was Ada."), ("a " * 50, "It was Ada." * 9)], stride=8)


def _encoded(place: Workplace, texts: list[tuple[str, str]], *, stride: int) -> Any:
    def encode() -> None:
        from tltk.backbones import load_tokenizer
        from tltk.data import Layout, TextEncoder

        tokenizer = load_tokenizer(place.originals.checkpoint)
        TextEncoder(tokenizer, texts=2, max_length=40, layout=Layout(stride=stride, places=True)).encode(texts)

    return encode


@questions(
    "The label as the column that keeps rows together",
    where="data.split.group",
    what="'answers' is the label",
    advice="another column",
)
def grouped_by_the_label(place: Workplace):
    return check(place, "path: q.csv, text: [question, context], label: answers, split: {group: answers}")


@questions(
    "Too few groups to hold some out",
    where="data.split.group",
    what="Column 'context' has 2 different value(s)",
    advice="Name another column",
)
def too_few_groups(place: Workplace):
    path = place.write("questions.json", json.dumps(make_squad(2)))
    columns = "text: [question, context], label: answers, split: {group: context}"
    return check(place, f"source: squad, path: {path}, {columns}")
