"""Write a trained model in another format (savedmodel, onnx)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="Folder of a Bundle, or of a Run.")],
    format: Annotated[str, typer.Argument(metavar="FORMAT", help="savedmodel or onnx.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder to write [exports/FORMAT].")] = None,
    tolerance: Annotated[float, typer.Option(help="Largest difference of a probability that is accepted.")] = 1e-5,
) -> None:
    """Write a trained model in another format, compared with predict before it counts as done.

    Token ids go in, probabilities come out, for any batch size and length. The tokenizer lies beside it. What was
    compared is printed to standard output as JSON.
    """
    from tltk import api

    folder = api.export(bundle, format, output or Path("exports") / format, tolerance=tolerance)
    typer.echo((folder / "export.json").read_text(encoding="utf-8"), nl=False)
