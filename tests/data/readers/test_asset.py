"""Datasets of the catalog."""

from __future__ import annotations

from pathlib import Path

import pytest

from tltk.data import read
from tltk.errors import AssetError, DataError, TltkError
from tltk.recipe import DataSection


def test_movie_snippets(tmp_path: Path) -> None:
    section = DataSection(source="asset", name="movie-snippets", label="score", binarize={})
    try:
        dataset = read(section, cache=tmp_path)
    except AssetError as error:
        pytest.skip(f"movie-snippets cannot be had on this machine: {error}")
    assert {name: len(rows) for name, rows in dataset.splits.items()} == {
        "train": 8485,
        "validation": 1060,
        "test": 1060,
    }
    assert {label for rows in dataset.splits.values() for label in rows.label_counts()} == {"negative", "positive"}
    shares = [rows.label_counts()["positive"] / len(rows) for rows in dataset.splits.values()]
    assert max(shares) - min(shares) < 1e-3
    assert ".csv:" in dataset["test"].where(0)


def test_a_name_is_needed_and_must_be_known(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no name"):
        read(DataSection(source="asset"), cache=tmp_path)
    with pytest.raises(TltkError, match="movie-snippets"):
        read(DataSection(source="asset", name="movie-snipets"), cache=tmp_path)
