"""List the encoders there are, their sizes, and what training them would cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import typer


def backbones(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A preset, a folder in Hugging Face layout, or a hub id (which is fetched); without it, all families, "
            "and the best known of their checkpoints.",
            show_default=False,
        ),
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Rows of a training step.")] = 32,
    length: Annotated[int, typer.Option(min=1, help="Tokens of a row.")] = 128,
    precision: Annotated[
        Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"], typer.Option(help="As train.precision.")
    ] = "auto",
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, in bytes and seconds.")] = False,
) -> None:
    """List the encoders there are, their sizes, and what training them would cost.

    Memory and the time of a step are estimates: memory from the encoder's shape, time from its matrix products and from
    how fast this machine multiplies matrices, which is measured for half a second.
    """
    from json import dumps

    from tltk import api

    found = api.list_backbones(name, batch_size=batch_size, length=length, precision=precision)
    if json:
        typer.echo(dumps(found, ensure_ascii=False))
    elif name is None:
        _print_all(found)
    else:
        _print_one(found["checkpoints"][0], found["estimated_for"])


def _print_all(found: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    out = Console()
    families = Table(box=None)
    for title in ("family", "class", "what it is"):
        families.add_column(title, no_wrap=title != "what it is")
    for family in found["families"]:
        families.add_row(family["model_type"], family["class"] or "-", family["about"])
    out.print(families)
    out.print()
    table = Table(box=None)
    table.add_column("checkpoint", overflow="fold")
    for title in ("family", "weights", "state", "licence", "memory", "step"):
        table.add_column(title, justify="right" if title in ("weights", "memory", "step") else "left", no_wrap=True)
    for one in found["checkpoints"]:
        memory, step = _cost(one["training"])
        weights = f"{one['parameters'] / 1e6:.1f} M"
        table.add_row(one["name"], one["model_type"], weights, one["state"], one["licence"] or "-", memory, step)
    out.print(table)
    out.print(_basis(found["estimated_for"]))


def _print_one(one: Mapping[str, Any], basis: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False)
    shape = f"{one['depths']} layers deep, width {one['hidden_size']}, {one['heads']} heads"
    rows = {
        "checkpoint": one["name"],
        "what it is": one["title"],
        "family": one["model_type"],
        "licence": one["licence"] or "not known",
        "state": one["state"],
        "files": f"{one['bytes'] / 1e6:.1f} MB",
        "weights": f"{one['parameters']:,}",
        "shape": f"{shape}, {one['vocabulary_size']:,} words, up to {one['max_length']} tokens",
    }
    training = one["training"]
    parts = ", ".join(
        f"{part} {training[f'{part}_bytes'] / 1e6:,.0f}" for part in ("weights", "gradients", "moments", "activations")
    )
    memory, step = _cost(training)
    rows |= {"training": f"{memory} of memory (MB: {parts}), {step} a step of {training['flops_per_step']:.3g} FLOPs"}
    for title, value in rows.items():
        if value is not None:
            table.add_row(title, value)
    out = Console()
    out.print(table)
    out.print(_basis(basis))


def _cost(training: Mapping[str, Any] | None) -> tuple[str, str]:
    if training is None:
        return "-", "-"
    return f"{training['memory_bytes'] / 1e9:.2f} GB", f"{training['seconds_per_step']:.2f} s"


def _basis(basis: Mapping[str, Any]) -> str:
    rate = basis["product_flops_per_second"] / 1e9
    return (
        f"Memory and steps are estimates, for training on {basis['batch_size']} full rows of {basis['length']} tokens "
        f"in {basis['precision']}, where matrix products just reached {rate:,.0f} GFLOP/s. "
        "TensorFlow takes some 0.7 GB more."
    )
