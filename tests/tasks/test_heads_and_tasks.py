"""Which built-in heads go with which built-in tasks, and what is said of the rest."""

from __future__ import annotations

import re
import sys

import keras
import pytest

import tltk
from tltk.errors import RecipeError
from tltk.heads import CrfHead, LinearHead, heads, register_head
from tltk.heads.head import GIVES
from tltk.recipe import TaskSection
from tltk.tasks import check_head, create_task, tasks

FITTING = {
    "text-classification": {"linear", "mlp"},
    "multi-label-classification": {"linear", "mlp"},
    "regression": {"linear", "mlp"},
    "ordinal-regression": {"linear", "mlp"},
    "token-classification": {"token-linear", "crf"},
    "question-answering": {"span"},
    "similarity": {"embedding"},
}
HEADS = ("crf", "embedding", "linear", "mlp", "span", "token-linear")


def test_every_built_in_head_says_what_it_gives_and_every_task_what_it_takes() -> None:
    # Docstrings' examples register heads of their own, in the name of the module that they stand in.
    built_in = {name for name in heads if _is_of(heads.get(name), "tltk.heads.")}
    assert built_in == set(HEADS)
    assert {heads.get(name).gives for name in built_in} == set(GIVES)
    of_tltk = {name: tasks.get(name) for name in tasks if _is_of(tasks.get(name), "tltk.tasks.")}
    assert of_tltk.keys() == FITTING.keys()
    assert {kind for task in of_tltk.values() for kind in task.takes} == set(GIVES)


def _is_of(part: type, package: str) -> bool:
    module = part.__module__
    return module.startswith(package) and getattr(sys.modules[module], part.__name__, None) is part


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("task", FITTING)
def test_a_head_that_the_task_cannot_read_is_refused_with_those_that_fit(task: str, head: str) -> None:
    if head in FITTING[task]:
        assert create_task(TaskSection(name=task), head).name == task
        return
    with pytest.raises(RecipeError, match=rf"^head\.name: Head '{head}' gives .*; task '{task}' takes ") as caught:
        create_task(TaskSection(name=task), head)
    hint = re.search(r"Take (.*), or a layer of your own\.$", str(caught.value))
    assert hint is not None
    assert set(hint[1].split(" or ")) == FITTING[task]


@pytest.mark.parametrize("task", FITTING)
def test_a_head_that_says_nothing_goes_with_every_task(task: str) -> None:
    @register_head("says-nothing", replace=True)
    class SaysNothing(keras.layers.Layer):
        pass

    try:
        assert create_task(TaskSection(name=task), "says-nothing").name == task
        check_head(tasks.get(task), SaysNothing())
        check_head(tasks.get(task), keras.layers.Dense(2))
    finally:
        heads._parts.pop("says-nothing")


def test_a_layer_of_another_kind_is_refused_before_anything_is_read() -> None:
    check_head(tasks.get("regression"), LinearHead(1))
    with pytest.raises(RecipeError, match=r"^head: Head 'CrfHead' gives edges.*task 'regression' takes outputs for"):
        tltk.fit({"task": "regression", "data": {"path": "nowhere.csv"}}, head=CrfHead(3))


def test_a_layer_gives_what_the_head_gives_in_whose_place_it_stands() -> None:
    tagging = tasks.get("token-classification")
    check_head(tagging, CrfHead(3), named="crf")
    with pytest.raises(
        RecipeError, match=r"^head: Head 'CrfHead' gives edges.*head 'token-linear'.*Write head: crf in"
    ):
        check_head(tagging, CrfHead(3), named="token-linear")
    with pytest.raises(RecipeError, match="Write head: crf in the recipe"):
        tltk.fit({"task": "token-classification", "data": {"path": "nowhere.conll"}}, head=CrfHead(3))


def test_check_refuses_it_too() -> None:
    rows = {"text": ["a", "b"] * 20, "label": [1, 2] * 20}
    with pytest.raises(RecipeError, match=r"head\.name: Head 'crf' gives edges"):
        tltk.check({"task": "regression", "head": "crf"}, data=rows)
