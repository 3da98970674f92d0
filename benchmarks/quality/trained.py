"""What a training leaves behind, whichever system did it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Trained:
    """A trained model, as far as a benchmark looks at it.

    Args:
        predict: gives the predictions of rows, in the form that the kind's scorer wants.
        seconds: what the training took, reading and encoding left out where the system lets them be.
        rows_per_second: training rows times epochs, by these seconds.
        before: as `predict`, with the weights that the training began from; only where those mean something.
    """

    predict: Callable[[Sequence[Any]], Any]
    seconds: float
    rows_per_second: float
    before: Callable[[Sequence[Any]], Any] | None = None
