"""What is to be learned."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from tltk.recipe.kinds import Labels, Options
from tltk.recipe.section import Section


class TaskSection(Section):
    """The task, by its registered name, and its labels."""

    shorthand: ClassVar[str | None] = "name"
    searchable: ClassVar[bool] = True
    not_searchable: ClassVar[frozenset[str]] = frozenset({"name", "labels"})

    name: str = "text-classification"
    """Registered name of the task."""

    labels: Labels | None = None
    """Label names in the order of the model's outputs; learned from the training split (sorted) when not given."""

    options: Options = Field(default_factory=dict)
    """Settings of the task's own, checked against what the task accepts."""
