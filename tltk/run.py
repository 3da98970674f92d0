"""What one `fit` leaves behind: a folder, and the object that `fit` returns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tltk.bundle import Bundle
from tltk.errors import TltkError
from tltk.evaluation.content import ReportContent
from tltk.evaluation.report import notebook_html, write_report
from tltk.folders import make_folder, write_json
from tltk.recipe import Recipe, load_recipe, to_yaml
from tltk.tasks import tasks

if TYPE_CHECKING:
    import numpy as np

    from tltk.index import Index

RECIPE, STATE, HISTORY, METRICS, DATA = "recipe.yaml", "run.json", "history.json", "metrics.json", "data.json"
LOCK = ".lock"
EVALUATION, MISTAKES = "evaluation.json", "mistakes.json"
REPORT, BUNDLE, CHECKPOINTS, EXPORTS = "report.html", "bundle", "checkpoints", "exports"


_TRAINING_FACTS = ("epochs", "steps", "seconds", "rows_per_second", "precision", "resumed_from")


class RunFolder:
    """The files of a Run, by name.

    `recipe.yaml` is the full recipe, `run.json` the state (started, finished; versions, precision, seconds),
    `data.json` what was read, `history.json`, `metrics.json` and `evaluation.json` the figures, `mistakes.json` and
    `report.html` what to look at, `bundle/` the trained model, `checkpoints/` what an interrupted training continues
    from (removed when it has ended).

    Args:
        path: the folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def make(self, identity: str, *, overwrite: bool = False) -> None:
        """Make the folder, or find that a Run of this identity may begin or go on in it; nothing in it is changed.

        Raises:
            TltkError: the folder holds a Run of another recipe, or other files, and `overwrite` is False.
        """
        state = self.state
        other = state.get("identity") != identity
        # A Run that failed before its first checkpoint (a wrong path, say) has left nothing that one could miss.
        trained = state.get("state") == "finished" or (self.path / CHECKPOINTS).is_dir()
        if state and other and trained and not overwrite:
            raise TltkError(
                "The folder holds a Run of another recipe.",
                where=str(self.path),
                hint="Choose another place (--output), or give --overwrite to replace it.",
            )
        if (
            not state
            and self.path.is_dir()
            and any(path.name != LOCK for path in self.path.iterdir())
            and not overwrite
        ):
            raise TltkError(
                "The folder holds files that are no Run.",
                where=str(self.path),
                hint="Choose an empty or new folder (--output), or give --overwrite to write into it.",
            )
        make_folder(self.path)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder against other processes; a killed holder frees it.

        Raises:
            TltkError: another process is at work in it.
        """
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.path / LOCK, timeout=0):
                yield
        except Timeout:
            raise TltkError(
                "Another process is at work in this folder.",
                where=str(self.path),
                hint="Wait for it to end, or choose another place (--output).",
            ) from None

    def begin(self, recipe: Recipe, identity: str, *, overwrite: bool = False) -> None:
        """Make the folder and write what is to be run; with `overwrite` remove what an older Run left.

        Raises:
            TltkError: as `make`.
        """
        self.make(identity, overwrite=overwrite)
        if overwrite:
            self._clear()
        (self.path / RECIPE).write_text(to_yaml(recipe), encoding="utf-8")
        self.write(STATE, {"state": "started", "identity": identity})

    @property
    def state(self) -> dict[str, Any]:
        """What `run.json` says; empty where there is none."""
        return self.read(STATE) or {}

    def finished(self, identity: str) -> bool:
        """Tell whether the folder holds a finished Run of this identity."""
        state = self.state
        return state.get("state") == "finished" and state.get("identity") == identity

    def read(self, name: str) -> Any:
        """Return one of the JSON files; None where it is not there.

        Raises:
            TltkError: the file is no JSON.
        """
        path = self.path / name
        if not path.is_file():
            return None
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise TltkError(
                f"The file is damaged ({error}).", where=str(path), hint="Delete it and run the recipe again."
            ) from error

    def write(self, name: str, document: Any) -> None:
        """Write one of the JSON files, in one step."""
        write_json(self.path / name, document)

    def _clear(self) -> None:
        import shutil

        for name in (STATE, HISTORY, METRICS, DATA, EVALUATION, MISTAKES, REPORT):
            (self.path / name).unlink(missing_ok=True)
        for name in (BUNDLE, CHECKPOINTS, EXPORTS):
            shutil.rmtree(self.path / name, ignore_errors=True)


class Run:
    """One finished training: its figures, its model, its folder.

    Args:
        path: the Run's folder.

    Raises:
        TltkError: there is no finished Run.

    Example:
        >>> run = tltk.fit("recipes/quickstart.yaml")  # doctest: +SKIP
        >>> run.metrics["test"]["accuracy"]  # doctest: +SKIP
        0.84
    """

    def __init__(self, path: str | Path, *, bundle: Bundle | None = None) -> None:
        self.folder = RunFolder(path)
        if bundle is not None:
            self.bundle = bundle
        state = self.folder.state
        if state.get("state") != "finished":
            raise TltkError(
                f"Found {'an unfinished Run' if state else 'no Run'}.",
                where=str(path),
                hint="Run `tltk fit` with this --output; an interrupted Run then continues.",
            )

    @property
    def path(self) -> Path:
        """The Run's folder."""
        return self.folder.path

    @cached_property
    def recipe(self) -> Recipe:
        """The full recipe."""
        return load_recipe(self.path / RECIPE)

    @cached_property
    def metrics(self) -> dict[str, dict[str, float]]:
        """The figures of each split: `{"validation": {...}, "test": {"accuracy": ..., "f1_macro": ...}}`."""
        return self.folder.read(METRICS) or {}

    @cached_property
    def history(self) -> dict[str, list[float]]:
        """One value an epoch by name, as Keras calls them: loss, accuracy, val_loss, val_accuracy."""
        return (self.folder.read(HISTORY) or {}).get("history", {})

    @cached_property
    def bundle(self) -> Bundle:
        """The trained model as a Bundle."""
        return Bundle.load(self.path / BUNDLE)

    @property
    def model(self) -> Any:
        """The trained model, a plain `keras.Model` that computes in float32."""
        return self.bundle.model

    def predict(self, texts: Any) -> Any:
        """Predict one text, many, or a stream; as `Bundle.predict`."""
        return self.bundle.predict(texts)

    def embed(self, texts: Any, **options: Any) -> np.ndarray:
        """Return the vector of one text, or of many; as `Bundle.embed`."""
        return self.bundle.embed(texts, **options)

    def index(self, texts: Any, **options: Any) -> Index:
        """Return an index of texts; as `Bundle.index`."""
        return self.bundle.index(texts, **options)

    def evaluate(self, data: Any = None, **options: Any) -> dict[str, float]:
        """Return the figures on labelled rows; on the Run's own test split when none are given."""
        if data is None:
            return self.metrics.get("test") or self.metrics.get("validation") or {}
        return self.bundle.evaluate(data, **options).metrics

    def export(self, format: str, path: str | Path | None = None, **options: Any) -> Path:
        """Write the model in another format (savedmodel, onnx), compared with `predict` before it counts as done."""
        return self.bundle.export(format, path or self.path / EXPORTS / format, **options)

    def report(self) -> Path:
        """Return the path of `report.html`, written anew if it is gone."""
        path = self.path / REPORT
        return path if path.is_file() else write_report(path, self._content())

    def _content(self) -> ReportContent:
        state, history = self.folder.state, self.folder.read(HISTORY) or {}
        return ReportContent(
            name=self.recipe.name,
            created=state.get("created", ""),
            seconds=state.get("seconds"),
            task=self.recipe.task.name,
            backbone=self.recipe.backbone.source,
            evaluations=self.folder.read(EVALUATION) or {},
            history=self.history,
            best_epoch=history.get("best_epoch"),
            training={name: history[name] for name in _TRAINING_FACTS if history.get(name) is not None},
            data={**(self.folder.read(DATA) or {}), "max_length": self.recipe.backbone.max_length},
            mistakes=self.folder.read(MISTAKES) or [],
            recipe=(self.path / RECIPE).read_text(encoding="utf-8"),
            environment=state.get("environment", {}),
        )

    def _repr_html_(self) -> str:
        return notebook_html(self._content())

    def __repr__(self) -> str:
        main = tasks.get(self.recipe.task.name).main_metric(self.metrics)
        figures = {split: values.get(main) for split, values in self.metrics.items()}
        return f"Run({str(self.path)!r}, {main}={figures})"
