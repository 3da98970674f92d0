"""Score a trained model on the labelled rows of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def evaluate(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="Folder of a Bundle, or of a Run.")],
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="csv, tsv, jsonl, parquet, conll or SQuAD's json, with labels.")
    ],
    text: Annotated[list[str] | None, typer.Option(help="Text column (twice for a pair), if not the recipe's.")] = None,
    label: Annotated[
        list[str] | None, typer.Option(help="Label column (each, where there are several), if not the recipe's.")
    ] = None,
) -> None:
    """Score a trained model on the labelled rows of a file; the figures are printed as a table and, whole, as JSON."""
    import json

    from tltk import api
    from tltk.summary import print_evaluation

    changes: dict[str, Any] = {} if not text else {"text": text[0] if len(text) == 1 else text}
    if label:
        changes["label"] = label[0] if len(label) == 1 else label
    evaluation = api.evaluate(bundle, file, **changes)
    print_evaluation(evaluation)
    typer.echo(json.dumps(evaluation.to_dict(), ensure_ascii=False))
