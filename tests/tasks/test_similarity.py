from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

import tltk
from tests.pairs import make_pairs
from tests.tasks.run_contract import TaskRunContract
from tests.tasks.task_contract import TaskContract
from tltk.data import NoLabelKind, Rows, ScoreKind, Source
from tltk.errors import BundleError, DataError, RecipeError
from tltk.recipe import DataSection
from tltk.tasks import Similarity, Task

SCORES = [5.0, 0.0, 2.5, 4.0, 1.0]


def make_rows(texts: int = 2, scores: list[float] | None = None) -> Rows:
    """Return rows of so many text columns as `read` gives them; the first texts are two different ones."""
    scores = SCORES if scores is None else scores
    number = len(scores)
    columns = {"a": [f"a {index % 2}" for index in range(number)]}
    columns |= {name: [f"{name} {index}" for index in range(number)] for name in "bc"[: texts - 1]}
    labels = pa.array([[score] for score in scores], ScoreKind().stored)
    table = pa.table({**columns, "score": labels, "__row__": list(range(2, number + 2))})
    return Rows(Source("train", table, tuple(columns), "score", "0" * 64, ((0, "r.csv"),), True, ScoreKind()))


class SimilarityContract(TaskContract):
    objective = "cosine"
    group = 2

    def make(self) -> Task:
        return Similarity(self.objective)

    def rows(self) -> Rows:
        return make_rows(self.group)

    def outputs(self, task: Task, number: int) -> np.ndarray:
        return np.random.default_rng(0).normal(size=(number * self.group, 6)).astype("float32")


class TestCosine(SimilarityContract):
    pass


class TestTriplet(SimilarityContract):
    objective = "triplet"
    group = 3


class OfTheWholeBatch(SimilarityContract):
    """Objectives whose loss compares examples with each other."""

    def test_the_loss_of_weighted_rows_is_a_sum(self, task: Task) -> None:
        rows = self.rows()
        targets, outputs = self._target(task, rows), self.outputs(task, len(rows))
        more = np.concatenate([targets, np.zeros_like(targets)]), np.concatenate([outputs, outputs[::-1]])
        weights = np.repeat([1.0, 0.0], len(targets)).astype("float32")
        expected = float(task.loss()(targets, outputs))
        assert float(task.loss()(*more, sample_weight=weights)) == pytest.approx(expected, rel=1e-5)


class TestCoSent(OfTheWholeBatch):
    objective = "cosent"


class TestMultipleNegatives(OfTheWholeBatch):
    objective = "multiple-negatives"

    def test_rows_of_no_weight_change_no_metric(self, task: Task) -> None:
        rows = self.rows()
        targets, outputs = self._target(task, rows), self.outputs(task, len(rows))
        (metric,), (again,) = task.metrics(), task.metrics()
        metric.update_state(np.concatenate([targets, 0 * targets]), np.concatenate([outputs, outputs]))
        again.update_state(targets, outputs)
        assert float(metric.result()) == pytest.approx(float(again.result()))


class TestHardNegatives(TestMultipleNegatives):
    group = 3


def test_scores_are_scaled_by_the_training_rows_or_the_given_range() -> None:
    rows = make_rows()
    learned = Similarity().fit(rows)
    assert learned.range_ == (0.0, 5.0)
    labels = learned.targets(rows)["labels"]
    np.testing.assert_allclose(labels[::2, 0], np.array(SCORES) / 5)
    np.testing.assert_array_equal(labels[::2], labels[1::2])
    assert (labels[:, 1] == 1).all()
    given = Similarity(range=[-5, 5]).fit(rows).targets(rows)["labels"]
    np.testing.assert_allclose(given[::2, 0], (np.array(SCORES) + 5) / 10)


def test_a_score_outside_the_given_range_is_named() -> None:
    task = Similarity(range=[0, 4]).fit(make_rows())
    with pytest.raises(DataError, match=r"r\.csv:2: Got score 5; task\.options\.range is 0 to 4\."):
        task.check(make_rows())


def test_one_score_alone_cannot_be_learned() -> None:
    with pytest.raises(DataError, match="Every training row has the score 1"):
        Similarity().fit(make_rows(scores=[1.0, 1.0]))


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"objective": "cosin"}, "task.options.objective"),
        ({"objective": "cosine", "margin": 0.5}, "task.options.margin"),
        ({"objective": "triplet", "range": [0, 5]}, "task.options.range"),
        ({"range": [5, 0]}, "task.options.range"),
        ({"range": "0-5"}, "task.options.range"),
        ({"objective": "cosent", "scale": 0}, "task.options.scale"),
        ({"objective": "triplet", "distance": "taxi"}, "task.options.distance"),
    ],
)
def test_wrong_options_are_named(options: dict[str, Any], where: str) -> None:
    with pytest.raises(RecipeError, match=where):
        Similarity(**options)


