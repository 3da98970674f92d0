"""Engine files: ONNX files made once from a Bundle, checked against it, and kept in the cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tltk import __version__
from tltk.assets import cache_folder, locked
from tltk.console import say, stage
from tltk.engines.comparison import Activation, compare_engines
from tltk.errors import EngineError
from tltk.folders import write_json, writing
from tltk.manifest import file_entry

if TYPE_CHECKING:
    from tltk.engines.onnx_graph import WeightKind

# Raised when the same Bundle would make another file.
_FORMAT = 3
_TOLERANCE = 1e-5
# What 8 bits cost is measured and told; only numbers that are none, or another shape, are refused.
_QUANTIZED_TOLERANCE = 1.0


@dataclass(frozen=True)
class EngineFile:
    """An ONNX file that gives a Bundle's raw outputs.

    Args:
        path: the file.
        largest_difference: largest absolute difference of a probability from the Keras engine's in float32, on made
            rows of random tokens.
    """

    path: Path
    largest_difference: float


def engine_folder(identity: str) -> Path:
    """Return the folder in the cache for what is derived from one Bundle.

    Args:
        identity: hash of the Bundle's parts.
    """
    key = hashlib.sha256(f"{identity} {_FORMAT} {__version__}".encode()).hexdigest()
    return cache_folder() / "engines" / key[:32]


def open_engine_file(
    folder: Path, precision: str, *, model: Callable[[], Any], activation: Activation, max_length: int
) -> EngineFile:
    """Return the engine file of a Bundle, after checking it against its sha256; made first where it is not there.

    A damaged file is made anew. Of two processes that want one, the second waits for the first.

    Args:
        folder: see `engine_folder`.
        precision: "float32" or "int8".
        model: gives the Bundle's `Built` model in float32; called only when a file must be made.
        activation: makes probabilities (or values) of raw outputs, for the comparison.
        max_length: longest input in tokens.

    Raises:
        EngineError: the file gives other numbers than the model.
        EnvironmentProblem: the cache cannot be written.
    """
    weights = weight_kind(precision)
    path = folder / f"{weights}.onnx"
    found = _read(path)
    if found is not None:
        return found
    hint = "Free some space, or set TLTK_CACHE to a folder that can be written."
    with (
        writing(folder, failed="The engine file cannot be written", hint=hint),
        locked(path, what=f"{precision} engine file", doing="making the"),
    ):
        found = _read(path)
        if found is not None:
            return found
        if path.exists():
            say(f"The engine file {path} is damaged; it is made anew.")
        return _make(path, weights, model(), activation, max_length)


def weight_kind(precision: str, flags: frozenset[str] | None = None) -> WeightKind:
    """Return the kind of weights for a precision on this processor: 8 bits shrink to 7 where there is no VNNI.

    Without it the products of bytes are added in 16 bits, which overflow by a little and silently.
    """
    if precision == "float32":
        return "float32"
    from tltk.environment import cpu_flags

    known = cpu_flags() if flags is None else flags
    has_vnni = not known or any("vnni" in flag for flag in known)
    return "int8" if has_vnni else "int7"


def _read(path: Path) -> EngineFile | None:
    """Return the file if it is what its record says; None where there is none or it is damaged."""
    try:
        record = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if file_entry(path) == record["file"]:
            return EngineFile(path, float(record["largest_difference"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _make(path: Path, weights: WeightKind, built: Any, activation: Activation, max_length: int) -> EngineFile:
    from tltk.engines.convert import write_engine_file
    from tltk.engines.keras_engine import KerasEngine
    from tltk.engines.onnx_engine import OnnxEngine
    from tltk.exporting.probes import apart

    new = path.with_name(f".{path.name}.new")
    with stage("Engine") as told:
        try:
            write_engine_file(
                new,
                model=built.model,
                backbone=built.backbone,
                head=built.head,
                family=built.family,
                config=built.config,
                weights=weights,
            )
            difference = compare_engines(
                KerasEngine(built.model),
                OnnxEngine(new),
                vocabulary=built.config.vocabulary_size,
                max_length=max_length,
                activation=activation,
            )
            tolerance = _TOLERANCE if weights == "float32" else _QUANTIZED_TOLERANCE
            if difference > tolerance:
                raise EngineError(
                    f"The engine file {apart(difference, tolerance)}.",
                    where=str(path),
                    hint="Predict with the keras engine, and report this with the recipe.",
                )
            record: Mapping[str, Any] = {"file": file_entry(new), "largest_difference": difference}
            new.replace(path)
            write_json(path.with_suffix(".json"), record)
        finally:
            new.unlink(missing_ok=True)
        told.append(f"onnx with {weights} weights, kept in {path}")
    return EngineFile(path, difference)
