from __future__ import annotations

import pytest

from tltk.augmentation import augmentations
from tltk.errors import RecipeError


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(RecipeError, match="augment.methods: Got augmentation 'delation'.*Did you mean 'deletion'"):
        augmentations.get("delation", where="augment.methods")


def test_built_in_ones_are_found_by_themselves() -> None:
    assert {"deletion", "swap", "casing", "typos", "synonyms"} <= set(augmentations)
