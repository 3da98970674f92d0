"""A Run that the tests of engines share."""

from __future__ import annotations

from pathlib import Path

import pytest

import tltk
from tests.reviews import recipe_on_file
from tltk.run import Run


@pytest.fixture(scope="session")
def run(tiny_bert_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A Run on made reviews."""
    folder = tmp_path_factory.mktemp("engines")
    return tltk.fit(recipe_on_file(tiny_bert_folder, folder / "reviews.csv", train__epochs=4), output=folder / "run")
