"""Write the vectors of a file's texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tltk.cli._embedding import HELP, open_embedding


def embed(
    bundle: Annotated[str, typer.Argument(metavar="BUNDLE", help=HELP)],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="csv, tsv, jsonl, parquet, or one text a line.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write: .npy, or .parquet with the texts.")],
    text: Annotated[str | None, typer.Option(help="Text column [text].", show_default=False)] = None,
    normalize: Annotated[bool, typer.Option("--normalize", help="Make vectors of length 1.")] = False,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Rows of 16 tokens in one pass.")] = None,
    engine: Annotated[
        Literal["keras", "onnx"] | None, typer.Option(help="What computes [keras; onnx for int8].", show_default=False)
    ] = None,
    precision: Annotated[
        Literal["float32", "bfloat16", "int8"], typer.Option(help="Number format; what it costs is measured and told.")
    ] = "float32",
) -> None:
    """Write the vectors of a file's texts, in order and in constant memory."""
    from tltk.console import say

    loaded = open_embedding(bundle, engine=engine, precision=precision)
    number, width = loaded.embed_file(file, output, text=text, normalize=normalize, batch_size=batch_size)
    say(f"{number:,} vectors of width {width} in {output}")
