"""Make an index of texts, and search it by meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tltk.cli._embedding import HELP, open_embedding

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")

_BUNDLE = typer.Argument(metavar="BUNDLE", help=HELP)


@app.command()
def build(
    bundle: Annotated[str, _BUNDLE],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="csv, tsv, jsonl, parquet, or one text a line.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the index.")],
    text: Annotated[str | None, typer.Option(help="Text column [text].", show_default=False)] = None,
    kind: Annotated[
        Literal["exact", "hnsw"], typer.Option(help="exact, or hnsw for millions of texts (pip: tltk[search]).")
    ] = "exact",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an index that is there.")] = False,
) -> None:
    """Make an index of a file's texts; empty ones are left out, and the others keep their positions."""
    from tltk.console import say
    from tltk.index.index import check_place

    check_place(output, overwrite=overwrite)  # before anything is computed
    index = open_embedding(bundle).index(file, text=text, kind=kind)
    say(f"{len(index):,} texts in {index.save(output)}")


@app.command()
def search(
    bundle: Annotated[str, _BUNDLE],
    index: Annotated[Path, typer.Argument(metavar="INDEX", help="Folder of an index that this Bundle made.")],
    queries: Annotated[list[str], typer.Argument(metavar="QUERY...", help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many texts to find for each query.")] = 10,
) -> None:
    """Print the texts most alike to each query: one JSON object a line, with query, text, score and position."""
    from tltk.predictions_output import write_predictions

    found = open_embedding(bundle).open_index(index).search(queries, k)
    hits = ({"query": query, **hit} for query, of_query in zip(queries, found, strict=True) for hit in of_query)
    write_predictions(hits, None)
