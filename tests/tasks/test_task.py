from __future__ import annotations

import subprocess
import sys

import pytest

from tltk.errors import BundleError, RecipeError
from tltk.recipe import DataSection, TaskSection
from tltk.tasks import TextClassification, create_task, register_task, restore_task


def test_an_unknown_task_gets_the_closest_name() -> None:
    with pytest.raises(RecipeError, match=r"task\.name: Got task 'text-clasification'.*'text-classification'"):
        create_task(TaskSection(name="text-clasification"))


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(RecipeError, match=r"task\.options\.smoothing: .*no option 'smoothing'.*no options"):
        create_task(TaskSection(options={"smoothing": 0.1}))


def test_labels_are_no_option() -> None:
    with pytest.raises(RecipeError, match=r"task\.options\.labels"):
        create_task(TaskSection(options={"labels": ["a", "b"]}))


def test_a_taken_name_is_refused() -> None:
    class Other(TextClassification):
        pass

    with pytest.raises(RecipeError, match="registered already"):
        register_task("text-classification")(Other)
    assert TextClassification.name == "text-classification"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"name": "tagging-of-mine"}, "'tagging-of-mine', which is not registered"),
        ({}, "None, which is not registered"),
        ({"name": "text-classification", "labels_": 3}, "cannot be read"),
        ({"name": "text-classification", "labels_": ["a", "a"]}, "more than once"),
    ],
)
def test_a_damaged_description_is_a_bundle_error(config: dict, message: str) -> None:
    with pytest.raises(BundleError, match=message):
        restore_task(config)


def test_columns_come_from_the_data_section() -> None:
    task = create_task(TaskSection())
    assert task.text_columns(DataSection(text="review")) == ("review",)
    assert task.text_columns(DataSection(text=("a", "b"))) == ("a", "b")
    with pytest.raises(RecipeError, match=r"data\.text: Got 3 text columns"):
        task.text_columns(DataSection(text=("a", "b", "c")))


def test_predicting_and_scoring_need_no_tensorflow() -> None:
    code = (
        "import sys, numpy; from tltk.tasks import TextClassification; task = TextClassification(('a', 'b'));"
        "task.decode(numpy.zeros((1, 2))); task.evaluate({'labels': numpy.array([0, 1])}, numpy.eye(2));"
        "sys.exit(bool({'tensorflow', 'keras'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
