"""Where an export may be written: it takes the place of an older export, never of anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tltk.errors import ExportError
from tltk.exporting.write import write_export


def export_to(path: Path) -> None:
    """Ask for an export without a model: a place that is refused is refused before the model is touched."""
    write_export("savedmodel", path, model=None, probabilities=None, tokenizer=None, labels=(), max_length=8)


def test_a_folder_of_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "chapter.txt").write_text("mine")
    with pytest.raises(ExportError, match="files that are no export"):
        export_to(tmp_path)
    assert (tmp_path / "chapter.txt").read_text() == "mine"


def test_a_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "chapter.txt").write_text("mine")
    with pytest.raises(ExportError, match="Found a file there"):
        export_to(tmp_path / "chapter.txt")
    assert (tmp_path / "chapter.txt").read_text() == "mine"
