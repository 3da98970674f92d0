"""Changed copies of rows as the report shows them: what went, what came, and what stayed."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

_LONGEST = 400  # characters of a text that are shown


def changes(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the examples of changed copies: `where` the row stands, and `texts`, each a list of segments.

    Args:
        data: what `data.json` holds; its `augmented` tells of the copies, if any were made.
    """
    examples = (data.get("augmented") or {}).get("examples") or []
    return [
        {
            "where": example.get("where", ""),
            "texts": [
                segments(before, after) for before, after in zip(example["before"], example["after"], strict=True)
            ],
        }
        for example in examples
    ]


def segments(before: str, after: str) -> list[dict[str, str]]:
    """Return a text's change as segments, each with a `kind` ("same", "gone" or "new") and a `text`.

    Words are compared whole, and no visible character is cut. Of long texts the beginning is returned, with an
    ellipsis.

    Example:
        >>> [(segment["kind"], segment["text"]) for segment in segments("a good film", "a great film")]
        [('same', 'a '), ('gone', 'good'), ('new', 'great'), ('same', ' film')]
    """
    old, new = _words(before[:_LONGEST]), _words(after[:_LONGEST])
    found: list[dict[str, str]] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            found.append({"kind": "same", "text": "".join(old[start:end])})
            continue
        gone, came = "".join(old[start:end]), "".join(new[new_start:new_end])
        found += [{"kind": "gone", "text": gone}] if gone else []
        found += [{"kind": "new", "text": came}] if came else []
    if len(before) > _LONGEST or len(after) > _LONGEST:
        found.append({"kind": "same", "text": " …"})
    return found


def _words(text: str) -> list[str]:
    import regex

    found: list[str] = regex.findall(r"(?:(?=\w)\X)+|\X", text)
    return found
