"""Labelled rows in a file: text, tab, number of the label."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def read_rows(path: Path | str) -> tuple[list[str], list[int]]:
    """Return texts and labels."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    pairs = [line.rsplit("\t", 1) for line in lines]
    return [text for text, _ in pairs], [int(label) for _, label in pairs]


def write_rows(path: Path, texts: Sequence[str], labels: Sequence[int]) -> Path:
    """Write texts and labels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"{text}\t{label}\n" for text, label in zip(texts, labels, strict=True))
    return path
