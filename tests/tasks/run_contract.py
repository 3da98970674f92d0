"""What a whole Run of every task promises, written once: a task's test says which rows it is fed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import tltk
from tests.reviews import tiny_recipe
from tltk.run import Run
from tltk.tasks import tasks


class TaskRunContract:
    """Base class of the tests of one task from recipe to export; trains the tiny BERT once for all of them."""

    task: ClassVar[Any]
    changes: ClassVar[dict[str, Any]] = {}
    """Further recipe values, by path with `__` for the dots."""

    def data(self) -> dict[str, list[Any]]:
        """Return rows in memory that a tiny model learns in seconds."""
        raise NotImplementedError

    def inputs(self) -> list[Any]:
        """Return some inputs to predict."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    def run(self, tiny_bert_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
        recipe = tiny_recipe(tiny_bert_folder, task=self.task, **self.changes)
        return tltk.fit(recipe, data=self.data(), output=tmp_path_factory.mktemp("run") / "run")

    def headline(self, run: Run) -> tuple[str, ...]:
        """Return the figures that must be measured; of a task with several objectives not all are."""
        return tasks.get(run.recipe.task.name).headline

    def test_the_figures_of_the_headline_are_measured_on_both_splits(self, run: Run) -> None:
        for split in ("validation", "test"):
            assert set(self.headline(run)) <= set(run.metrics[split])

    def test_the_report_shows_the_main_figure(self, run: Run) -> None:
        main = self.headline(run)[0]
        assert f"{run.metrics['test'][main]:.4f}" in run.report().read_text(encoding="utf-8")

    def test_predictions_are_plain_json_and_the_same_after_reopening(self, run: Run) -> None:
        made = run.predict(self.inputs())
        assert json.loads(json.dumps(made, allow_nan=False)) == made
        assert tltk.load(run.path).predict(self.inputs()) == made

    def test_labelled_rows_in_memory_are_scored(self, run: Run) -> None:
        figures = run.evaluate(self.data())
        assert set(run.metrics["test"]) == set(figures)

    @pytest.mark.parametrize("format", ["savedmodel", "onnx"])
    def test_exports_give_what_predict_computes(self, run: Run, tmp_path: Path, format: str) -> None:
        from tltk.exporting import exporters

        folder = run.export(format, tmp_path / "export")
        encoded = self.encoded(run)
        raw = run.bundle.predictor.raw(encoded)
        expected = self.exported(run, raw[None] if run.bundle.task.token_level else raw)
        found = exporters.get(format)().load(folder)(encoded.batch(np.array([0]), int(encoded.lengths[0])))
        np.testing.assert_allclose(found[0], expected[0][: len(found[0])], atol=1e-5)

    def test_the_onnx_engine_gives_the_same_raw_outputs(self, run: Run) -> None:
        encoded = self.encoded(run)
        expected = run.bundle.predictor.raw(encoded)
        found = run.bundle.predictor_for("onnx").raw(encoded)
        np.testing.assert_allclose(found, expected, atol=1e-4)

    def exported(self, run: Run, raw: np.ndarray) -> np.ndarray:
        """Return what an export gives where the model's raw outputs are these."""
        return run.bundle.task.activation(raw)

    def encoded(self, run: Run) -> Any:
        """Return the first input as it is encoded."""
        return run.bundle.predictor.text_encoder.encode([self.inputs()[0]])
