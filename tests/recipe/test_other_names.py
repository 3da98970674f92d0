from __future__ import annotations

import pytest

from tltk.errors import RecipeError
from tltk.recipe import Recipe, TrainSection
from tltk.recipe.fields import fields
from tltk.recipe.other_names import _MEANT, field_called


def test_every_other_name_leads_to_a_field_and_is_none_itself() -> None:
    known = fields(Recipe)
    assert {field for field in _MEANT.values() if field not in known} == set()
    for name, field in _MEANT.items():
        assert field_called(name, known) == field
        assert f"{field.rpartition('.')[0]}.{name}".lstrip(".") not in known


def test_a_section_by_itself_offers_its_own_field() -> None:
    with pytest.raises(RecipeError, match=r"lr: Unknown key 'lr'\. Did you mean 'learning_rate'\?"):
        TrainSection(lr=1e-3)
