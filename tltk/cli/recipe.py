"""Show a recipe with every default written out."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.callback()
def recipe() -> None:
    """Show a recipe with every default written out."""


@app.command()
def show(
    file: Annotated[str, typer.Argument(metavar="RECIPE", help="The recipe file.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="PATH=VALUE", help="Changes, such as train.epochs=1.")
    ] = None,
) -> None:
    """Print a recipe as YAML: every field with its value and meaning, paths made absolute."""
    from tltk.recipe import load_recipe, to_yaml

    typer.echo(to_yaml(load_recipe(file, overrides or ())), nl=False)