@pytest.mark.parametrize(
    ("objective", "texts"),
    [("cosine", ("a",)), ("cosine", ("a", "b", "c")), ("triplet", ("a", "b")), ("multiple-negatives", ("a",))],
)
def test_each_objective_has_its_columns(objective: str, texts: tuple[str, ...]) -> None:
    with pytest.raises(RecipeError, match=r"data\.text"):
        Similarity(objective).text_columns(DataSection(text=texts))


def test_a_label_is_read_only_where_there_are_scores() -> None:
    section = DataSection(text=("a", "b"), label_names={"same": "1", "other": "0"})
    kind = Similarity("cosent").label_kind(section)
    assert kind.clean(["x", "y"], ["same"])[1] == [1.0]
    assert isinstance(Similarity("multiple-negatives").label_kind(section), NoLabelKind)


def test_figures_and_mistakes_are_those_of_the_cosine() -> None:
    rows, draw = make_rows(), np.random.default_rng(1)
    outputs = draw.normal(size=(10, 4)).astype("float32")
    task = Similarity().fit(rows)
    found = np.array([prediction["score"] for prediction in task.decode(outputs)])
    figures = task.evaluate(task.targets(rows), outputs, rows=rows)
    assert figures.metrics["spearman"] == pytest.approx(stats.spearmanr(SCORES, found).statistic)
    assert figures.metrics["pearson"] == pytest.approx(stats.pearsonr(SCORES, found).statistic)
    worst = task.mistakes(task.targets(rows), outputs, rows=rows)[0]
    off = np.abs(stats.rankdata(found) - stats.rankdata(SCORES))
    assert off[worst["position"]] == off.max()
    assert worst["text"] == list(rows.texts([worst["position"]])[0])


def test_the_pearson_kept_in_training_is_exact_over_batches() -> None:
    draw = np.random.default_rng(2)
    outputs = draw.normal(size=(200, 8)).astype("float32")
    scores = draw.uniform(3, 3.01, size=100)
    task = Similarity(range=[0, 5])
    (metric,) = task.metrics()
    targets = np.stack([np.repeat(scores, 2), np.ones(200)], axis=1).astype("float32")
    for start in range(0, 200, 32):
        metric.update_state(targets[start : start + 32], outputs[start : start + 32])
    found = [prediction["score"] for prediction in task.decode(outputs)]
    assert float(metric.result()) == pytest.approx(stats.pearsonr(targets[::2, 0], found).statistic, abs=1e-4)


class TestRun(TaskRunContract):
    task = "similarity"
    changes: ClassVar[dict[str, Any]] = {
        "data__text": ["a", "b"],
        "data__label": "score",
        "data__split__duplicates": "allow",
        "train__epochs": 8,
        "train__learning_rate": 3e-3,
        "backbone__dropout": 0.0,
        "backbone__attention_dropout": 0.0,
        "train__monitor": "val_pearson",
    }

    def headline(self, run: tltk.Run) -> tuple[str, ...]:
        return ("spearman", "pearson")

    def data(self) -> dict[str, list[Any]]:
        return make_pairs(300)

    def inputs(self) -> list[Any]:
        return [("a dull film", "the movie : worst"), ("a dull film", "the movie : wonderful")]

    def test_it_learns_and_the_monitored_figure_is_that_of_the_report(self, run: tltk.Run) -> None:
        assert run.metrics["validation"]["spearman"] > 0.6
        assert max(run.history["val_pearson"]) == pytest.approx(run.metrics["validation"]["pearson"], abs=1e-5)

    def test_embeddings_are_what_the_scores_are_cosines_of(self, run: tltk.Run) -> None:
        texts = [text for pair in self.inputs() for text in pair]
        vectors = run.embed(iter(texts), normalize=True)
        assert (vectors.shape, vectors.dtype) == ((4, 32), np.float32)
        scores = [prediction["score"] for prediction in run.predict(self.inputs())]
        np.testing.assert_allclose((vectors[::2] * vectors[1::2]).sum(1), scores, atol=1e-6)
        np.testing.assert_allclose(run.embed(texts[0], batch_size=1, normalize=True), vectors[0], atol=1e-6)

    def test_exports_are_embedders(self, run: tltk.Run, tmp_path: Any) -> None:
        import onnxruntime

        session = onnxruntime.InferenceSession(run.export("onnx", tmp_path / "onnx") / "model.onnx")
        assert [output.name for output in session.get_outputs()] == ["embeddings"]

    def test_the_report_draws_scores_and_cosines(self, run: tltk.Run) -> None:
        page = run.report().read_text(encoding="utf-8")
        assert "Predicted over true" in page
        assert "Likeness by measure" in page


def test_a_model_that_gives_no_embeddings_says_so(tmp_path: Any, tiny_bert_folder: Any) -> None:
    from tests.reviews import make_reviews, tiny_recipe

    run = tltk.fit(tiny_recipe(tiny_bert_folder, train__epochs=1), data=make_reviews(60), output=tmp_path / "run")
    with pytest.raises(BundleError, match="outputs are no embeddings"):
        run.embed("a text")
