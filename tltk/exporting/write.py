"""Write an export, load it back, compare, and only then put it in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tltk.errors import ExportError
from tltk.exporting.exporter import exporters
from tltk.exporting.probes import apart, largest_difference, probe_batches
from tltk.folders import atomic_folder, write_json

REPORT = "export.json"
"""The file by which an export is known."""


@dataclass(frozen=True)
class ExportReport:
    """What an export was compared on.

    Args:
        format: the exporter's name.
        labels: names of the probabilities, in order.
        inputs: names of the inputs, in order.
        max_length: longest input in tokens.
        rows: rows compared.
        largest_difference: largest absolute difference of a probability from the model's own; of a number in standard
            deviations.
        tolerance: what was accepted.
    """

    format: str
    labels: tuple[str, ...]
    inputs: tuple[str, ...]
    max_length: int
    rows: int
    largest_difference: float
    tolerance: float


def write_export(
    format: str,
    path: Path,
    *,
    model: Any,
    probabilities: Any,
    tokenizer: Any,
    labels: Sequence[str],
    max_length: int,
    comparable: Callable[[np.ndarray], np.ndarray] = np.asarray,
    tolerance: float = 1e-5,
) -> ExportReport:
    """Write a model in another format, with its tokenizer and `export.json` beside it.

    Args:
        format: a registered exporter.
        path: folder to write; an older export there is replaced.
        model: `keras.Model` in float32 from token ids to raw outputs.
        probabilities: Keras layer that makes probabilities of the raw outputs.
        tokenizer: the backbone's tokenizer.
        labels: names of the outputs.
        max_length: longest input in tokens.
        comparable: see `Task.comparable`.
        tolerance: largest absolute difference of a probability that is accepted; of outputs above 1 the largest
            share of the greatest one.

    Raises:
        ExportError: the format is unknown, the folder holds other files than an export, the model cannot be written,
            or what was written differs from it.
    """
    exporter = exporters.get(format, where="format")()
    _refuse_other_files(path)
    whole = with_probabilities(model, probabilities)
    with atomic_folder(path) as folder:
        try:
            exporter.write(whole, folder)
            loaded = exporter.load(folder)
        except OSError:  # a full disk, which the folder tells of
            raise
        except Exception as error:  # converters and engines raise whatever they like
            raise ExportError(
                f"The model could not be written as {format}: {type(error).__name__}: {error}",
                where=str(path),
                hint="Nothing was written. Report this with what `--debug` prints.",
            ) from error
        batches = list(probe_batches(len(tokenizer), [tensor.name for tensor in whole.inputs], max_length))
        difference = largest_difference(
            lambda batch: comparable(np.asarray(whole(batch, training=False))),
            lambda batch: comparable(loaded(batch)),
            batches,
        )
        if not difference <= tolerance:
            raise ExportError(
                f"The {format} export {apart(difference, tolerance)}.",
                where=str(path),
                hint="Nothing was written. Report this with the recipe, or give a larger tolerance.",
            )
        inputs = tuple(tensor.name for tensor in whole.inputs)
        rows = sum(len(batch["input_ids"]) for batch in batches)
        report = ExportReport(format, tuple(labels), inputs, max_length, rows, difference, tolerance)
        tokenizer.save_pretrained(folder / "tokenizer")
        write_json(folder / REPORT, asdict(report))
    return report


def with_probabilities(model: Any, probabilities: Any) -> Any:
    """Return the model with a layer that makes probabilities of its raw outputs.

    The model itself where the layer has the name of its output: then the raw outputs are what is wanted.
    """
    import keras

    if probabilities.name == model.output_names[0]:
        return model
    return keras.Model(model.input, probabilities(model.output), name=f"{model.name}_probabilities")


def _refuse_other_files(path: Path) -> None:
    """Refuse a place that holds something else than an export, which would be replaced."""
    if not path.is_dir():
        found = "a file" if path.exists() else None
    else:
        found = "files that are no export" if any(path.iterdir()) and not (path / REPORT).is_file() else None
    if found:
        raise ExportError(
            f"Found {found} there.",
            where=str(path),
            hint="Choose a new or empty folder (--output), or one that holds an older export.",
        )
