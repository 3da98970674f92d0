"""Figures that are kept over systems and seeds, and how a job is run."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from benchmarks.quality import __main__ as command
from benchmarks.quality import running
from benchmarks.quality.results import Results
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits
from benchmarks.quality.trained import Trained

SETTINGS = Settings(epochs=2, learning_rate=1e-4)


def run(accuracy: float) -> dict[str, Any]:
    return {"figures": {"accuracy": accuracy}}


def test_other_seeds_and_systems_stay_and_the_same_seed_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "quality_toy.json"
    for system, seed, accuracy in (("Trainer", 1, 0.5), ("Trainer", 0, 0.7), ("tltk", 0, 0.9), ("Trainer", 1, 0.9)):
        results = Results(path)
        results.hold(SETTINGS)
        results.add(system, seed, run(accuracy))
    kept = json.loads(path.read_text())
    assert [known["seed"] for known in kept["runs"]["Trainer"]] == [0, 1]
    assert kept["settings"] == SETTINGS.document()
    assert kept["summary"]["Trainer"]["accuracy"] == {
        "mean": pytest.approx(0.8),
        "spread": pytest.approx(0.02**0.5),
        "seeds": 2,
    }
    assert kept["summary"]["tltk"]["accuracy"] == {"mean": 0.9, "spread": 0.0, "seeds": 1}


def test_figures_of_other_settings_are_not_mixed_in(tmp_path: Path) -> None:
    results = Results(tmp_path / "quality_toy.json")
    results.hold(SETTINGS)
    results.add("Trainer", 0, run(0.5))
    before = results.path.read_bytes()
    with pytest.raises(SystemExit, match="were made with"):
        Results(results.path).hold(SETTINGS.changed({"epochs": 3}))
    assert results.path.read_bytes() == before


def test_the_first_of_equals_is_chosen(tmp_path: Path) -> None:
    tried = [
        {"changes": {"epochs": epochs}, "figures": {"accuracy": value}}
        for epochs, value in ((1, 0.1), (2, 0.6), (3, 0.6))
    ]
    results = Results(tmp_path / "quality_toy.json")
    assert results.choose("Trainer", 0, "accuracy", tried) == {"epochs": 2}
    assert Results(results.path).choice == results.choice


class Job(ModuleType):
    """Rows are numbers; a model gives the number of its epochs, and the figure is the greatest of what was given."""

    KIND, SETTINGS, GRID, MEASURE = "numbers", SETTINGS, ({"epochs": 1}, {"epochs": 3}), "greatest"

    @staticmethod
    def score(rows: list[int], predictions: list[int]) -> dict[str, float]:
        return {"greatest": float(max(predictions))}

    @staticmethod
    def checkpoint(splits: Splits, seed: int, folder: Path) -> Path:
        return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What a system that only notes it was trained on and asked for."""
    notes: list[tuple[str, Any]] = []

    def train(rows: list[int], settings: Settings, seed: int, checkpoint: Path) -> Trained:
        def predict(asked: list[int]) -> list[int]:
            notes.append(("predict", asked))
            return [settings.epochs for _ in asked]

        notes.append(("train", list(rows)))
        return Trained(predict, 1.0, 1.0)

    monkeypatch.setattr(running, "find_train", lambda system, kind: train)
    return notes


@pytest.mark.parametrize("drawn", [False, True])
def test_settings_are_chosen_without_the_test_rows_and_hold_from_then_on(
    tmp_path: Path, asked: list[tuple[str, Any]], drawn: bool
) -> None:
    path = tmp_path / "quality_toy.json"
    toy = running.Running("toy", Job("toy"), Splits([1], [2], [3], drawn), Results(path), tmp_path / "kept")
    toy.choose("tltk", 0)
    assert asked == [("train", [1]), ("predict", [2])] * 2
    asked.clear()
    assert toy.measure("tltk", 0) == {"greatest": 3.0}
    # The rows that were held out are trained on too; where there are none, the chosen model need not be trained again.
    assert asked == ([("train", [1, 2])] if drawn else []) + [("predict", [3])]
    again = running.Running("toy", Job("toy"), Splits([1], [2], [3], drawn), Results(path))
    assert again.measure("tltk", 1) == {"greatest": 3.0}
    assert json.loads((tmp_path / "kept" / "toy_tltk_seed0.json").read_text()) == [3]
    assert json.loads(path.read_text())["summary"]["tltk"]["greatest"]["seeds"] == 2


def test_a_kind_that_a_system_does_not_do_says_where_to_write_it() -> None:
    with pytest.raises(SystemExit, match=r"benchmarks/quality/systems/tltk/riddles\.py"):
        running.find_train("tltk", "riddles")


@pytest.mark.parametrize("name", command.known_jobs())
def test_every_job_says_what_it_must(name: str) -> None:
    job = running.find_job(name)
    assert job.__doc__
    assert Path(running.__file__).with_name("rows").joinpath(f"{job.KIND}.py").is_file()
    assert callable(job.rows)
    assert callable(job.score)
    for changes in job.GRID:
        assert job.SETTINGS.changed(changes).document()
    assert not job.GRID or job.SETTINGS in [job.SETTINGS.changed(changes) for changes in job.GRID]


def test_a_quick_run_does_not_go_among_the_kept_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["trec_qc", "--data", str(tmp_path), "--quick"])
    assert "give another folder by --results" in capsys.readouterr().err
