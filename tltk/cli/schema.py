"""Print the JSON Schema of recipes, from which editors complete them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def schema(
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file.")] = None,
) -> None:
    """Print the JSON Schema (draft 2020-12) of recipes.

    With the YAML extension of VS Code, and with every editor that runs yaml-language-server, this first line of a
    recipe turns completion and checks on: `# yaml-language-server: $schema=recipe.schema.json`
    """
    import json

    from tltk.recipe import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(f"Wrote {output}.", err=True)
