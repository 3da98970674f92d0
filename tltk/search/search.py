"""A whole search: trials, table, plot, best recipe, and the best recipe's own Run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tltk.console import say, stage, warn
from tltk.errors import TrainingError
from tltk.fitting import fit_recipe
from tltk.recipe import Recipe, fingerprint
from tltk.run import RunFolder
from tltk.search.folder import SearchFolder
from tltk.search.hypermodel import RecipeHyperModel
from tltk.search.result import REFIT, Search
from tltk.search.tuners import WrongRecipe, make_tuner


def search(recipe: Recipe, *, data: Any = None, output: Path, overwrite: bool = False, refit: bool = True) -> Search:
    """Search a recipe's dimensions, and train the best recipe found; see `tltk.tune`."""
    hypermodel = RecipeHyperModel(recipe, data=data)
    with stage("Data") as found:
        prepared = hypermodel.prepared(recipe)
        found.append(", ".join(f"{rows:,} {name}" for name, rows in prepared.row_counts.items()))
    for warning in prepared.dataset.report.warnings:
        warn(warning)
    folder = SearchFolder(output, recipe, prepared.dataset.fingerprint)
    folder.begin(overwrite=overwrite)
    tuner = make_tuner(recipe, hypermodel, output)
    if done := len(tuner.oracle.end_order):
        say(f"{output} holds {done} of {tuner.total} trials; the search goes on from there.")
    try:
        best = _run(tuner, folder)
        if (made := len(tuner.oracle.end_order)) < tuner.total:
            say(f"{made} of {tuner.total} trials were made: there are no other values to try.")
        say(str(Search(output)))
        if refit:
            _refit(best, data, output / REFIT)
    except KeyboardInterrupt as interruption:
        interruption.add_note(
            f"{len(tuner.oracle.end_order)} of {tuner.total} trials are in {output}; the same command continues."
        )
        raise
    return Search(output)


def _run(tuner: Any, folder: SearchFolder) -> Recipe:
    """Make the trials that are still to be made; whatever happens, those that ended are written down."""
    finished = False
    try:
        tuner.search()
        finished = True
    except WrongRecipe as wrong:
        raise wrong.error from None
    finally:
        best = folder.write(tuner, finished=finished)
    if best is None:
        reasons = list(tuner.reasons.values())
        raise TrainingError(
            f"No trial came to its end; the last: {reasons[-1] if reasons else 'unknown'}",
            where="tune",
            hint="Run `tltk fit` with this recipe, or look at the bounds of tune.parameters.",
        )
    return best


def _refit(best: Recipe, data: Any, path: Path) -> None:
    """Train the best recipe; one trained before in this place gives way when more trials found a better one."""
    former = RunFolder(path).state.get("identity")
    fit_recipe(best, data=data, output=path, overwrite=former not in (None, fingerprint(best)))
