from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import f1_score

from tests.data.tokenizers import KINDS, WORDS, make_tokenizer
from tests.graphemes import MARKED, cuts_no_mark
from tests.tasks.task_contract import TaskContract
from tltk.data import Encoded, Rows, Source, SpansKind, TagsKind, TextEncoder
from tltk.data.case_markup import CAPITAL, CAPITALS
from tltk.errors import DataError, RecipeError, TltkError
from tltk.tasks import Task, TokenClassification

MARKS = (CAPITAL, CAPITALS)
SENTENCES: list[list[str]] = [["Angela", "Merkel", "visited", "New", "York"], ["x", "don't"], ["北京", "👍🏽", "café"]]
TAGS = [["B-PER", "I-PER", "O", "B-LOC", "I-LOC"], ["O", "O"], ["B-LOC", "O", "O"]]


def make_rows(words: list, tags: list, format: str = "tags") -> Rows:
    """Return rows as `read` gives them, from a file `r.conll` whose rows are at lines 1, 2, ..."""
    kind = SpansKind() if format == "spans" else TagsKind()
    cleaned = [kind.clean([text], [label]) for text, label in zip(words, tags, strict=True)]
    marks = pa.array([label for _, label in cleaned], kind.stored)
    columns = {"text": [text for (text,), _ in cleaned], "label": marks, "__row__": list(range(1, len(words) + 1))}
    source = Source("train", pa.table(columns), ("text",), "label", "0" * 64, ((0, "r.conll"),), True, kind)
    return Rows(source)


def without_labels(rows: Rows) -> Rows:
    """Return the texts alone, as they come to be predicted."""
    return Rows(Source("input", rows.source.table.select(["text"]), ("text",), None, ""))


def encode(task: TokenClassification, rows: Rows, kind: str = "wordpiece", max_length: int = 128) -> Encoded:
    encoder = TextEncoder(make_tokenizer(kind), texts=1, max_length=max_length, layout=task.layout)
    return encoder.encode(rows.texts())


def sure_outputs(task: TokenClassification, rows: Rows, encoded: Encoded) -> np.ndarray:
    """Return logits of a model that knows the targets; where there is none, it is sure of the last tag."""
    labels = task.targets(rows, encoded)["labels"].values
    return 9 * np.eye(task.units, dtype="float32")[labels]


class TestTokenClassification(TaskContract):
    def make(self) -> Task:
        return TokenClassification(stride=2)

    def rows(self) -> Rows:
        return make_rows(SENTENCES, TAGS)

    def encode(self, task: Task, rows: Rows) -> Encoded:
        return encode(task, rows, max_length=8)

    def batch(self, task: Task, number: int) -> np.ndarray:
        return np.random.default_rng(0).normal(size=(number, 8, task.units)).astype("float32")

    def _target(self, task: Task, rows: Rows) -> np.ndarray:
        labels = super()._target(task, rows)
        return labels.gather(np.arange(len(labels)), 8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("pieces", "scheme"), [("first", "bio"), ("all", "bio"), ("all", "bioes"), ("first", "bioes")])
@given(data=st.data())
@settings(max_examples=15)
def test_a_model_that_knows_all_finds_all_entities(kind: str, pieces: str, scheme: str, data: st.DataObject) -> None:
    lengths = data.draw(st.lists(st.integers(1, 7), min_size=1, max_size=3))
    words = [data.draw(st.lists(st.sampled_from(WORDS), min_size=n, max_size=n)) for n in lengths]
    tags = [data.draw(st.lists(st.sampled_from(["O", "B-X", "I-X", "B-Y"]), min_size=n, max_size=n)) for n in lengths]
    tags[0][0] = "B-X"
    task = TokenClassification(pieces=pieces, scheme=scheme, stride=1)
    rows = make_rows(words, tags)
    task.fit(rows)
    encoded = encode(task, rows, kind, max_length=data.draw(st.sampled_from([8, 64])))
    outputs = sure_outputs(task, rows, encoded)
    evaluation = task.evaluate(task.targets(rows, encoded), outputs, rows=rows, encoded=encoded)
    assert evaluation.metrics["f1"] == evaluation.metrics["accuracy"] == 1.0
    assert not evaluation.of_examples
    predictions = task.decode(outputs, rows=rows, encoded=encoded)
    for text, prediction, given_tags in zip(rows.texts(), predictions, tags, strict=True):
        assert f1_score([prediction["tags"]], [given_tags]) == 1.0 or set(given_tags) == {"O"}
        for entity in prediction["entities"]:
            assert text[entity["start"] : entity["end"]] == entity["text"]


