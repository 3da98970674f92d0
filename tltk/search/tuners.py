"""KerasTuner's tuners by their recipe names, quiet and sparing of the disk."""

from __future__ import annotations

import io
import time
from collections import defaultdict
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import keras_tuner

from tltk.console import console, say
from tltk.errors import RecipeError, TltkError, TrainingError
from tltk.recipe import Recipe
from tltk.search.space import shown, tune_section, values_of

STATE = "trials"
"""KerasTuner's own folder within that of a search."""

_LESS_IS_BETTER = ("loss", "error", "brier", "ece")
_HOPELESS = 3


class WrongRecipe(keras_tuner.errors.FatalError):
    """A mistake of the user's that no other trial can mend; KerasTuner lets this kind through.

    Args:
        error: what is wrong.
    """

    def __init__(self, error: TltkError) -> None:
        super().__init__(str(error))
        self.error = error


def make_tuner(recipe: Recipe, hypermodel: Any, output: Path, *, overwrite: bool = False) -> Any:
    """Return the tuner that a recipe asks for; it keeps its state in `output/trials` and goes on from there.

    Raises:
        RecipeError: the objective is measured on validation rows and the recipe has none.
        TltkError: the state found there is damaged.
    """
    section = tune_section(recipe)
    if section.objective.startswith("val_") and "validation" not in hypermodel.prepared(recipe).encoded:
        raise RecipeError(
            f"Got {section.objective!r}, but there are no validation rows.",
            where="tune.objective",
            hint="Set data.split.validation or data.validation_path.",
        )
    settings: dict[str, Any] = {
        "objective": keras_tuner.Objective(section.objective, direction(section.objective, section.direction)),
        "seed": recipe.seed + 1,  # KerasTuner takes 0 for "none given"
        "directory": str(output.absolute()),
        "project_name": STATE,
        "overwrite": overwrite,
        "max_retries_per_trial": 0,
        "max_consecutive_failed_trials": 10**9,  # `_Tidy.on_trial_end` decides
    }
    try:
        if section.tuner == "hyperband":
            return Hyperband(hypermodel, max_epochs=recipe.train.epochs, factor=3, **settings)
        kind = RandomSearch if section.tuner == "random" else BayesianOptimization
        return kind(hypermodel, max_trials=section.trials, **settings)
    except (ValueError, KeyError) as error:
        raise TltkError(
            f"The state of the search is damaged ({error}).",
            where=str(output / STATE),
            hint="Give --overwrite to begin anew.",
        ) from error


def direction(objective: str, asked: str) -> str:
    """Return "min" or "max".

    Example:
        >>> direction("val_loss", "auto"), direction("val_accuracy", "auto"), direction("val_loss", "max")
        ('min', 'max', 'max')
    """
    if asked != "auto":
        return asked
    return "min" if objective.endswith(_LESS_IS_BETTER) else "max"


