"""Over which devices training spreads."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from tltk.recipe.section import Section


class DistributeSection(Section):
    """A `tf.distribute` strategy; batches are global and are divided among the devices."""

    shorthand: ClassVar[str | None] = "strategy"

    strategy: Literal["none", "mirrored"] = "none"
    """`none` trains on one device; `mirrored` keeps a copy of the model on each device of this machine."""

    devices: int | None = Field(default=None, ge=1)
    """How many devices; all GPUs when not given. On a CPU-only machine, so many logical CPU devices (default 2)."""
