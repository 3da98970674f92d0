"""What stands on the backbone."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from tltk.recipe.kinds import Options
from tltk.recipe.section import Section


class HeadSection(Section):
    """The layers between hidden states and a task's raw outputs."""

    shorthand: ClassVar[str | None] = "name"
    searchable: ClassVar[bool] = True

    name: str | None = None
    """Registered name of the head; the task's default when not given."""

    pooling: Literal["family", "cls", "mean", "max", "attention"] | None = None
    """How a sequence becomes one vector; `family` does what the checkpoint's family does (BERT: its pooler). The task's
    default when not given: `family` for classes and numbers, `mean` for similarity."""

    dropout: float | None = Field(default=None, ge=0, lt=1)
    """Dropout before the output layer; the checkpoint's classifier or hidden dropout when not given."""

    options: Options = Field(default_factory=dict)
    """Settings of the head's own, checked against what the head accepts."""
