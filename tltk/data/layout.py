"""How the texts of an example become rows of tokens."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Layout:
    """What a task wants of the encoding.

    Args:
        apart: encode each text as a row of its own, so that an example of k texts makes k rows (`Encoded.group`).
        stride: cut a text that is too long into windows of the greatest length, neighbours sharing so many tokens, each
            window a row; of a pair the second text is cut and the first stands in every window. "auto" for a third of
            the greatest length; None cuts off what is too much.
        places: keep for each token which text and which characters it comes from (`Encoded.places`).

    Example:
        >>> Layout(stride=128, places=True).describe()
        {'apart': False, 'stride': 128, 'places': True}
    """

    apart: bool = False
    stride: int | Literal["auto"] | None = None
    places: bool = False

    def stride_in(self, max_length: int, special: int = 0) -> int:
        """Return how many tokens neighbouring windows of so many tokens share; 0 where texts are cut off.

        Args:
            max_length: tokens of a window.
            special: how many of them are special; "auto" leaves the shortest windows one more to move on by.

        Example:
            >>> Layout(stride="auto").stride_in(384), Layout(stride="auto").stride_in(3, special=2)
            (128, 0)
        """
        return min(max_length // 3, max_length - special - 1) if self.stride == "auto" else self.stride or 0

    def describe(self) -> dict[str, Any]:
        """Return the settings as plain JSON, for fingerprints."""
        return asdict(self)
