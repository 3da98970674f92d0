"""Which names `import tltk` gives, and where each is defined."""

from __future__ import annotations


def public_names() -> dict[str, str]:
    """Return the path within the package (`api.fit`) of every public name, in the order of `tltk.__all__`."""
    import tltk

    return {name: path for name, path in tltk.PUBLIC.items()}