@pytest.mark.parametrize("kind", KINDS)
@given(
    text=st.lists(
        st.one_of(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=9),
            st.sampled_from([" ", *MARKED]),
        ),
        min_size=1,
        max_size=5,
    ).map("".join),
    outputs=st.integers(0, 2**31),
    format=st.sampled_from(["tags", "spans"]),
)
@settings(max_examples=40)
def test_entities_of_any_text_are_its_characters_and_do_not_overlap(
    kind: str, text: str, outputs: int, format: str
) -> None:
    task = TokenClassification.from_config(
        {"format": format, "stride": 1, "tags_": {"labels": ["O", "B-X", "I-X", "B-Y", "I-Y"], "scheme": "bio"}}
    )
    rows = make_rows([text], [[]], "spans")
    encoded = encode(task, rows, kind, max_length=6)
    logits = np.random.default_rng(outputs).normal(0, 3, (int(encoded.lengths.sum()), 5))
    (prediction,) = task.decode(logits, rows=without_labels(rows), encoded=encoded)
    before = 0
    for entity in prediction["entities"]:
        assert before <= entity["start"] < entity["end"] <= len(text)
        assert text[entity["start"] : entity["end"]] == entity["text"] == entity["text"].strip()
        assert cuts_no_mark(text, entity["end"], encoded)
        assert 0 < entity["score"] <= 1
        before = entity["end"]


@pytest.mark.parametrize("crf", [False, True])
@given(
    sentences=st.lists(st.lists(st.sampled_from(WORDS), max_size=12), min_size=1, max_size=3),
    max_length=st.integers(6, 9),
    stride=st.integers(1, 3),
    seed=st.integers(0, 99),
)
@settings(max_examples=25)
def test_windows_give_what_one_long_row_gives_where_no_token_sees_another(
    crf: bool, sentences: list[list[str]], max_length: int, stride: int, seed: int
) -> None:
    task = TokenClassification.from_config(
        {"stride": stride, "tags_": {"labels": ["O", "B-X", "I-X", "B-Y", "I-Y"], "scheme": "bio"}}
    )
    rows = make_rows(sentences, [["O"] * len(words) for words in sentences])
    draw = np.random.default_rng(seed)
    by_token, transitions, start = draw.normal(size=(400, 5)), draw.normal(size=(5, 5)), draw.normal(size=5)

    def decoded(encoded: Encoded) -> list:
        outputs = []
        for row in range(len(encoded)):
            emissions = by_token[encoded.ids(row)]
            edges = emissions[:, None, :] + transitions
            edges[0] = emissions[0] + start
            outputs.append(edges if crf else emissions)
        return task.decode(np.concatenate(outputs).astype("float32"), rows=rows, encoded=encoded)

    for one, many in zip(decoded(encode(task, rows)), decoded(encode(task, rows, max_length=max_length)), strict=True):
        assert one["tags"] == many["tags"]
        for entity, other in zip(one["entities"], many["entities"], strict=True):
            assert entity == {**other, "score": pytest.approx(other["score"], abs=1e-9)}


