"""Checkpoint tensors by name, read from safetensors files one at a time and never from pickles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ml_dtypes  # noqa: F401  (teaches numpy the name "bfloat16", which safetensors asks it for)
import numpy as np
from safetensors import SafetensorError, safe_open

from tltk.assets.layout import WEIGHTS, WEIGHTS_INDEX
from tltk.assets.pickles import unread_weights
from tltk.errors import Problem, WeightsError

_FLOATS = {"F64", "F32", "F16", "BF16"}


class Tensors(Mapping[str, np.ndarray]):
    """A lazy mapping from tensor name to float32 array over the safetensors files of a checkpoint.

    Half precision and double precision become float32 as they are read; other types (buffers of positions) come as
    they are. A tensor is read from disk each time it is asked for.

    Args:
        files: which file holds which tensor.
    """

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = dict(files)
        self._open: dict[Path, Any] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        file = self._file(self._files[name])
        kind = file.get_slice(name).get_dtype()
        tensor = file.get_tensor(name)
        return tensor.astype(np.float32) if kind in _FLOATS else tensor

    def shape(self, name: str) -> tuple[int, ...]:
        """Return a tensor's shape without reading its values."""
        return tuple(self._file(self._files[name]).get_slice(name).get_shape())

    def is_float(self, name: str) -> bool:
        """Tell whether a tensor holds floating point numbers of 16 bits or more."""
        return self._file(self._files[name]).get_slice(name).get_dtype() in _FLOATS

    def path(self, name: str) -> Path:
        """Return the file that holds a tensor."""
        return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def _file(self, path: Path) -> Any:
        if path not in self._open:
            self._open[path] = _open_file(path)
        return self._open[path]


def read_tensors(folder: Path) -> Tensors:
    """Return the tensors of a checkpoint folder: `model.safetensors`, or the shards that an index lists.

    Raises:
        WeightsError: there are no safetensors (with the way out when there are pickles), or a file is empty,
            truncated, or not safetensors, or the index names files or tensors that are not there.
    """
    folder = Path(folder)
    if (folder / WEIGHTS).is_file():
        path = folder / WEIGHTS
        return Tensors(dict.fromkeys(_open_file(path).keys(), path))
    if (folder / WEIGHTS_INDEX).is_file():
        return Tensors(_read_index(folder / WEIGHTS_INDEX))
    raise _nothing_found(folder)


def _read_index(index: Path) -> dict[str, Path]:
    try:
        weight_map = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        files = {str(tensor): str(file) for tensor, file in weight_map.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(
            f"Got an index without a readable weight_map ({type(error).__name__}: {error}).",
            where=str(index),
            hint="Fetch the file again.",
        ) from None
    problems: list[Problem] = []
    held: dict[str, set[str]] = {}
    for file in sorted(set(files.values())):
        if Path(file).name != file or not file.endswith(".safetensors"):
            problems.append(Problem(f"Got shard {file!r}; expected a .safetensors file beside the index."))
        elif not (index.parent / file).is_file():
            problems.append(Problem(f"Shard {file!r} is not there.", hint="Fetch it."))
        else:
            try:
                held[file] = set(_open_file(index.parent / file).keys())
            except WeightsError as error:
                problems.extend(error.problems)
    problems += [
        Problem(f"Shard {file!r} does not hold tensor {tensor!r}, which the index places there.")
        for tensor, file in files.items()
        if file in held and tensor not in held[file]
    ]
    if problems:
        raise WeightsError("The shards of this checkpoint are not whole.", where=str(index), problems=problems)
    return {tensor: index.parent / file for tensor, file in files.items()}


def _open_file(path: Path) -> Any:
    size = path.stat().st_size
    try:
        return safe_open(path, framework="numpy")
    except (SafetensorError, OSError) as error:
        what = "an empty file" if size == 0 else f"{size} bytes that are not a whole safetensors file ({error})"
        raise WeightsError(
            f"Got {what}.",
            where=str(path),
            hint="The download was cut short or replaced by something else: delete the file and fetch it again.",
        ) from None


def _nothing_found(folder: Path) -> WeightsError:
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    reason, way_out = unread_weights(names, what=str(folder)) or (
        f"Got no {WEIGHTS} and no {WEIGHTS_INDEX}.",
        "Point to a folder that holds a whole checkpoint.",
    )
    return WeightsError(reason, where=str(folder), hint=way_out)