class _Tidy:
    """What a search wants of every tuner: one line a trial, times and reasons kept, no chatter on standard output."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.seconds: dict[str, float] = {}
        self.reasons: dict[str, str] = {}
        with redirect_stdout(io.StringIO()):  # "Reloading Tuner from ..."
            super().__init__(*args, **kwargs)
        self.oracle.verbose = 0  # type: ignore[attr-defined]

    @property
    def total(self) -> int:
        """Trials of the whole search."""
        return self.oracle.max_trials  # type: ignore[attr-defined]

    def _populate_initial_space(self) -> None:
        """Learn the dimensions from the recipe; KerasTuner would build a whole model to find them."""
        space = self.oracle.get_space()  # type: ignore[attr-defined]
        values_of(space, self.hypermodel.recipe)  # type: ignore[attr-defined]
        self.oracle.update_space(space)  # type: ignore[attr-defined]

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "seconds": self.seconds, "reasons": self.reasons}  # type: ignore[misc]

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)  # type: ignore[misc]
        self.seconds, self.reasons = dict(state["seconds"]), dict(state["reasons"])

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> Any:
        number = len(self.oracle.end_order) + 1  # type: ignore[attr-defined]
        began = time.monotonic()
        try:
            with console().status(f"trial {number}/{self.total}  {self._chosen(trial)}"):
                return super().run_trial(trial, *args, **kwargs)  # type: ignore[misc]
        except TrainingError as error:
            self.reasons[trial.trial_id] = str(error)
            raise
        except TltkError as error:
            raise WrongRecipe(error) from error
        except Exception as error:  # whatever a head, a callback or TensorFlow raises: other values may do
            self.reasons[trial.trial_id] = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
            raise
        finally:
            self.seconds[trial.trial_id] = round(time.monotonic() - began, 1)

    def on_trial_end(self, trial: Any) -> None:
        super().on_trial_end(trial)  # type: ignore[misc]
        oracle = self.oracle  # type: ignore[attr-defined]
        trial = oracle.get_trial(trial.trial_id)
        if trial.score is None or trial.status != "COMPLETED":
            self.reasons.setdefault(trial.trial_id, f"{oracle.objective.name} is not a number.")
            result = f"failed: {self.reasons[trial.trial_id]}"
        else:
            result = f"{oracle.objective.name} {trial.score:.4f}"
        parts = [f"trial {len(oracle.end_order)}/{self.total}", result, self._chosen(trial)]
        parts.append(f"{self.seconds.get(trial.trial_id, 0):.0f} s")
        if trial.status == "COMPLETED" and oracle.get_best_trials(1)[0] is trial:
            parts.append("best so far")
        say("  ".join(part for part in parts if part))
        ended = [oracle.get_trial(trial_id).status for trial_id in oracle.end_order]
        if len(ended) >= _HOPELESS and "COMPLETED" not in ended:
            raise WrongRecipe(
                TrainingError(
                    f"The first {len(ended)} trials failed; the last: {self.reasons[trial.trial_id]}",
                    where="tune",
                    hint="Run `tltk fit` with this recipe, or look at the bounds of tune.parameters.",
                )
            )

    def _chosen(self, trial: Any) -> str:
        values = shown(values_of(trial.hyperparameters, self.hypermodel.recipe))  # type: ignore[attr-defined]
        return "  ".join(f"{path}={value}" for path, value in values.items())


class _Weightless:
    """For tuners that never go back to a trial's weights: KerasTuner writes them after every best epoch."""

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> Any:
        import keras

        keras.utils.clear_session()  # searches for circles of objects too
        hypermodel = self.hypermodel  # type: ignore[attr-defined]
        return hypermodel.fit(trial.hyperparameters, hypermodel.build(trial.hyperparameters), *args, **kwargs)


class RandomSearch(_Tidy, _Weightless, keras_tuner.RandomSearch):
    """KerasTuner's random search."""


class BayesianOptimization(_Tidy, _Weightless, keras_tuner.BayesianOptimization):
    """KerasTuner's Bayesian search."""


class Hyperband(_Tidy, keras_tuner.Hyperband):
    """KerasTuner's Hyperband. Weights are kept of those trials alone that it may still go on from."""

    @property
    def total(self) -> int:
        """Trials of the whole search."""
        oracle = self.oracle
        brackets = range(oracle._get_num_brackets())
        return sum(oracle._get_size(bracket, place) for bracket in brackets for place in range(bracket + 1))

    def on_trial_end(self, trial: Any) -> None:
        super().on_trial_end(trial)
        self._drop_weights()

    def on_search_end(self) -> None:
        super().on_search_end()
        for trial_id in self.oracle.trials:
            self._weights(trial_id).unlink(missing_ok=True)

    def _drop_weights(self) -> None:
        """Delete the weights of trials that have fallen behind: each round takes over the best of the one before."""
        rounds = defaultdict(list)
        for trial in self.oracle.trials.values():
            values = trial.hyperparameters.values
            rounds[values["tuner/bracket"], values["tuner/round"]].append(trial)
        for (bracket, place), trials in rounds.items():
            ended = [trial for trial in trials if trial.status == "COMPLETED"]
            ended.sort(key=lambda trial: trial.score, reverse=self.oracle.objective.direction == "max")
            taken = self.oracle._get_size(bracket, place + 1) if place < bracket else 0
            for trial in ended[taken:]:
                self._weights(trial.trial_id).unlink(missing_ok=True)

    def _weights(self, trial_id: str) -> Path:
        return Path(self._get_checkpoint_fname(trial_id))
