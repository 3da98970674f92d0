"""What is to be learned."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from tltk.recipe.section import Section


class TaskSection(Section):
    """The task, by its registered name, and its labels."""

    shorthand: ClassVar[str | None] = "name"

    name: str = "text-classification"
    """Registered name of the task."""

    labels: tuple[str, ...] | None = None
    """Label names in the order of the model's outputs; learned from the training split (sorted) when not given."""

    options: dict[str, Any] = Field(default_factory=dict)
    """Settings of the task's own, checked against what the task accepts."""
