"""A Run that the tests of engines share."""

from __future__ import annotations

from pathlib import Path

import pytest

import tltk
from tests.reviews import tiny_recipe, write_reviews
from tltk.run import Run


@pytest.fixture(scope="session")
def run(tiny_bert_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A Run on made reviews."""
    folder = tmp_path_factory.mktemp("engines")
    data = {"data__source": "auto", "data__path": str(write_reviews(folder / "reviews.csv"))}
    return tltk.fit(tiny_recipe(tiny_bert_folder, train__epochs=4, **data), output=folder / "run")
