"""The splits that a source has of its own, and which of them take which part."""

from __future__ import annotations

from collections.abc import Sequence

from tltk.errors import DataError, did_you_mean
from tltk.recipe.data import DataSection


def own_splits(section: DataSection, found: Sequence[str], *, where: str) -> dict[str, str]:
    """Return the source's name of each of train, validation and test that it has.

    Names default to the parts' own; only the training rows must be there. A name may be a slice, such as
    `train[:80%]`; what stands before the bracket must exist then. A split that is named for one part is not also
    taken for the part it is called after.

    Raises:
        DataError: a named split, or the one for training, is not in the source.

    Example:
        >>> own_splits(DataSection(test_split="validation"), ["train", "validation"], where="glue/sst2")
        {'train': 'train', 'test': 'validation'}
    """
    named = {"train": section.train_split, "validation": section.validation_split, "test": section.test_split}
    chosen = {}
    for part, name in named.items():
        wanted = name or part
        missing = [piece for piece in _pieces(wanted) if piece not in found]
        if not missing:
            chosen[part] = wanted
        elif name is not None or part == "train":
            raise DataError(
                f"There is no split {missing[0]!r}; the splits are {', '.join(map(repr, found)) or 'none'}.",
                where=f"data.{part}_split, {where}",
                hint=did_you_mean(missing[0], found),
            )
    return _each_once(chosen, named)


def _pieces(expression: str) -> list[str]:
    """Return the names in an expression like `train[:80%]+validation`."""
    return [piece.split("[")[0].strip() for piece in expression.split("+")]


def _each_once(chosen: dict[str, str], named: dict[str, str | None]) -> dict[str, str]:
    """Leave out a part that another one took by name: `validation_split: test` leaves no test rows."""
    taken = {chosen[part] for part, name in named.items() if name is not None}
    return {part: name for part, name in chosen.items() if named[part] is not None or name not in taken}
