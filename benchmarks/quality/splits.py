"""The rows of a job, by what they may be used for."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Splits:
    """Settings are chosen on `validation`, after training on `train`; `test` is touched once, with settings that stand.

    Args:
        train: the rows that are trained on while settings are chosen.
        validation: the rows by which settings are chosen.
        test: the rows of the figures.
        drawn: whether `validation` was held out of the training rows, and goes back to them for the figures.
    """

    train: Sequence[Any]
    validation: Sequence[Any]
    test: Sequence[Any]
    drawn: bool = False

    @property
    def final(self) -> Sequence[Any]:
        """The rows that are trained on for the figures."""
        return [*self.train, *self.validation] if self.drawn else self.train

    def first(self, count: int) -> Splits:
        """Return splits of a few rows, to see that a job works."""
        return Splits(self.train[:count], self.validation[:count], self.test[:count], self.drawn)


def hold_out(
    rows: Sequence[Any], test: Sequence[Any], *, share: float = 0.1, group: Callable[[Any], Hashable] = id
) -> Splits:
    """Return splits whose validation rows are drawn from the training rows, always the same ones.

    Args:
        rows: the training rows.
        test: the rows of the figures.
        share: how much of the groups is held out.
        group: what stays together; each row by itself when not given.
    """
    groups = list(dict.fromkeys(group(row) for row in rows))
    places = range(len(groups))
    held = {groups[place] for place in random.Random(0).sample(places, max(1, round(share * len(groups))))}
    return Splits(
        [row for row in rows if group(row) not in held], [row for row in rows if group(row) in held], test, drawn=True
    )
