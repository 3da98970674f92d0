"""The small JSON files of a sentence-transformers folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tltk.errors import WeightsError

USE_ENCODER_ALONE = (
    "Name a pooling (head.pooling) to use the encoder alone; the vectors are then not the checkpoint's own."
)
"""The way out of what cannot be read."""


def read_document(path: Path, kind: type) -> Any:
    """Return what a JSON file holds.

    Raises:
        WeightsError: it is missing, damaged, or holds something else than a `kind` (dict, list).
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"It cannot be read ({error}).", where=str(path), hint=f"Fetch it again. {USE_ENCODER_ALONE}"
        ) from error
    if not isinstance(document, kind):
        raise WeightsError(
            f"It holds a {type(document).__name__}; expected a {kind.__name__}.",
            where=str(path),
            hint=f"Fetch it again. {USE_ENCODER_ALONE}",
        )
    return document


def write_document(path: Path, document: Any) -> None:
    """Write a JSON file into a folder, which is made if it is not there."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
