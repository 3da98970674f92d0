"""How the texts of an example become rows of tokens."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Layout:
    """What a task wants of the encoding.

    Args:
        apart: encode each text as a row of its own, so that an example of k texts makes k rows (`Encoded.group`).
        stride: cut a text that is too long into windows of the greatest length, neighbours sharing so many tokens, each
            window a row; of a pair the second text is cut and the first stands in every window. None cuts off what is
            too much.
        places: keep for each token which text and which characters it comes from (`Encoded.places`).

    Example:
        >>> Layout(stride=128, places=True).describe()
        {'apart': False, 'stride': 128, 'places': True}
    """

    apart: bool = False
    stride: int | None = None
    places: bool = False

    def describe(self) -> dict[str, Any]:
        """Return the settings as plain JSON, for fingerprints."""
        return asdict(self)
