"""The folder of a search: whose it is, and what is written into it as trials end."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from tltk.errors import TltkError
from tltk.folders import write_json
from tltk.recipe import Recipe, fingerprint, override, to_yaml
from tltk.search.plot import plot_trials
from tltk.search.result import BEST_RECIPE, PLOT, REFIT, TABLE
from tltk.search.space import tune_section, values_of
from tltk.search.tuners import STATE

IDENTITY = "search.json"


class SearchFolder:
    """The files of a search, by name.

    `search.json` says which search it is, `trials/` is KerasTuner's own state, `trials.json` the table of trials,
    `trials.png` their picture, `best_recipe.yaml` the best recipe, `best/` the Run of it.

    Args:
        path: the folder.
        recipe: the recipe with its `tune` section.
        data_fingerprint: of the rows.
    """

    def __init__(self, path: Path, recipe: Recipe, data_fingerprint: str) -> None:
        self.path = path
        self._recipe = recipe
        self._identity = _identity(recipe, data_fingerprint)

    def begin(self, *, overwrite: bool = False) -> None:
        """Make the folder, or find that an interrupted search, or one that is to have more trials, may go on in it.

        Raises:
            TltkError: the folder holds a search of another recipe, or other files, and `overwrite` is False.
        """
        known = self.path / IDENTITY
        if overwrite:
            self._clear()
        elif known.is_file():
            if _read_identity(known) != self._identity:
                raise TltkError(
                    "The folder holds a search of another recipe.",
                    where=str(self.path),
                    hint="Choose another place (--output), or give --overwrite to begin anew there.",
                )
        elif self.path.is_dir() and any(self.path.iterdir()):
            raise TltkError(
                "The folder holds files that are no search.",
                where=str(self.path),
                hint="Choose an empty or new folder (--output), or give --overwrite to write into it.",
            )
        self.path.mkdir(parents=True, exist_ok=True)
        write_json(known, {"identity": self._identity})

    def write(self, tuner: Any, *, finished: bool) -> Recipe | None:
        """Write table, picture and best recipe of the trials that have ended; return the best recipe if there is one.

        The best recipe is without the search and the output folder, so that `tltk fit` takes it as it is.
        """
        oracle = tuner.oracle
        trials = [self._row(tuner, oracle.trials[trial_id]) for trial_id in dict.fromkeys(oracle.end_order)]
        scored = [trial for trial in trials if trial["score"] is not None]
        scored.sort(key=lambda trial: trial["score"], reverse=oracle.objective.direction == "max")
        failed = [trial for trial in trials if trial["score"] is None]
        section = tune_section(self._recipe)
        table = {
            "objective": oracle.objective.name,
            "direction": oracle.objective.direction,
            "tuner": section.tuner,
            "finished": finished,
            "seconds": round(sum(tuner.seconds.values()), 1),
            "trials": scored + failed,
        }
        if trials:
            write_json(self.path / TABLE, table)
        if not scored:
            return None
        plot_trials(table, section.parameters, self.path / PLOT, title=self._recipe.name)
        best = override(self._recipe, scored[0]["values"]).model_copy(update={"tune": None, "output": None})
        (self.path / BEST_RECIPE).write_text(to_yaml(best), encoding="utf-8")
        return best

    def _row(self, tuner: Any, trial: Any) -> dict[str, Any]:
        completed = trial.status == "COMPLETED" and trial.score is not None
        row = {
            "trial": int(trial.trial_id) + 1,
            "status": "completed" if completed else "failed",
            "score": float(trial.score) if completed else None,
            "best_epoch": self._best_epoch(trial) if completed else None,
            "seconds": tuner.seconds.get(trial.trial_id),
            "values": values_of(trial.hyperparameters, self._recipe),
        }
        return row if completed else {**row, "reason": tuner.reasons.get(trial.trial_id, trial.message)}

    def _best_epoch(self, trial: Any) -> int:
        """Return the epoch of the best value, counted from 1 over all that Hyperband trained these weights for."""
        return int(trial.best_step) + 1 + int(trial.hyperparameters.values.get("tuner/initial_epoch", 0))

    def _clear(self) -> None:
        for name in (IDENTITY, TABLE, PLOT, BEST_RECIPE):
            (self.path / name).unlink(missing_ok=True)
        for name in (STATE, REFIT):
            shutil.rmtree(self.path / name, ignore_errors=True)


def _identity(recipe: Recipe, data_fingerprint: str) -> str:
    """Return a sha256 of what the course of a search depends on; more trials may be asked for later."""
    described = [
        fingerprint(recipe),
        tune_section(recipe).model_dump(mode="json", exclude={"trials"}),
        data_fingerprint,
    ]
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def _read_identity(path: Path) -> str | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))["identity"]
    except (ValueError, KeyError, TypeError):
        return None
