"""Check a recipe, its files, columns and labels, before any weights load."""

from __future__ import annotations

from typing import Annotated

import typer


def check(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="The recipe file.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="PATH=VALUE", help="Changes, such as train.epochs=1.")
    ] = None,
) -> None:
    """Check a recipe, its files, columns and labels, before any weights load.

    What was found is printed to standard output as JSON; the exit code is 0 when the recipe can be run.
    """
    import json

    from tltk import api
    from tltk.console import say

    report = api.check(recipe, overrides or ())
    rows = ", ".join(f"{count:,} {name}" for name, count in report["rows"].items())
    labels = report["labels_in_order"]
    say(f"{recipe} is good to run: {rows}" + (f"; {len(labels)} labels" if labels else ""))
    for warning in report["warnings"]:
        say(f"Note: {warning}")
    if not report["backbone"]["on_this_machine"]:
        say(f"Note: {report['backbone']['name']!r} is not on this machine: it would be fetched, and was not looked up.")
    typer.echo(json.dumps(report, ensure_ascii=False))
