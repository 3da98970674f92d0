"""Texts whose entities were found wrong or not at all, with the places marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_MOST = 160
"""Characters between two marks that are shown; of more the middle is left out."""


def entity_mistakes(
    texts: Sequence[str],
    true: Sequence[Sequence[Mapping[str, Any]]],
    found: Sequence[Sequence[Mapping[str, Any]]],
    *,
    limit: int = 20,
) -> list[dict[str, Any]]:
    """Return the texts with mistakes: first those with a wrong entity, the surest first, then those that miss one.

    Args:
        texts: the texts.
        true: entities of each text: `start`, `end`, `label`.
        found: predicted ones, with a `score` too.
        limit: how many at the most.

    Returns:
        for each: `position`, `text`, `segments` (`text`, and where an entity is, `label` and `verdict`: right, wrong or
        missed), `predicted` and `label` (what is wrong and what is missed, in words), and `score` of the surest
        wrong entity.

    Example:
        >>> ann = {"start": 0, "end": 3}
        >>> true, found = {**ann, "label": "PER"}, {**ann, "label": "LOC", "score": 0.9}
        >>> mistake, = entity_mistakes(["Ann sings"], [[true]], [[found]])
        >>> mistake["predicted"], mistake["label"], mistake["segments"][0]["verdict"]
        ('LOC Ann', 'PER Ann', 'wrong')
    """
    mistakes: list[dict[str, Any]] = []
    for position, (text, right, made) in enumerate(zip(texts, true, found, strict=True)):
        known, given = set(map(_key, right)), set(map(_key, made))
        wrong = [entity for entity in made if _key(entity) not in known]
        missed = [entity for entity in right if _key(entity) not in given]
        if wrong or missed:
            mistake: dict[str, Any] = {
                "position": position,
                "text": text,
                "segments": segments(text, right, made),
                "predicted": _in_words(wrong, text),
                "label": _in_words(missed, text),
            }
            if wrong:
                mistake["score"] = max(float(entity["score"]) for entity in wrong)
            mistakes.append(mistake)
    return sorted(mistakes, key=lambda mistake: -mistake.get("score", 0.0))[:limit]


def segments(text: str, true: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a text in pieces: predicted entities as right or wrong, and what else is true as missed."""
    known = set(map(_key, true))
    marks = [(*_key(entity), "right" if _key(entity) in known else "wrong") for entity in found]
    covered = {place for start, end, _, _ in marks for place in range(start, end)}
    for entity in true:
        rest = [place for place in range(entity["start"], entity["end"]) if place not in covered]
        if rest and rest[-1] - rest[0] + 1 == len(rest):
            marks.append((rest[0], rest[-1] + 1, entity["label"], "missed"))
    pieces: list[dict[str, Any]] = []
    before = 0
    for start, end, label, verdict in sorted(marks):
        pieces += [{"text": _shortened(text[before:start])}] if start > before else []
        pieces.append({"text": text[start:end], "label": label, "verdict": verdict})
        before = end
    return pieces + ([{"text": _shortened(text[before:])}] if before < len(text) else [])


def _key(entity: Mapping[str, Any]) -> tuple[int, int, str]:
    return entity["start"], entity["end"], entity["label"]


def _in_words(entities: Sequence[Mapping[str, Any]], text: str) -> str:
    named = [f"{entity['label']} {text[entity['start'] : entity['end']]}" for entity in entities]
    return "; ".join(named) or "nothing there"


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[: _MOST // 2]} … {text[-_MOST // 2 :]}"
