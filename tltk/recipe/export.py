"""In which formats the trained model leaves."""

from __future__ import annotations

from pydantic import Field

from tltk.recipe.kinds import Names
from tltk.recipe.section import Section


class ExportSection(Section):
    """Exports written after training, each compared with `predict` before it counts as done."""

    formats: Names = ()
    """Registered exporters: savedmodel, onnx."""

    tolerance: float = Field(default=1e-5, gt=0)
    """Largest difference from `predict`'s probabilities that is accepted."""
