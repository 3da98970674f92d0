"""Words, tags and entities that do not fit together."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from tests.wrong_inputs.case import Case, wrong
from tests.wrong_inputs.workplace import Workplace

CASES: list[Case] = []
tagging = partial(wrong, CASES)

_WORDS = "Ann B-PER\nlives O\nin O\nYork B-LOC\n\n"


def check(place: Workplace, path: str, *settings: str, options: str = "") -> list[str]:
    """Return the arguments that check a file of tagged words."""
    whole = "split: {validation: null, test: null, duplicates: allow}"
    data = ", ".join([f"path: {path}", whole, *settings])
    task = f"task: {{name: token-classification, options: {{{options}}}}}"
    return ["check", place.recipe(f"{task}\ndata: {{{data}}}")]


def words(place: Workplace, text: str, *settings: str, options: str = "") -> list[str]:
    """Return the arguments that check ten good sentences and what comes after them."""
    return check(place, place.write("words.conll", _WORDS * 10 + text), *settings, options=options)


def spans(place: Workplace, entities: Any) -> list[str]:
    """Return the arguments that check a text with entities by their characters."""
    rows = [{"text": "Ann lives in York", "label": [[0, 3, "PER"]]}] * 10
    lines = "".join(json.dumps(row) + "\n" for row in [*rows, {"text": "York", "label": entities}])
    return check(place, place.write("spans.jsonl", lines), options="format: spans")


@tagging("A word without its tag", where="words.conll:51", what="Got 1 columns", advice="data.delimiter")
def word_without_tag(place: Workplace):
    return words(place, "York\n")


@tagging("A tag that names no type", where="words.conll:51", what="names no type", advice="on_error: skip")
def tag_without_type(place: Workplace):
    return words(place, "York B-\n")


@tagging("A type alone among tags with prefixes", where="words.conll", what="'PLACE' without a prefix", advice="B-, I-")
def tag_without_prefix(place: Workplace):
    return words(place, "York PLACE\n")


@tagging("A prefix of no scheme", where="words.conll:51", what="'Q-LOC', whose prefix 'Q-'", advice="Mend the tag")
def unknown_prefix(place: Workplace):
    return words(place, "York Q-LOC\n")


@tagging("A tag in small letters", where="words.conll:51", what="'b-loc' without a prefix", advice="mean 'B-LOC'?")
def small_prefix(place: Workplace):
    return words(place, "York b-loc\n")


@tagging("Words of two parts between tabs", where="words.conll:51", what="3 columns", advice=r'data.delimiter: "\t"')
def tabs_alone(place: Workplace):
    return words(place, "New York\tB-LOC\n")


@tagging("Tagged words in a file of text", where="data.path", what="format of 'words.txt'", advice="source: conll")
def conll_as_text(place: Workplace):
    return check(place, place.write("words.txt", _WORDS * 10))


@tagging("Sentences without empty lines between them", where="data.split", what="120 words", advice="Give more rows")
def no_empty_lines(place: Workplace):
    path = place.write("words.conll", _WORDS.replace("\n\n", "\n") * 30)
    return ["check", place.recipe(f"task: token-classification\ndata: {{path: {path}, text: tokens, label: tags}}")]


@tagging("Prefixes without a type", where="bare.conll:1", what="that name no type", advice="data.label_names: {B: B-X")
def prefixes_alone(place: Workplace):
    return check(place, place.write("bare.conll", "deep B\nlearning I\nhelps O\n\n" * 10))


@tagging("Comments among words", where="words.conll:1", what="4 columns in '# id = 1'", advice="data.options.comments")
def unannounced_comments(place: Workplace):
    return check(place, place.write("words.conll", "# id = 1\n" + _WORDS * 10))


@tagging("O in a file, and none in training", where="more.conll:1", what="Got tag 'O'", advice="task.labels")
def outside_in_validation_only(place: Workplace):
    more = place.write("more.conll", "It PRON\nrains O\n")
    path = place.write("words.conll", "It PRON\nrains VERB\n\n" * 10)
    task = "task: token-classification\ndata: {split: {test: null, duplicates: allow}, "
    return ["check", place.recipe(f"{task}path: {path}, validation_path: {more}}}")]


@tagging("An option of the conll reader is unknown", where="data.options", what="'tags'", advice="Did you mean 'tag'?")
def unknown_reader_option(place: Workplace):
    return words(place, "", "options: {tags: 1}")


@tagging("The tag's column is not there", where="words.conll:1", what="data.options.tag is 3", advice="from 0")
def missing_column(place: Workplace):
    return words(place, "", "options: {tag: 3}")


@tagging("More tags than words", where="words.jsonl:1", what="Got 2 tags for 1 words", advice="on_error: skip")
def more_tags_than_words(place: Workplace):
    return check(place, place.write("words.jsonl", '{"text": ["York"], "label": ["B-LOC", "O"]}\n'))


@tagging("Tags that pandas wrote", where="words.csv:2", what="which Python wrote", advice="double quotes")
def tags_as_python_writes_them(place: Workplace):
    return check(place, place.write("words.csv", "text,label\nNew York,\"['B-LOC', 'I-LOC']\"\n"))


@tagging("An entity beyond the end of its text", where="spans.jsonl:11", what="4 characters", advice="on_error: skip")
def entity_beyond_the_text(place: Workplace):
    return spans(place, [[0, 9, "LOC"]])


@tagging("Two entities that overlap", where="spans.jsonl:11", what="overlap", advice="on_error: skip")
def overlapping_entities(place: Workplace):
    return spans(place, [[0, 3, "LOC"], [2, 4, "ORG"]])


@tagging("An unknown tag scheme", where="task.options.scheme", what="'iob2'", advice="Did you mean")
def unknown_scheme(place: Workplace):
    return words(place, "", options="scheme: iob2")


@tagging(
    "Class weights under a CRF",
    where="train.imbalance",
    what="Got class weights, which make no sense for the crf",
    advice="Choose another",
)
def class_weights_under_crf(place: Workplace):
    path = place.write("words.conll", _WORDS * 10)
    recipe = place.recipe(f"task: token-classification\nhead: crf\ndata: {{path: {path}}}")
    return ["check", recipe, "train.imbalance=weights"]


@tagging("Only first pieces labelled under a CRF", where="task.options.pieces", what="head crf", advice="Remove it")
def first_pieces_under_crf(place: Workplace):
    path = place.write("words.conll", _WORDS * 10)
    task = "task: {name: token-classification, options: {pieces: first}}"
    return ["check", place.recipe(f"{task}\nhead: crf\ndata: {{path: {path}}}")]
