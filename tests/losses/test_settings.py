from __future__ import annotations

from typing import Any

import pytest

from tltk.errors import RecipeError
from tltk.losses import LossSettings


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"label_smoothing": 1.0}, "train.label_smoothing"),
        ({"label_smoothing": -0.1}, "train.label_smoothing"),
        ({"focal": -1.0}, "train.imbalance"),
        ({"focal": float("nan")}, "train.imbalance"),
        ({"class_weights": ()}, "train.imbalance"),
        ({"class_weights": (1.0, 0.0)}, "train.imbalance"),
        ({"class_weights": (1.0, float("inf"))}, "train.imbalance"),
    ],
    ids=str,
)
def test_values_out_of_range_are_refused_by_the_recipes_names(given: dict[str, Any], where: str) -> None:
    with pytest.raises(RecipeError, match=where):
        LossSettings(**given)


def test_settings_are_read_again_from_their_config() -> None:
    settings = LossSettings(0.1, 2.0, (1.0, 2.0))
    assert LossSettings.read(settings.to_config()) == settings
    assert LossSettings.read(None).is_plain
