"""Tells the user where each value of a recipe came from."""

from __future__ import annotations

from tltk.recipe.document import Document, Path, dotted


class Places:
    """Where each value of a recipe stands: in a file, in an override, or in what Python gave.

    Args:
        document: the YAML document that the recipe came from, if it did.

    Example:
        >>> from tltk.recipe.parsing import parse_yaml
        >>> places = Places(parse_yaml("train: {epochs: 3}", "r.yaml"))
        >>> places.where(("train", "epochs"))
        'r.yaml:1:17 train.epochs'
    """

    def __init__(self, document: Document | None = None) -> None:
        self._document = document
        self._overridden: set[Path] = set()

    def mark_override(self, path: Path) -> None:
        """Note that the value at `path`, and all below it, came from an override."""
        self._overridden.add(path)

    def is_override(self, path: Path) -> bool:
        """Return whether the value at `path` came from an override."""
        return any(path[:length] in self._overridden for length in range(1, len(path) + 1))

    def order(self, path: Path) -> tuple[int, int]:
        """Return a key that sorts problems as their places stand in the text, overrides first."""
        if self._document is None or self.is_override(path):
            return (0, 0)
        marks = (self._document.values.get(path[:length]) for length in range(len(path), -1, -1))
        return next((mark for mark in marks if mark is not None), (0, 0))

    def where(self, path: Path, *, key: bool = False) -> str:
        """Return the place of the value (or key) at `path`, or of the nearest thing around it that stands somewhere."""
        name = dotted(path)
        if self.is_override(path):
            return f"override {name}"
        if self._document is None:
            return name
        marks = [self._document.keys.get(path)] if key else []
        marks += [self._document.values.get(path[:length]) for length in range(len(path), -1, -1)]
        mark = next((mark for mark in marks if mark is not None), (1, 1))
        return f"{self._document.file}:{mark[0]}:{mark[1]} {name}".rstrip()