def test_spans_find_what_was_marked() -> None:
    task = TokenClassification(format="spans", stride=2)
    text = "Angela Merkel, café-York!"
    rows = make_rows([text], [[[0, 13, "PER"], [20, 24, "LOC"]]], "spans")
    task.fit(rows)
    encoded = encode(task, rows)
    outputs = sure_outputs(task, rows, encoded)
    (prediction,) = task.decode(outputs, rows=rows, encoded=encoded)
    assert [(entity["label"], entity["text"]) for entity in prediction["entities"]] == [
        ("PER", "Angela Merkel"),
        ("LOC", "York"),
    ]
    assert "tags" not in prediction
    assert task.evaluate(task.targets(rows, encoded), outputs, rows=rows, encoded=encoded).metrics["f1"] == 1.0


@pytest.mark.parametrize("word", MARKED)
@pytest.mark.parametrize("rest", ["", " a."])
@pytest.mark.parametrize("format", ["spans", "tags"])
def test_marks_that_no_token_has_are_part_of_the_entity(word: str, rest: str, format: str) -> None:
    text, end = f"At {word}{rest}", 3 + len(word)
    task, rows = TokenClassification(format="spans"), make_rows([text], [[[3, end, "LOC"]]], "spans")
    task.fit(rows)
    encoded = encode(task, rows)
    outputs = sure_outputs(task, rows, encoded)
    assert task.evaluate(task.targets(rows, encoded), outputs, rows=rows, encoded=encoded).metrics["f1"] == 1.0
    config = {**task.get_config(), "format": format}
    (prediction,) = TokenClassification.from_config(config).decode(outputs, rows=without_labels(rows), encoded=encoded)
    (entity,) = prediction["entities"]
    assert (entity["text"], entity["start"], entity["end"]) == (word, 3, end)


@pytest.mark.parametrize(
    ("tags", "scheme", "labels"),
    [
        (["B-X", "I-X", "O"], "bio", ("O", "B-X", "I-X")),
        (["I-X", "B-X", "O"], "bio", ("O", "B-X", "I-X")),
        (["B-X", "E-X", "S-Y"], "bioes", ("O", "B-X", "I-X", "E-X", "S-X", "B-Y", "I-Y", "E-Y", "S-Y")),
        (["I-X", "O", "I-Y"], "io", ("O", "I-X", "I-Y")),
        (["NN", "VB", "NN"], "io", ("NN", "VB")),
        (["X", "O", "Y"], "io", ("O", "X", "Y")),
    ],
)
def test_the_scheme_is_that_of_the_training_tags(tags: list[str], scheme: str, labels: tuple) -> None:
    task = TokenClassification().fit(make_rows([["a", "b", "c"]], [tags]))
    assert (task.tags_.scheme, task.labels_) == (scheme, labels)


def test_types_alone_name_the_tags_in_their_order() -> None:
    rows = make_rows(SENTENCES, TAGS)
    assert TokenClassification(("PER", "LOC")).fit(rows).labels_ == ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
    one = make_rows([["a", "b"]], [["B-PER", "O"]])
    assert TokenClassification(("PER",)).fit(one).labels_ == ("O", "B-PER", "I-PER")
    given_tags = ("I-LOC", "B-LOC", "I-PER", "O", "B-PER")
    assert TokenClassification(given_tags).fit(rows).labels_ == given_tags


