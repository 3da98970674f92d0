"""How labels of parts of a text are stored."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from tltk.data.labels import LabelFault

MARKS = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32()), ("label", pa.string())]))
"""Places in the text, in characters from 0 with `end` excluded, and what stands there; in the order of the text."""


def listed(value: Any, what: str) -> list[Any]:
    """Return a list, or what a JSON list as text holds.

    Args:
        value: the list, a tuple or NumPy array, or text.
        what: what it should hold, for messages.

    Raises:
        LabelFault: it is neither.
    """
    if value is None:
        raise LabelFault(f"The list of {what} is missing.")
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return list(json.loads(value))
        except ValueError as error:
            raise LabelFault(f"Got {value!r:.80}, which is not a JSON list ({error}).") from None
    raise LabelFault(f"Got {value!r:.80}; expected a list of {what}.")
