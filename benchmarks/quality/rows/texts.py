"""Labelled texts, or pairs of texts, in tab-separated files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LabelledText:
    """One text, or a pair, and its label."""

    texts: tuple[str, ...]
    label: str


def read_tsv(path: Path, texts: Sequence[str], label: str) -> list[LabelledText]:
    """Return the rows of a tab-separated file with a header line, where quotes are plain characters.

    Args:
        path: the file, UTF-8 with or without a byte order mark.
        texts: names of the columns of the texts.
        label: name of the column of the label.

    Raises:
        ValueError: a line has more or fewer fields than the header; names file and line.
    """
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        lines = csv.reader((line.replace("\r", "") for line in file), delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(lines)
        places = [header.index(name) for name in texts]
        rows = []
        for number, fields in enumerate(lines, start=2):
            if len(fields) != len(header):
                raise ValueError(f"{path}:{number}: {len(fields)} fields where the header has {len(header)}.")
            rows.append(LabelledText(tuple(fields[place] for place in places), fields[header.index(label)]))
    return rows
