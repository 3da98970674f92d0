"""Search the recipe values that its tune section names, and train the best."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def tune(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="The recipe file.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="PATH=VALUE", help="Changes, such as train.epochs=1.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder [runs/NAME-tune].")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Begin anew, forgetting earlier trials.")] = False,
    refit: Annotated[bool, typer.Option(help="Train the best recipe at the end.")] = True,
) -> None:
    """Search the recipe values that its tune section names, and train the best.

    The folder gets trials.json, trials.png, best_recipe.yaml and, in best/, the best recipe's Run. Interrupted, the
    same command goes on with the next trial. The trials are printed to standard output as JSON, the best first.
    """
    import json

    from tltk import api

    search = api.tune(recipe, overrides or (), output=output, overwrite=overwrite, refit=refit)
    for trial in search.trials:
        typer.echo(json.dumps(trial))
