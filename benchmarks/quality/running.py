"""A job run by a system: settings chosen, a model trained, its predictions scored and kept."""

from __future__ import annotations

import importlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.machine import describe_machine
from benchmarks.quality.results import Results
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits
from benchmarks.quality.trained import Trained

Train = Callable[[Sequence[Any], Settings, int, Path], Trained]


@dataclass(frozen=True)
class Running:
    """A job on its rows, with the results that are kept of it.

    Args:
        name: of the job.
        job: the job's module.
        splits: its rows.
        results: where figures go.
        keep: folder for the predictions of the test rows, or None.
    """

    name: str
    job: ModuleType
    splits: Splits
    results: Results
    keep: Path | None = None
    trained: dict[tuple[Any, ...], Trained] = field(default_factory=dict)

    def settings(self) -> Settings:
        """Return what was chosen, or else the job's own settings."""
        chosen = self.results.choice
        return self.job.SETTINGS.changed(chosen["best"] if chosen else {})

    def choose(self, system: str, seed: int) -> None:
        """Train with each of the grid's settings and keep the best by the validation rows; test rows are not seen."""
        if not self.job.GRID:
            print(f"{self.name}: the settings are given; there is nothing to choose.", flush=True)
            return
        tried = []
        for changes in self.job.GRID:
            settings = self.job.SETTINGS.changed(changes)
            trained = self._train(system, self.splits.train, settings, seed)
            if not self.splits.drawn:  # the same rows are trained on for the figures: it need not be done twice
                self.trained[system, seed, settings] = trained
            figures = self.job.score(self.splits.validation, trained.predict(self.splits.validation))
            tried.append({"changes": changes, "figures": figures, "seconds": trained.seconds})
            print(f"{self.name}: {system} with {changes}: {_words(figures)} on validation rows", flush=True)
        best = self.results.choose(system, seed, self.job.MEASURE, tried)
        print(f"{self.name}: chosen by {self.job.MEASURE}: {best}", flush=True)

    def measure(self, system: str, seed: int) -> dict[str, float]:
        """Train with the settings that stand, score the test rows, keep and return the figures."""
        settings = self.settings()
        self.results.hold(settings)
        trained = self.trained.get((system, seed, settings)) or self._train(system, self.splits.final, settings, seed)
        predictions = trained.predict(self.splits.test)
        figures = dict(self.job.score(self.splits.test, predictions))
        if trained.before is not None:
            before = self.job.score(self.splits.test, trained.before(self.splits.test))
            figures |= {f"{name}_before": value for name, value in before.items()}
        if getattr(self.job, "TRAINED_ROWS_TOO", False):
            learned = self.job.score(self.splits.final, trained.predict(self.splits.final))
            figures |= {f"{name}_of_training_rows": value for name, value in learned.items()}
        self.results.add(
            system,
            seed,
            {
                "figures": figures,
                "seconds": trained.seconds,
                "rows_per_second": trained.rows_per_second,
                "rows": {"train": len(self.splits.final), "test": len(self.splits.test)},
                "versions": {name: version(name) for name in _system(system).PACKAGES},
                "machine": describe_machine(),
            },
        )
        self._keep(system, seed, predictions)
        print(f"{self.name}: {system}, seed {seed}: {_words(figures)}; {trained.seconds:.0f} s", flush=True)
        return figures

    def _train(self, system: str, rows: Sequence[Any], settings: Settings, seed: int) -> Trained:
        train = find_train(system, self.job.KIND)
        with tempfile.TemporaryDirectory() as folder:
            return train(rows, settings, seed, self._checkpoint(seed, Path(folder) / "checkpoint"))

    def _checkpoint(self, seed: int, folder: Path) -> Path:
        if hasattr(self.job, "checkpoint"):
            return self.job.checkpoint(self.splits, seed, folder)
        from tltk.assets import resolve_checkpoint

        return resolve_checkpoint("all-MiniLM-L6-v2").folder

    def _keep(self, system: str, seed: int, predictions: Any) -> None:
        if self.keep is None:
            return
        self.keep.mkdir(parents=True, exist_ok=True)
        target = self.keep / f"{self.name}_{system}_seed{seed}.json"
        target.write_text(json.dumps(predictions, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def find_job(name: str) -> ModuleType:
    """Return a job's module."""
    return importlib.import_module(f"benchmarks.quality.jobs.{name}")


def find_train(system: str, kind: str) -> Train:
    """Return what trains a system on a kind of rows.

    Raises:
        SystemExit: the system does not do this kind yet.
    """
    place = f"{_system(system).__name__}.{kind}"
    try:
        return importlib.import_module(place).train
    except ModuleNotFoundError as error:
        if error.name != place:
            raise
        raise SystemExit(
            f"{system} has no run of {kind} yet: write {place.replace('.', '/')}.py with "
            "train(rows, settings, seed, checkpoint) -> Trained."
        ) from None


def _system(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.quality.systems.{name.lower().replace('-', '_')}")


def _words(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
