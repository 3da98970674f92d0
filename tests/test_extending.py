"""A head, a task and a reader of one's own, each a few lines, go into a recipe by name and through a whole Run."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import pyarrow as pa
import pytest

import tltk
from tests.reviews import make_reviews, tiny_recipe
from tltk.data import FileReader
from tltk.data.reader import readers
from tltk.evaluation import Evaluation
from tltk.heads.head import heads
from tltk.losses import BinaryCrossEntropy
from tltk.tasks import Task
from tltk.tasks.registry import tasks

MOST_LINES = 30


@pytest.fixture(autouse=True)
def _parts_are_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the registries as they were: messages that list what is known are tested elsewhere."""
    for registry in (heads, tasks, readers):
        registry.names()  # finds the built-in ones
        monkeypatch.setattr(registry, "_parts", dict(registry._parts))


def define_head() -> type:
    @tltk.register_head("first-and-last", replace=True)
    class FirstAndLast(keras.layers.Layer):
        """Classifies by the first and the last position of the sequence."""

        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units
            self.dense = keras.layers.Dense(units, dtype="float32")

        def call(self, hidden_states: Any) -> Any:
            return self.dense(keras.ops.concatenate([hidden_states[:, 0], hidden_states[:, -1]], axis=-1))

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    return FirstAndLast


def define_task() -> type:
    @tltk.register_task("is-good", replace=True)
    class IsGood(Task):
        """Tells by one logit whether a text's label is `positive`."""

        units = 1

        def fit(self, rows: Any) -> Task:
            return self

        def targets(self, rows: Any, encoded: Any = None) -> dict[str, Any]:
            return {"labels": rows.codes(["negative", "positive"]).astype("float32")[:, None]}

        def loss(self, settings: Any = None) -> keras.losses.Loss:
            return BinaryCrossEntropy(settings)

        def metrics(self) -> list[keras.metrics.Metric]:
            return [keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)]

        def activation(self, outputs: Any) -> Any:
            return 1 / (1 + np.exp(-outputs.astype("float64")))

        def probabilities(self) -> keras.layers.Layer:
            return keras.layers.Activation("sigmoid", name="probabilities")

        def decode(self, outputs: Any, *, rows: Any = None, encoded: Any = None) -> list[dict[str, Any]]:
            return [{"good": float(value)} for value in self.activation(outputs)[:, 0]]

        def evaluate(self, targets: Any, outputs: Any, *, rows: Any = None, encoded: Any = None) -> Evaluation:
            right = (outputs > 0) == (targets["labels"] > 0.5)
            return Evaluation(metrics={"accuracy": float(right.mean())}, n=len(right))

    return IsGood


def define_reader() -> type:
    @tltk.register_reader("fasttext", replace=True)
    class FastText(FileReader):
        """Reads lines of `__label__NAME text`."""

        suffixes: ClassVar[tuple[str, ...]] = (".ft",)
        counts_lines: ClassVar[bool] = True

        def batches(self, part: Any, cleaner: Any) -> Iterator[pa.RecordBatch]:
            lines = Path(part.handle).read_text(encoding=self.section.encoding).splitlines()
            pairs = [line.removeprefix("__label__").split(" ", 1) for line in lines]
            columns = {self.section.text: [text for _, text in pairs], self.section.label: [name for name, _ in pairs]}
            yield cleaner.batch(part.origin, range(1, len(lines) + 1), [columns[name] for name in cleaner.fields])

    return FastText


@pytest.mark.parametrize("define", [define_head, define_task, define_reader])
def test_a_part_is_under_thirty_lines(define: Callable[[], type]) -> None:
    assert len([line for line in inspect.getsource(define()).splitlines() if line.strip()]) < MOST_LINES


def test_all_three_go_through_a_run_by_their_names(tiny_bert_folder: Path, tmp_path: Path) -> None:
    for define in (define_head, define_task, define_reader):
        define()
    rows = make_reviews()
    lines = [f"__label__{label} {text}" for text, label in zip(rows["text"], rows["label"], strict=True)]
    (tmp_path / "reviews.ft").write_text("\n".join(lines), encoding="utf-8")
    recipe = tiny_recipe(tiny_bert_folder, task="is-good", head="first-and-last", data__source="auto", train__epochs=6)
    recipe["data"]["path"] = str(tmp_path / "reviews.ft")
    run = tltk.fit(recipe, {"train.monitor": "val_accuracy"}, output=tmp_path / "run")
    assert run.metrics["test"]["accuracy"] > 0.6
    assert json.loads((run.path / "bundle" / "tltk.json").read_text())["task"]["name"] == "is-good"
    again = tltk.load(run.path).predict("a gripping film")
    assert again == run.predict("a gripping film")
    assert 0 <= again["good"] <= 1
    assert (run.export("savedmodel", tmp_path / "export") / "export.json").is_file()
