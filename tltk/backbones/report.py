"""What became of each tensor of a checkpoint."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class LoadReport:
    """Which tensors of a checkpoint were loaded, left aside, or will start from random numbers.

    Args:
        where: the checkpoint's folder.
        loaded: how many tensors went into the encoder.
        ignored: tensors that nothing has a use for (pretraining heads, buffers of positions).
        head: tensors of the family's task heads that the checkpoint holds; once there is a head, those it took.
        initialised: tensors of the sequence classification head which it does not hold, so that a head that needs
            them starts at random; once there is a head, all of it that does.

    Example:
        >>> print(LoadReport("minilm", 101, (), ("bert.pooler.dense.weight",), ("classifier.weight",)))
        101 tensors loaded from minilm.
          for the head: bert.pooler.dense.weight
          initialised at random: classifier.weight
    """

    where: str
    loaded: int
    ignored: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    initialised: tuple[str, ...] = ()

    def with_head(self, *, taken: Collection[str], initialised: Collection[str]) -> LoadReport:
        """Return the report of the same tensors under a head that took some of those for heads, and lacks others."""
        left = [name for name in self.head if name not in taken]
        ignored = tuple(sorted([*self.ignored, *left]))
        return replace(self, ignored=ignored, head=tuple(taken), initialised=tuple(initialised))

    def __str__(self) -> str:
        lines = [f"{self.loaded} tensors loaded from {self.where}."]
        for title, names in (
            ("ignored", self.ignored),
            ("for the head", self.head),
            ("initialised at random", self.initialised),
        ):
            if names:
                lines.append(f"  {title}: {', '.join(names)}")
        return "\n".join(lines)
