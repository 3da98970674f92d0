"""The contract of an augmentation: a text in, the same text a little changed out, and what was changed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple, TypeVar

import numpy as np

from tltk.augmentation.edits import Edit, apply_edits
from tltk.errors import RecipeError
from tltk.registry import Registry

T = TypeVar("T")

augmentations: Registry[type[Augmentation]] = Registry(
    "augmentation", package="tltk.augmentation.methods", error=RecipeError
)
"""Every augmentation by name."""


class Augmented(NamedTuple):
    """A changed text.

    Args:
        text: the new text.
        edits: what was changed, in order, in characters of the old text; empty where nothing was.
    """

    text: str
    edits: list[Edit]


class Augmentation(ABC):
    """Changes texts a little, so that a model learns from more than was written.

    A new augmentation is one new file with one subclass under `@register_augmentation(name)`. It gives the edits of
    a text and nothing else, and keeps four promises:

    - the same text, random numbers and strength make the same edits;
    - no edit begins or ends inside of a visible character (an extended grapheme cluster);
    - the new text is never empty, nor without words where the old one had some;
    - white space stays as it is, but for the blanks that belong to what was changed.

    Args:
        checkpoint: folder of the pretrained checkpoint; most augmentations do not need it.

    Example:
        >>> shout = augmentations.get("casing")()
        >>> shout("a good film", np.random.default_rng(1), 0.3)
        Augmented(text='a Good film', edits=[Edit(start=2, end=6, text='Good')])
    """

    name: ClassVar[str] = ""
    """Registered name; set by `register_augmentation`."""

    needs_checkpoint: ClassVar[bool] = False
    """Whether it asks a model; it then sees the texts before other augmentations have changed them."""

    def __init__(self, checkpoint: Path | None = None) -> None:
        self.checkpoint = checkpoint

    def check(self) -> None:  # noqa: B027  (most have nothing to check)
        """Raise RecipeError where the checkpoint does not have what the augmentation needs."""

    @abstractmethod
    def edits(self, text: str, rng: np.random.Generator, strength: float) -> list[Edit]:
        """Return the edits of one text, in order and apart from each other; none where it has nothing to change.

        Args:
            text: any text.
            rng: the only source of randomness.
            strength: share of the words that change, above 0 and at most 1; at least one does where one can.
        """

    def edits_of(self, texts: Sequence[str], rngs: Sequence[np.random.Generator], strength: float) -> list[list[Edit]]:
        """Return the edits of several texts, each with random numbers of its own: for what is quicker in batches."""
        return [self.edits(text, rng, strength) for text, rng in zip(texts, rngs, strict=True)]

    def __call__(self, text: str, rng: np.random.Generator, strength: float) -> Augmented:
        """Return one text changed.

        Raises:
            ValueError: the strength is not above 0 and at most 1.
        """
        if not 0 < strength <= 1:
            raise ValueError(f"Got a strength of {strength}; expected more than 0 and at most 1.")
        edits = self.edits(text, rng, strength)
        return Augmented(apply_edits(text, edits), edits)


def register_augmentation(name: str, *, replace: bool = False) -> Callable[[type[Augmentation]], type[Augmentation]]:
    """Return a decorator that makes an `Augmentation` known to recipes by name.

    Raises:
        RecipeError: the name is taken and `replace` is False.
    """

    def decorate(augmentation: type[Augmentation]) -> type[Augmentation]:
        augmentation.name = name
        return augmentations.register(name, replace=replace)(augmentation)

    return decorate


def draw(
    candidates: Sequence[T], rng: np.random.Generator, strength: float, *, of: int, most: int | None = None
) -> list[T]:
    """Return some candidates, in their order: a share of a text's words, and at least one where there is one.

    Args:
        candidates: what can change.
        rng: the source of randomness.
        strength: share of the words that are wanted.
        of: how many words the text has.
        most: never more than so many.

    Example:
        >>> draw("abcdefgh", np.random.default_rng(0), 0.25, of=8)
        ['f', 'h']
    """
    wanted = min(max(1, round(strength * of)), len(candidates) if most is None else min(most, len(candidates)))
    if wanted < 1:
        return []
    chosen = np.sort(rng.choice(len(candidates), size=wanted, replace=False))
    return [candidates[index] for index in chosen]