@pytest.mark.parametrize(
    ("options", "tags", "message"),
    [
        ({}, ["O", "O", "O"], "no entities"),
        ({}, ["B-X", "X", "O"], "'X' without a prefix"),
        ({}, ["B-X", "Q-X", "O"], r"tag 'Q-X', whose prefix 'Q-' is of no scheme; known are B, I, E, S, L, U, M, W"),
        ({}, ["B-PER", "i-per", "O"], r"tag 'i-per' without a prefix.*Did you mean 'I-PER'\?"),
        ({}, ["B-PER", "4", "11"], r"numbers \(4, 11\), which data\.label_names leaves out.*\{4: B-X, 11: B-X\}"),
        ({"scheme": "bio"}, ["NN", "VB", "NN"], r"task\.options\.scheme"),
        ({"labels": ("PER", "LOC")}, ["B-X", "O", "O"], "'X', which is not in task.labels"),
        ({"labels": ("O", "B-X")}, ["B-X", "O", "O"], r"task\.labels: .*'I-X'"),
        ({"labels": ("B-X", "I-X")}, ["B-X", "O", "O"], r"task\.labels: The tag O is missing"),
        ({}, ["B", "I", "O"], r"r\.conll:1: Got tags B, I that name no type.*label_names: {B: B-X, I: I-X}"),
        ({}, ["B", "E", "S"], "that name no type"),
        ({}, ["O", "O", "B"], "that name no type"),
        ({"labels": ("O", "B-X", "I-X", "E-X", "S-X")}, ["B-X", "O", "O"], r"task\.labels: .*'bio'"),
    ],
)
def test_what_cannot_be_learned_is_named(options: dict, tags: list[str], message: str) -> None:
    with pytest.raises((DataError, RecipeError), match=message):
        TokenClassification(**options).fit(make_rows([["a", "b", "c"]], [tags]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "tag"}, r"task\.options\.format: Got 'tag'.*Did you mean 'tags'"),
        ({"scheme": "iob"}, r"task\.options\.scheme: Got 'iob'"),
        ({"pieces": "last"}, r"task\.options\.pieces"),
        ({"joiner": "-"}, r"task\.options\.joiner"),
        ({"stride": -1}, r"task\.options\.stride"),
        ({"stride": "wide"}, r"task\.options\.stride: Got 'wide'"),
        ({"stride": [3]}, r"task\.options\.stride: Got \[3\]"),
        ({"format": "spans", "pieces": "first"}, r"task\.options\.pieces: Got 'first'; entities"),
    ],
)
def test_wrong_options_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        TokenClassification(**options)


def test_an_unknown_type_is_named_with_its_row() -> None:
    task = TokenClassification().fit(make_rows(SENTENCES, TAGS))
    other = make_rows([["x"], ["y", "z"]], [["O"], ["O", "B-LOK"]])
    with pytest.raises(DataError, match=r"r\.conll:2: Got an entity of type 'LOK'.*Did you mean 'LOC'"):
        task.check(other)


def test_broken_sequences_are_counted_and_read_as_conlleval_reads_them(capsys: pytest.CaptureFixture) -> None:
    rows = make_rows([["a", "b", "c"], ["d", "e"]], [["B-X", "O", "B-X"], ["O", "I-X"]])
    task = TokenClassification().fit(rows)
    assert "1 of 3 entities of the training rows begin with I- or E- (the first at r.conll:2)" in " ".join(
        capsys.readouterr().err.split()
    )
    encoded = encode(task, rows)
    assert task.targets(rows, encoded)["labels"][1].tolist()[1:3] == [0, 1]


@pytest.mark.parametrize("stride", ["auto", 2, 0])
def test_any_longest_input_will_do(stride: Any) -> None:
    task = TokenClassification() if stride == "auto" else TokenClassification(stride=stride)
    rows = make_rows([["New", "York"] * 40], [["B-LOC", "I-LOC"] * 40])
    task.fit(rows)
    again = TokenClassification.from_config(json.loads(json.dumps(task.get_config())))
    assert again.stride == stride
    for max_length in (5, 12, 34, 35, 512):
        encoded = encode(again, rows, max_length=max_length)
        (prediction,) = again.decode(sure_outputs(task, rows, encoded), rows=rows, encoded=encoded)
        assert prediction["tags"] == ["B-LOC", "I-LOC"] * 40


def test_words_that_vanish_in_the_tokenizer_break_no_entity() -> None:
    words, tags = [["New", "\u200b", "York", "\u200b", "x"]], [["B-LOC", "I-LOC", "I-LOC", "O", "O"]]
    task = TokenClassification().fit(rows := make_rows(words, tags))
    encoded = encode(task, rows)
    (prediction,) = task.decode(sure_outputs(task, rows, encoded), rows=rows, encoded=encoded)
    assert prediction["tags"] == tags[0]
    assert [entity["text"] for entity in prediction["entities"]] == ["New \u200b York"]


