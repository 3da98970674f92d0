"""How labels of parts of a text are stored."""

from __future__ import annotations

import pyarrow as pa

MARKS = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32()), ("label", pa.string())]))
"""Places in the text, in characters from 0 with `end` excluded, and what stands there; in the order of the text."""
