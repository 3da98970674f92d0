"""Fine-tune, evaluate and save the model that a recipe describes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def fit(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="The recipe file.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="PATH=VALUE", help="Changes, such as train.epochs=1.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder of the Run [runs/NAME].")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what the folder holds.")] = False,
) -> None:
    """Fine-tune, evaluate and save the model that a recipe describes.

    The Run's folder gets metrics.json, report.html and bundle/. Interrupted, the same command continues; finished, it
    shows what is there. The figures are printed to standard output as JSON.
    """
    import json

    from tltk import api

    run = api.fit(recipe, overrides or (), output=output, overwrite=overwrite)
    typer.echo(json.dumps(run.metrics))
