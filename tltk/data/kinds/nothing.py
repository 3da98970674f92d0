"""No label at all: tasks that learn from texts alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pyarrow as pa

from tltk.data.kinds.kind import LabelKind


class NoLabelKind(LabelKind):
    """No label column is read.

    Example:
        >>> NoLabelKind().clean(["a question", "its answer"], [])
        (('a question', 'its answer'), None)
    """

    name: ClassVar[str] = "nothing"
    fewest: ClassVar[int] = 0
    most: ClassVar[int | None] = 0

    @property
    def stored(self) -> pa.DataType:
        return pa.null()

    def clean(self, texts: Sequence[Any], labels: Sequence[Any]) -> tuple[tuple[str, ...], None]:
        return self.texts(texts), None