def test_scores_are_means_of_probabilities_of_words() -> None:
    task = TokenClassification().fit(rows := make_rows([["x", "York"]], [["B-X", "I-X"]]))
    encoded = encode(task, rows)
    logits = np.zeros((int(encoded.lengths[0]), 3))
    first, second = np.flatnonzero(task.targets(rows, encoded)["labels"].values >= 0)
    logits[first], logits[second] = np.log([0.1, 0.6, 0.3]), np.log([0.1, 0.1, 0.8])
    (prediction,) = task.decode(logits, rows=rows, encoded=encoded)
    assert prediction["entities"][0]["score"] == pytest.approx(0.7)
    assert json.loads(json.dumps(prediction)) == prediction


def test_a_word_outside_is_refused_where_the_model_has_no_tag_for_it() -> None:
    task = TokenClassification().fit(make_rows([["a", "b"]], [["NN", "VB"]]))
    rows = make_rows([["a", "b"], ["c", "d", "e"]], [["NN", "VB"], ["NN", "O", "O"]])
    with pytest.raises(DataError, match=r"r\.conll:2: Got tag 'O', which the model does not know.*task\.labels"):
        task.check(rows)
    encoded = encode(task, rows)
    with pytest.raises(DataError, match="Got tag 'O'"):
        task.evaluate({}, sure_outputs(task, rows.take([0, 0]), encoded), rows=rows, encoded=encoded)
    named = TokenClassification(("O", "NN", "VB")).fit(make_rows([["a", "b"]], [["NN", "VB"]]))
    named.check(rows)


def test_numbers_without_names_are_told() -> None:
    rows = make_rows([["a", "b", "c"]], [[3, 4, 0]])
    assert TokenClassification().fit(rows).labels_ == ("0", "3", "4")
    (said,) = rows.source.kind.remarks(rows.column("label"), rows.label_counts())
    assert "all tags are numbers (0, 3, 4)" in said
    assert "data.label_names: {0: O, 1: B-PER, 2: I-PER, ...}, one for each of 0 to 4." in said


def test_entities_of_tags_without_prefixes_are_compared_by_their_types() -> None:
    task = TokenClassification().fit(make_rows([["a", "b", "c"]], [["ORG", "O", "PER"]]))
    rows = make_rows([["a", "b", "c"], ["d", "e"]], [["ORG", "ORG", "PER"], ["O", "PER"]])
    encoded = encode(task, rows)
    labels = task.targets(rows, encoded)["labels"].values
    swapped = np.array([0, 2, 1, -1])[labels]  # ORG for PER and PER for ORG
    evaluation = task.evaluate({}, np.eye(3)[swapped], rows=rows, encoded=encoded)
    assert evaluation.metrics["f1"] == 0
    assert [(row["label"], row["recall"], row["support"]) for row in evaluation.per_class] == [
        ("ORG", 0.0, 1),
        ("PER", 0.0, 2),
    ]


def test_figures_of_no_entities_are_none_and_not_nan() -> None:
    task = TokenClassification().fit(make_rows([["a", "b"]], [["B-ORG", "O"]]))
    rows = make_rows([["a", "b"]], [["O", "O"]])
    encoded = encode(task, rows)
    evaluation = task.evaluate({}, np.eye(3)[[0, 0, 0, 0]], rows=rows, encoded=encoded)
    assert evaluation.metrics["f1_macro"] is None
    assert evaluation.notes["f1_macro"] == "Not defined: there are no entities, true or found."
    json.dumps(evaluation.to_dict(), allow_nan=False)


def test_types_may_look_like_tags() -> None:
    rows = make_rows(["a@b.c 123"], [[[0, 5, "E-Mail"], [6, 9, "Phone"]]], "spans")
    task = TokenClassification(("E-Mail", "Phone"), format="spans").fit(rows)
    assert task.labels_ == ("O", "B-E-Mail", "I-E-Mail", "B-Phone", "I-Phone")
    encoded = encode(task, rows)
    evaluation = task.evaluate(
        task.targets(rows, encoded), sure_outputs(task, rows, encoded), rows=rows, encoded=encoded
    )
    assert (evaluation.metrics["f1"], evaluation.labels) == (1.0, ["E-Mail", "Phone"])


