"""Pairs, scores and options that do not fit similarity, and models that give no embeddings."""

from __future__ import annotations

import json
from functools import partial

from tests.wrong_inputs.case import Case, wrong
from tests.wrong_inputs.workplace import Workplace

CASES: list[Case] = []
similarity = partial(wrong, CASES)

PAIRS = "a,b,score\nrain,snow,4\nsun,moon,1\nsea,lake,3\n"


def check(
    place: Workplace, options: str = "", text: str = "[a, b]", rows: str = PAIRS, label: str = "score"
) -> list[str]:
    """Return the arguments that check a small table of pairs."""
    path = place.write("pairs.csv", rows)
    data = f"{{path: {path}, text: {text}, label: {label}, split: {{validation: null, test: null}}}}"
    return ["check", place.recipe(f"task: {{name: similarity, options: {{{options}}}}}\ndata: {data}")]


@similarity(
    "An objective that is not there",
    where="task.options.objective",
    what="Got objective 'cosin'",
    advice="Did you mean 'cosine'?",
)
def unknown_objective(place: Workplace):
    return check(place, "objective: cosin")


@similarity(
    "Several objectives",
    where="task.options.objective",
    what="Got objective ['cosine']",
    advice="Did you mean 'cosine'?",
)
def several_objectives(place: Workplace):
    return check(place, "objective: [cosine]")


@similarity(
    "An option of another objective",
    where="task.options.margin",
    what="Objective 'cosent' takes no margin",
    advice="Remove it",
)
def option_of_another_objective(place: Workplace):
    return check(place, "objective: cosent, margin: 0.3")


@similarity(
    "A batch of one where examples are compared",
    where="train.batch_size",
    what="Got 1; the task's loss compares the examples of a batch",
    advice="Give 16 or more",
)
def batch_of_one(place: Workplace):
    return [*check(place, "objective: cosent"), "train.batch_size=1"]


@similarity(
    "An option that the head does not take",
    where="head.options.width",
    what="Head 'embedding' has no option 'width'",
    advice="units",
)
def option_of_no_head(place: Workplace):
    return [*check(place), "head.options={width: 8}"]


@similarity(
    "A value that the head refuses",
    where="head.options",
    what="Got activation='softplus'; expected one of linear, tanh, relu, gelu",
    advice="docs/reference/heads.md",
)
def value_of_no_head(place: Workplace):
    return [*check(place), "head.options={units: 8, activation: softplus}"]


@similarity(
    "One text where pairs are compared", where="data.text", what="Got 1 text columns", advice="Name them as a list"
)
def one_text(place: Workplace):
    return check(place, text="a")


@similarity(
    "A pair where a triplet is wanted",
    where="data.text",
    what="objective 'triplet' takes 3",
    advice="a text, one like it, one unlike it",
)
def pair_for_triplet(place: Workplace):
    return check(place, "objective: triplet")


@similarity("A range without order", where="task.options.range", what="Got [5, 0]", advice="range: [0, 5]")
def turned_range(place: Workplace):
    return check(place, "range: [5, 0]")


@similarity(
    "A score outside the given range", where="pairs.csv:2", what="Got score 4", advice="widen task.options.range"
)
def score_out_of_range(place: Workplace):
    return check(place, "range: [0, 3]")


@similarity("A word where a score is wanted", where="pairs.csv:3", what="Got label 'same'", advice="on_error")
def word_for_score(place: Workplace):
    return check(place, rows="a,b,score\nrain,snow,1\nsun,moon,same\n")


@similarity("The same score in every row", where="data.label", what="the score 1", advice="Name the column")
def equal_scores(place: Workplace):
    return check(place, rows="a,b,score\nrain,snow,1\nsun,moon,1\n")


@similarity(
    "Embeddings of a model that gives none", where="bundle", what="are no embeddings", advice="tltk.embedder(name)"
)
def no_embeddings(place: Workplace):
    place.bundle()
    return ["embed", "bundle", place.write("texts.txt", "a film\n"), "-o", "vectors.npy"]


@similarity("An index where one is", where="idx", what="The folder holds an index", advice="--overwrite")
def index_over_another(place: Workplace):
    place.bundle()
    place.write("idx/index.json", "{}")
    return ["index", "build", "bundle", place.write("texts.txt", "a film\n"), "-o", "idx"]


@similarity(
    "A form of embeddings that is not written",
    where="vectors.txt",
    what="Got the suffix '.txt'",
    advice="Name the file accordingly",
)
def unknown_form(place: Workplace):
    place.bundle()
    return ["embed", "bundle", place.write("texts.txt", "a film\n"), "-o", "vectors.txt"]


@similarity(
    "A checkpoint that makes vectors in another way",
    where="modules.json",
    what="Got the modules Transformer, Pooling, WordWeights; tltk reads Transformer and Pooling",
    advice="Name a pooling (head.pooling)",
)
def unknown_module(place: Workplace):
    import tltk

    modules = [{"type": f"sentence_transformers.models.{kind}"} for kind in ("Transformer", "Pooling", "WordWeights")]
    (place.checkpoint() / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    return lambda: tltk.embedder("./tiny-bert")


@similarity(
    "A number among the texts of an index",
    where="item 1",
    what="Got 7; expected a string",
    advice="put text in its place",
)
def number_in_an_index(place: Workplace):
    import tltk

    place.checkpoint()
    return lambda: tltk.embedder("./tiny-bert", pooling="mean").index(["a film", 7])
