"""What reading has to tell: rows, skipped rows, duplicates, warnings."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class SourceReport:
    """How one source was read."""

    reader: str
    """Registered name of the reader."""
    origins: list[str] = field(default_factory=list)
    """Files, or another name of where the rows came from."""
    rows: int = 0
    """Rows that were kept."""
    skipped: int = 0
    """Broken rows that were left out (`on_error: skip`)."""
    skipped_reasons: dict[str, int] = field(default_factory=dict)
    """Skipped rows by the kind of fault."""
    first_skipped: str | None = None
    """Place and fault of the first skipped row."""
    skipped_file: str | None = None
    """JSON Lines file of the skipped rows: file, line, reason, raw."""
    empty_texts: int = 0
    """Rows kept whose text is empty or white space only."""
    mended: dict[str, int] = field(default_factory=dict)
    """Rows kept whose label was put right, by what was done."""
    first_mended: str | None = None
    """Place of the first of them."""
    encodings: list[str] = field(default_factory=list)
    """Text encodings the files were read in."""
    seconds: float = 0.0
    """Time the reading took; 0 when the table was in the cache."""


@dataclass
class DuplicatesReport:
    """Rows whose text stands in two splits."""

    action: str = "warn"
    """What the recipe asks for: warn, error, drop or allow."""
    counts: dict[str, int] = field(default_factory=dict)
    """Rows of the first split whose text stands in the second, as {"train in test": 3}."""
    dropped: dict[str, int] = field(default_factory=dict)
    """Rows taken out of each split."""
    examples: list[dict[str, str]] = field(default_factory=list)
    """A few of them: split, other split, place and text."""


@dataclass
class ReadReport:
    """What reading has to tell, for the console, the Run folder and `report.html`.

    Example:
        >>> ReadReport(warnings=["train: 2 rows have an empty text."]).to_dict()["warnings"]
        ['train: 2 rows have an empty text.']
    """

    sources: dict[str, SourceReport] = field(default_factory=dict)
    """By source: train, validation, test."""
    rows: dict[str, int] = field(default_factory=dict)
    """Rows of each split."""
    labels: dict[str, dict[str, int]] = field(default_factory=dict)
    """How often each label occurs in each split (in tagged words, where words are tagged); empty for numbers."""
    duplicates: DuplicatesReport = field(default_factory=DuplicatesReport)
    """Rows whose text stands in two splits."""
    warnings: list[str] = field(default_factory=list)
    """What the user should know, one sentence each."""

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain dicts, lists, strings and numbers."""
        return asdict(self)