@pytest.mark.parametrize("crf", [False, True])
def test_marks_of_case_learn_nothing(crf: bool) -> None:
    rows = make_rows(["Angela Merkel"], [[[0, 13, "PER"]]], "spans")
    task = TokenClassification(format="spans", stride=None)
    task.use_head("crf" if crf else "token-linear")
    task.fit(rows)
    encoded = encode(task, rows, "wordpiece with case markup")
    labels = task.targets(rows, encoded)["labels"].values
    marks = np.isin(encoded.ids(0), make_tokenizer("wordpiece with case markup").convert_tokens_to_ids([*MARKS]))
    assert marks.sum() == 2
    assert (labels[marks] == -1).all()
    assert sum(task.labels_[label] == "B-PER" for label in labels if label >= 0) == 1


def test_outputs_that_are_no_numbers_are_not_scored() -> None:
    task = TokenClassification().fit(rows := make_rows(SENTENCES, TAGS))
    encoded = encode(task, rows)
    outputs = sure_outputs(task, rows, encoded)
    outputs[3] = np.nan
    with pytest.raises(TltkError, match=r"NaN or infinite values for 1 of \d+ tokens"):
        task.evaluate(task.targets(rows, encoded), outputs, rows=rows, encoded=encoded)


def test_neighbours_that_the_models_scheme_cannot_tell_apart_are_missed_all_the_same() -> None:
    task = TokenClassification(scheme="io")
    rows = make_rows([["a", "b", "c"], ["d"]], [["B-PER", "B-PER", "O"], ["B-PER"]])
    task.fit(rows)
    encoded = encode(task, rows)
    evaluation = task.evaluate({}, sure_outputs(task, rows, encoded), rows=rows, encoded=encoded)
    assert evaluation.metrics["recall"] == pytest.approx(1 / 3)
    assert evaluation.metrics["precision"] == pytest.approx(1 / 2)
    assert evaluation.metrics["accuracy"] == 1
    assert evaluation.per_class[0]["support"] == 3


@pytest.mark.parametrize(
    ("texts", "labels", "format", "max_length", "message"),
    [
        (
            ["ab cd", "Merkel"],
            [[{"start": 0, "end": 5, "label": "A"}], [{"start": 0, "end": 6, "label": "A"}]],
            "spans",
            128,
            None,
        ),
        (
            ["Rome", "film"],
            [
                [{"start": 0, "end": 4, "label": "A"}],
                [{"start": 0, "end": 1, "label": "A"}, {"start": 1, "end": 4, "label": "B"}],
            ],
            "spans",
            128,
            "1 of 3 entities teach nothing: .*r.conll:2",
        ),
        (
            [["a", "film"], ["\u200b", "film"]],
            [["B-A", "O"], ["B-A", "O"]],
            "tags",
            128,
            "1 of 2 words of entities teach nothing: .*r.conll:2",
        ),
        ([["\u200b", "film"]], [["O", "B-A"]], "tags", 128, None),
        (
            [["a"] * 9],
            [["B-A"] * 9],
            "tags",
            8,
            "3 of 9 words of entities teach nothing: .*beyond the longest input",
        ),
    ],
    ids=["all taught", "two in one token", "a word that vanishes", "none of an entity", "cut off"],
)
def test_entities_that_teach_nothing_are_told(
    texts: list, labels: list, format: str, max_length: int, message: str | None
) -> None:
    rows = make_rows(texts, labels, format)
    task = TokenClassification(format=format, stride=None).fit(rows)
    encoded = encode(task, rows, max_length=max_length)
    told = task.learn_from_encoded(encoded.with_targets(**task.targets(rows, encoded)), rows)
    assert len(told) == (message is not None)
    for sentence in told:
        assert re.search(message or "", sentence), sentence
