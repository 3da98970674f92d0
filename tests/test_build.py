"""A backbone and a head made into one model tell which of the checkpoint's tensors went into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.reviews import tiny_recipe
from tltk.build import build_model
from tltk.recipe import load_recipe
from tltk.tasks import Similarity

POOLER = ("bert.pooler.dense.weight", "bert.pooler.dense.bias")


@pytest.mark.parametrize(
    ("head", "taken", "initialised"),
    [
        ({"pooling": "family"}, POOLER, ()),
        ({"pooling": "mean"}, (), ()),
        ({"pooling": "mean", "options": {"units": 4}}, (), ("head.projection.kernel", "head.projection.bias")),
    ],
    ids=str,
)
def test_the_report_names_what_the_head_took_and_what_starts_anew(
    head: dict[str, Any], taken: tuple[str, ...], initialised: tuple[str, ...], tiny_bert_folder: Path
) -> None:
    recipe = load_recipe(
        tiny_recipe(tiny_bert_folder, task="similarity", head=head, data__text=["a", "b"], data__label="score")
    )
    built = build_model(recipe, tiny_bert_folder, Similarity())
    assert built.report is not None
    assert built.report.head == taken
    assert built.report.initialised == built.initialised == initialised
    assert set(POOLER) == {*built.report.head, *built.report.ignored}
