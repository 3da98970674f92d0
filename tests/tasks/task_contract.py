"""What every task promises, written once: a new task is tested by saying how one is made and fed."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tltk.data import ClassKind, Encoded, LabelKind, Rows, Source
from tltk.tasks import Task, create_task, restore_task


def make_rows(labels: list[Any], texts: list[str] | None = None, kind: LabelKind | None = None) -> Rows:
    """Return rows as `read` gives them, from a file `r.csv` whose first data row is line 2.

    Args:
        labels: as the kind stores them.
        texts: made up when not given.
        kind: of the labels; classes when not given.
    """
    texts = texts or [f"text {index}" for index in range(len(labels))]
    kind = kind or ClassKind()
    stored = pa.array(labels, kind.stored)
    table = pa.table({"text": texts, "label": stored, "__row__": list(range(2, len(labels) + 2))})
    return Rows(Source("train", table, ("text",), "label", "0" * 64, ((0, "r.csv"),), counts_lines=True, kind=kind))


class TaskContract:
    """Base class of the tests of one task."""

    group = 1
    """Rows of the model that an example makes, where its texts are encoded apart."""

    def make(self) -> Task:
        """Return the task, not fitted."""
        raise NotImplementedError

    def rows(self) -> Rows:
        """Return rows it can learn from."""
        raise NotImplementedError

    def encode(self, task: Task, rows: Rows) -> Encoded | None:
        """Return the encoded rows, for a task that looks at them."""
        return None

    def outputs(self, task: Task, number: int) -> np.ndarray:
        """Return raw outputs of a model for so many rows, or tokens of a task that is `token_level`."""
        return np.random.default_rng(0).normal(size=(number, task.units)).astype("float32")

    def batch(self, task: Task, number: int) -> np.ndarray:
        """Return raw outputs of a model as loss and metrics see them, for a batch of so many rows."""
        return self.outputs(task, number)

    def given(self, task: Task, rows: Rows) -> tuple[np.ndarray, dict[str, Any]]:
        """Return raw outputs of a model for some rows, and what `decode` is given besides."""
        encoded = self.encode(task, rows)
        if encoded is None:
            return self.outputs(task, len(rows)), {"rows": rows}
        number = int(encoded.lengths.sum()) if task.token_level else len(encoded)
        return self.outputs(task, number), {"rows": rows, "encoded": encoded}

    @pytest.fixture
    def task(self) -> Task:
        return self.make().fit(self.rows())

    def test_is_found_by_its_name(self, task: Task) -> None:
        assert type(create_task(_section(task.name))) is type(task)

    def test_fit_returns_the_task_itself(self) -> None:
        task = self.make()
        assert task.fit(self.rows()) is task

    def test_targets_have_one_entry_a_row(self, task: Task) -> None:
        encoded = self.encode(task, self.rows())
        targets = task.targets(self.rows(), encoded)
        assert targets
        number = self.group * len(self.rows()) if encoded is None else len(encoded)
        assert all(len(values) == number for values in targets.values())

    def test_predictions_are_plain_json_one_an_example(self, task: Task) -> None:
        rows = self.rows()
        outputs, besides = self.given(task, rows)
        predictions = task.decode(outputs, **besides)
        assert len(predictions) == len(rows)
        assert json.loads(json.dumps(predictions, allow_nan=False)) == predictions

    def test_no_rows_are_no_predictions(self, task: Task) -> None:
        rows = self.rows().take([])
        outputs, besides = self.given(task, rows)
        assert task.decode(outputs, **besides) == []

    def test_evaluation_is_plain_json(self, task: Task) -> None:
        rows = self.rows()
        outputs, besides = self.given(task, rows)
        evaluation = task.evaluate(task.targets(rows, besides.get("encoded")), outputs, **besides)
        assert evaluation.n == len(rows)
        assert json.loads(json.dumps(evaluation.to_dict(), allow_nan=False)) == evaluation.to_dict()

    def test_a_task_restored_from_json_predicts_the_same(self, task: Task) -> None:
        restored = restore_task(json.loads(json.dumps(task.get_config())))
        assert type(restored) is type(task)
        assert restored.get_config() == task.get_config()
        assert restored.units == task.units
        outputs, besides = self.given(task, self.rows())
        assert restored.decode(outputs, **besides) == task.decode(outputs, **besides)

    def test_the_loss_of_weighted_rows_is_a_sum(self, task: Task) -> None:
        # The pipeline's weights (replicas / rows, 0 for padding) then make it the mean over true rows.
        rows = self.rows()
        targets = self._target(task, rows)
        number = len(targets) // self.group
        outputs = self.batch(task, number)
        loss = task.loss()
        parts = [slice(self.group * i, self.group * (i + 1)) for i in range(number)]
        each = np.array([float(loss(targets[part], outputs[part])) for part in parts])
        weights = np.linspace(0, 1, number).astype("float32")
        of_rows = np.repeat(weights, self.group)
        assert float(loss(targets, outputs, sample_weight=of_rows)) == pytest.approx(each @ weights, rel=1e-5)

    def test_rows_of_no_weight_change_no_metric(self, task: Task) -> None:
        rows = self.rows()
        targets = self._target(task, rows)
        number = len(targets) // self.group
        outputs = self.batch(task, number)
        half = self.group * (number // 2)
        for metric, again in zip(task.metrics(), task.metrics(), strict=True):
            weights = np.repeat([1.0, 0.0], [half, self.group * number - half])
            metric.update_state(targets, outputs, sample_weight=weights)
            again.update_state(targets[:half], outputs[:half])
            assert float(metric.result()) == pytest.approx(float(again.result()))

    def _target(self, task: Task, rows: Rows) -> Any:
        return next(iter(task.targets(rows, self.encode(task, rows)).values()))


def _section(name: str) -> Any:
    from tltk.recipe import TaskSection

    return TaskSection(name=name)
