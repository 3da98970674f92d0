"""How predictions and figures are made."""

from __future__ import annotations

from pydantic import Field

from tltk.recipe.section import Section


class EvaluateSection(Section):
    """Batches of validation, test and prediction."""

    batch_size: int = Field(default=64, ge=1)
    """Rows in one forward pass. Predictions count rows of 16 tokens: longer ones come fewer, shorter ones more."""
