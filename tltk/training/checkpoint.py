"""Checkpoints on disk: written whole or not at all, checked when read, the former one kept in reserve."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from tltk.errors import TrainingError

FORMAT = 1
_KEPT = 2
_NAME = re.compile(r"^step-(\d{10})$")
_STATE = "state.json"


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint as it was read.

    Args:
        path: its folder.
        fingerprint: of the training it belongs to.
        state: plain values (`TrainingState.to_json`).
        tensors: named groups of tensors (model, optimizer, metrics).
        passed_over: one sentence for each younger checkpoint that was damaged.
    """

    path: Path
    fingerprint: str
    state: dict[str, Any]
    tensors: dict[str, dict[str, np.ndarray]]
    passed_over: tuple[str, ...] = field(default=())


class CheckpointFolder:
    """The checkpoints of one run, and the weights of its best epoch.

        step-0000000120/state.json, model.safetensors, optimizer.safetensors, ...
        best-000001.safetensors

    A checkpoint is written beside its place, flushed to disk, and moved there in one step, so that a process or a
    machine that stops at any moment leaves the former one whole. The last two are kept, and the last two best weights.
    state.json holds the sha256 of each file and of itself.

    Args:
        path: the folder; made when the first checkpoint is written.

    Example:
        >>> import tempfile
        >>> folder = CheckpointFolder(Path(tempfile.mkdtemp()))
        >>> _ = folder.write(7, {"epoch": 1}, {"model": lambda: {"w": np.ones(2, np.float32)}}, fingerprint="f")
        >>> folder.read().state
        {'epoch': 1}
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    def write(
        self,
        step: int,
        state: Mapping[str, Any],
        tensors: Mapping[str, Callable[[], Mapping[str, np.ndarray]]],
        *,
        fingerprint: str,
    ) -> Path:
        """Write a checkpoint and return its folder.

        Args:
            step: of the whole run.
            state: plain values.
            tensors: for each group a function that returns its tensors; one group is held in memory at a time.
            fingerprint: of the training it belongs to.

        Raises:
            TrainingError: the disk is full or cannot be written to; the former checkpoints are untouched.
        """
        place = self.path / f"step-{step:010d}"
        beside = self.path / f".writing-{place.name}-{os.getpid()}"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._sweep()
            beside.mkdir()
            files = {}
            for group, take in tensors.items():
                file = beside / f"{group}.safetensors"
                save_file(_contiguous(take()), file)
                files[file.name] = _sha256(file)
            _write_json(beside / _STATE, {"format": FORMAT, "fingerprint": fingerprint, "state": state, "files": files})
            for file in beside.iterdir():
                _flush(file)
            _flush(beside)
            if place.exists():
                shutil.rmtree(place)
            beside.rename(place)
            _flush(self.path)
        except (OSError, SafetensorError) as error:
            shutil.rmtree(beside, ignore_errors=True)
            raise _unwritable(place, error) from error
        for old in self._places()[_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)
        return place

    def read(self) -> Checkpoint | None:
        """Return the youngest checkpoint that is whole, or None if there never was one.

        Raises:
            TrainingError: there are checkpoints and none is whole; each is named with its damage.
        """
        damages: list[str] = []
        for place in self._places():
            try:
                return self._read(place, tuple(damages))
            except _DAMAGE as error:
                damages.append(f"The checkpoint {place} is damaged: {error}.")
        if damages:
            raise TrainingError(
                " ".join(damages),
                where=str(self.path),
                hint="Restore the folder from a copy, or set train.resume: never to start anew.",
            )
        return None

    def write_best(self, epoch: int, tensors: Mapping[str, np.ndarray]) -> str:
        """Write the weights of the best epoch so far and return the file's sha256.

        The former best weights are kept, since the former checkpoint speaks of them.

        Raises:
            TrainingError: the disk is full or cannot be written to; former weights are untouched.
        """
        place = self._best(epoch)
        beside = self.path / f".writing-{place.name}-{os.getpid()}"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            save_file(_contiguous(tensors), beside)
            digest = _sha256(beside)
            _flush(beside)
            beside.replace(place)
            _flush(self.path)
        except (OSError, SafetensorError) as error:
            beside.unlink(missing_ok=True)
            raise _unwritable(place, error) from error
        for old in sorted(self.path.glob("best-*.safetensors"), reverse=True)[_KEPT:]:
            old.unlink(missing_ok=True)
        return digest

    def read_best(self, epoch: int, digest: str) -> dict[str, np.ndarray]:
        """Return the weights of the best epoch, whose sha256 `write_best` returned.

        Raises:
            TrainingError: they are missing or damaged.
        """
        place = self._best(epoch)
        try:
            if _sha256(place) != digest:
                raise _Damaged("it does not match its sha256")
            return load_file(place)
        except (_Damaged, OSError, SafetensorError) as error:
            raise TrainingError(
                f"The weights of the best epoch cannot be read: {error}.",
                where=str(place),
                hint="Restore the file from a copy, or set train.resume: never to train anew.",
            ) from error

    def clear(self) -> None:
        """Remove every checkpoint and the best weights, and nothing else that lies in the folder."""
        for place in self._places():
            shutil.rmtree(place)
        for place in self.path.glob("best-*.safetensors"):
            place.unlink()
        self._sweep()

    def _best(self, epoch: int) -> Path:
        return self.path / f"best-{epoch:06d}.safetensors"

    def _places(self) -> list[Path]:
        """Return the checkpoints' folders, youngest first."""
        if not self.path.is_dir():
            return []
        return sorted((place for place in self.path.iterdir() if _NAME.match(place.name)), reverse=True)

    def _sweep(self) -> None:
        """Remove what a process that was stopped while writing left behind."""
        for left in self.path.glob(".writing-*") if self.path.is_dir() else ():
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def _read(self, place: Path, passed_over: tuple[str, ...]) -> Checkpoint:
        described = _read_json(place / _STATE)
        if described["format"] != FORMAT:
            raise TrainingError(
                f"Got a checkpoint of format {described['format']}; this version of tltk reads format {FORMAT}.",
                where=str(place),
                hint="Continue with the version that wrote it, or set train.resume: never.",
            )
        tensors = {}
        for name, digest in described["files"].items():
            if _sha256(place / name) != digest:
                raise _Damaged(f"{name} does not match its sha256")
            tensors[name.removesuffix(".safetensors")] = load_file(place / name)
        return Checkpoint(place, described["fingerprint"], described["state"], tensors, passed_over)


class _Damaged(Exception):
    """A checkpoint's file is not what was written."""


_DAMAGE = (_Damaged, OSError, SafetensorError, ValueError, KeyError, TypeError)


def _write_json(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps({"content": content, "sha256": _digest(content)}, indent=1) + "\n")


def _read_json(file: Path) -> dict[str, Any]:
    whole = json.loads(file.read_text())
    if _digest(whole["content"]) != whole["sha256"]:
        raise _Damaged(f"{file.name} does not match its sha256")
    return whole["content"]


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _contiguous(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.ascontiguousarray(array).reshape(array.shape) for name, array in arrays.items()}


def _flush(path: Path) -> None:
    """Have the system put a file's content, or a folder's list of names, on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open folders.
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(place: Path, error: Exception) -> TrainingError:
    return TrainingError(
        f"The checkpoint could not be written: {error}.",
        where=str(place),
        hint="Make room or choose another output folder; then run the same recipe again to continue.",
    )
