"""Folders that appear whole or not at all, and what is said when they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from tltk.errors import EnvironmentProblem
from tltk.folders import atomic_folder, make_folder


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def small_files_only() -> Iterator[None]:
    """Let no file of this process grow beyond 10 kB: a disk that is nearly full."""
    resource = pytest.importorskip("resource", reason="needs a system that limits the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "old").write_text("old")
    with atomic_folder(tmp_path / "a") as folder:
        (folder / "new").write_text("new")
        assert names(tmp_path / "a") == ["old"]
    assert names(tmp_path / "a") == ["new"]
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("library", ["python", "safetensors"])
def test_a_disk_that_fills_up_leaves_the_old_folder_and_is_told(
    tmp_path: Path, small_files_only: None, library: str
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "old").write_text("old")
    write = {
        "python": lambda path: path.write_bytes(bytes(20_000)),
        "safetensors": lambda path: save_file({"weights": np.zeros(20_000, np.uint8)}, path),
    }[library]
    told = pytest.raises(EnvironmentProblem, match="a: Could not write: File too large.*Free some space")
    with told, atomic_folder(tmp_path / "a") as folder:
        write(folder / "weights")
    assert names(tmp_path / "a") == ["old"]
    assert names(tmp_path) == ["a"]


def test_other_errors_are_not_taken_for_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ours"), atomic_folder(tmp_path / "a"):
        raise ValueError("ours")
    assert names(tmp_path) == []


@pytest.mark.parametrize("place", ["occupied", "occupied/run", "occupied/a/b"])
def test_a_file_in_the_way_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "occupied").write_text("")
    with pytest.raises(EnvironmentProblem, match="cannot be made: .*occupied is a file"):
        make_folder(tmp_path / place)


def test_the_former_folder_stands_again_when_the_new_one_cannot_take_its_place(tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").touch()
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if self.name.endswith(".new"):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), atomic_folder(tmp_path / "model"):
        pass
    assert names(tmp_path) == ["model"]
    assert names(tmp_path / "model") == ["old"]
