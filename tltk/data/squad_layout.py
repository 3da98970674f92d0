"""Whether a JSON file is of SQuAD's layout, told from how it begins."""

from __future__ import annotations

from pathlib import Path

from tltk.data.textfile import TextFile

_LOOKED_AT = 1 << 14


def looks_like_squad(path: Path) -> bool:
    """Tell whether a file begins like one of SQuAD's: with an object that has `data`, and `paragraphs` within.

    Args:
        path: the file; .gz is unpacked.
    """
    with TextFile(path, encoding="latin-1").open() as stream:
        start = stream.read(_LOOKED_AT)
    return '"data"' in start and '"paragraphs"' in start
