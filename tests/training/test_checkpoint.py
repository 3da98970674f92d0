"""Checkpoints are written whole, checked, and kept in reserve."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from tltk.errors import TrainingError
from tltk.training import CheckpointFolder, checkpoint

TENSORS = {
    "model": {"w": np.arange(6, dtype=np.float32).reshape(2, 3), "seed": np.array([7, 2], np.uint32)},
    "optimizer": {"iteration": np.array(5, np.int64), "m": np.ones((2, 3), np.float32).T},
    "metrics": {},
}


def write(folder: CheckpointFolder, *steps: int) -> None:
    for step in steps:
        folder.write(
            step,
            {"step": step, "loss": 0.1 + 0.2},
            {group: lambda arrays=arrays: arrays for group, arrays in TENSORS.items()},
            fingerprint="abc",
        )


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path / "deep" / "checkpoints")
    assert folder.read() is None
    write(folder, 5)
    read = folder.read()
    assert read is not None
    assert (read.state, read.fingerprint, read.passed_over) == ({"step": 5, "loss": 0.1 + 0.2}, "abc", ())
    for group, arrays in TENSORS.items():
        assert read.tensors[group].keys() == arrays.keys()
        for name, array in arrays.items():
            np.testing.assert_array_equal(read.tensors[group][name], array, strict=True)


def test_the_last_two_are_kept(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    write(folder, 1, 20, 3, 100)
    assert sorted(place.name for place in tmp_path.iterdir()) == ["step-0000000020", "step-0000000100"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_flipped_byte_is_found_and_the_former_one_used(tmp_path: Path, data: st.DataObject) -> None:
    folder = CheckpointFolder(tmp_path)
    folder.clear()
    write(folder, 1, 2)
    files = sorted((tmp_path / "step-0000000002").iterdir())
    file = data.draw(st.sampled_from(files))
    content = bytearray(file.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    unchanged = file.read_bytes()
    file.write_bytes(content)
    read = folder.read()
    assert read is not None
    if read.state["step"] == 2:  # A space of the JSON text may become another space: the content is the same.
        assert file.name == "state.json"
        assert bytes(content).split() == unchanged.split()
        return
    assert read.state["step"] == 1
    assert len(read.passed_over) == 1
    assert "step-0000000002" in read.passed_over[0]


@pytest.mark.parametrize("damage", ["truncate", "empty", "delete"])
@pytest.mark.parametrize("name", ["state.json", "model.safetensors"])
def test_damage_is_named_when_nothing_whole_is_left(tmp_path: Path, name: str, damage: str) -> None:
    folder = CheckpointFolder(tmp_path)
    write(folder, 1, 2)
    for file in tmp_path.glob(f"*/{name}"):
        content = file.read_bytes()
        file.unlink() if damage == "delete" else file.write_bytes(content[:-9] if damage == "truncate" else b"")
    with pytest.raises(TrainingError) as caught:
        folder.read()
    message = str(caught.value)
    assert "step-0000000001 is damaged" in message
    assert "step-0000000002 is damaged" in message
    assert "train.resume: never" in message


def test_other_formats_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = CheckpointFolder(tmp_path)
    monkeypatch.setattr(checkpoint, "FORMAT", 2)
    write(folder, 1)
    monkeypatch.undo()
    with pytest.raises(TrainingError, match="format 2"):
        folder.read()


def test_a_full_disk_leaves_the_former_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = CheckpointFolder(tmp_path)
    write(folder, 1)

    def full(arrays: dict[str, np.ndarray], file: Path) -> None:
        save_file({"half": np.zeros(3, np.float32)}, file)
        if file.name == "optimizer.safetensors" or "best" in file.name:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(TrainingError, match="No space left on device.*Make room"):
        write(folder, 2)
    with pytest.raises(TrainingError, match="No space left on device"):
        folder.write_best(1, TENSORS["model"])
    assert [place.name for place in tmp_path.iterdir()] == ["step-0000000001"]
    read = folder.read()
    assert read is not None
    assert read.state["step"] == 1


def test_leftovers_of_a_killed_process_are_swept(tmp_path: Path) -> None:
    left = tmp_path / ".writing-step-0000000009-123"
    left.mkdir(parents=True)
    (left / "model.safetensors").write_text("half")
    folder = CheckpointFolder(tmp_path)
    assert folder.read() is None
    write(folder, 1)
    assert not left.exists()


def test_best_weights(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    digests = [folder.write_best(epoch, {"w": np.full(3, epoch, np.float32)}) for epoch in range(3)]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["best-000001.safetensors", "best-000002.safetensors"]
    assert folder.read_best(1, digests[1])["w"].tolist() == [1, 1, 1]
    file = tmp_path / "best-000002.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(TrainingError, match="best-000002.safetensors.*does not match its sha256"):
        folder.read_best(2, digests[2])
    with pytest.raises(TrainingError, match="best-000000.safetensors"):
        folder.read_best(0, digests[0])


def test_clear_removes_nothing_else(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    write(folder, 1)
    folder.write_best(0, TENSORS["model"])
    (tmp_path / "notes.txt").write_text("mine")
    folder.clear()
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
