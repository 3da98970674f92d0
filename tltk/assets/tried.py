"""The places that were tried for an asset, and why each of them failed."""

from __future__ import annotations

from tltk.errors import AssetError, Problem


class Unavailable(Exception):
    """One place cannot give the asset; the next one may. Its text says why."""


class Tried:
    """Collects failed places, so that the last error names them all.

    Args:
        what: the asset that is looked for, as the user wrote it.

    Example:
        >>> tried = Tried("all-MiniLM-L6-v2")
        >>> tried.add("cache", "it is not there.")
        >>> print(tried.error(hint="Unset TLTK_OFFLINE."))
        'all-MiniLM-L6-v2' could not be had from any place. Unset TLTK_OFFLINE.
          - cache: it is not there.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.failures: list[Problem] = []

    def add(self, place: str, why: str | Exception) -> None:
        """Note that `place` failed, and why."""
        self.failures.append(Problem(str(why), where=place))

    def error(self, *, hint: str | None = None) -> AssetError:
        """Return the error that lists every place tried."""
        return AssetError(f"{self.what!r} could not be had from any place.", hint=hint, problems=tuple(self.failures))
