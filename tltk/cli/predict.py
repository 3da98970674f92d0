"""Predict the rows of a file or of standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer


def predict(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="Folder of a Bundle, or of a Run.")],
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="csv, tsv, jsonl, parquet, conll, SQuAD's json, or one text a line; - for standard input.",
        ),
    ],
    text: Annotated[list[str] | None, typer.Option(help="Text column (twice for a pair), if not the recipe's.")] = None,
    format: Annotated[Literal["jsonl", "csv"], typer.Option(help="How predictions are printed.")] = "jsonl",
    engine: Annotated[
        Literal["keras", "onnx"] | None, typer.Option(help="What computes [keras; onnx for int8].", show_default=False)
    ] = None,
    precision: Annotated[
        Literal["float32", "bfloat16", "int8"], typer.Option(help="Number format; what it costs is measured and told.")
    ] = "float32",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write [standard output].")] = None,
) -> None:
    """Predict the rows of a file or of standard input, in order and in constant memory.

    Standard input is read as one text a line; for a model of several text columns as one JSON object a line, such as
    {"question": "...", "context": "..."}. Each prediction is one JSON object a line: text and, by the model's task,
    label, score and scores; labels and scores; value or values; entities (and tags, where words were given); answer,
    start, end, score and n_best; or score of a pair. docs/tasks.md shows each.
    """
    if file == "-" and text:
        raise typer.BadParameter("Standard input has no columns. Leave it out.", param_hint="'--text'")
    from tltk import api
    from tltk.predictions_output import write_predictions

    loaded = api.load(bundle, engine=engine, precision=precision)
    changes = {} if not text else {"text": text[0] if len(text) == 1 else text}
    predictions: Iterator[dict[str, Any]]
    if file == "-":
        from tltk.prediction_chunks import arriving_lines
        from tltk.prediction_input import chunks_of_lines

        sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape")  # type: ignore[union-attr]
        predictor = loaded.predictor
        lines = chunks_of_lines(arriving_lines(sys.stdin), where="standard input", columns=predictor.text_columns)
        predictions = predictor.stream_chunks(lines)
    else:
        predictions = loaded.predict_file(file, **changes)
    write_predictions(predictions, output, format)
