"""Answers that stand in a text: for each its words, and the character where they begin."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pyarrow as pa

from tltk.data.kinds.kind import LabelKind
from tltk.data.kinds.lists import from_json, plain
from tltk.data.labels import LabelFault, Mended, is_missing

NEARBY = 64
"""Characters by which a wrong start may be off where the answer stands in the context more than once."""

MOVED = "answer_start moved to where the answer stands"

_HINT = 'expected {"text": [...], "answer_start": [...]}, or a list of {"text": ..., "answer_start": ...}'


class AnswersKind(LabelKind):
    """Any number of answers of a question, each a piece of the last text column (the context).

    With one label column it holds SQuAD's `{"text": [...], "answer_start": [...]}`, a list of
    `{"text": ..., "answer_start": ...}`, one of these, or either as JSON text; with two, one answer's text and its
    start. An empty list (or an empty text) is a question without an answer. Stored as a list of
    `{"text": string, "start": int32}`, in characters (code points) from 0.

    A start at which the answer does not stand is put right where the answer stands in the context only once, or only
    once within 64 characters of it; such rows are counted. Any other is a fault.

    Example:
        >>> kind = AnswersKind()
        >>> kind.clean(["Who?", "It was Ada."], [{"text": ["Ada"], "answer_start": [7]}])[1]
        [{'text': 'Ada', 'start': 7}]
        >>> kind.clean(["Who?", "It was Ada."], [{"text": [], "answer_start": []}])[1]
        []
    """

    name: ClassVar[str] = "answers"
    shares_texts: ClassVar[bool] = True
    most: ClassVar[int | None] = 2

    @property
    def stored(self) -> pa.DataType:
        return pa.list_(pa.struct([("text", pa.string()), ("start", pa.int32())]))

    def clean(self, texts: Sequence[Any], labels: Sequence[Any]) -> tuple[tuple[str, ...], Any]:
        texts = self.texts(texts)
        pairs = _listed(labels[0]) if len(labels) == 1 else _single(*labels)
        answers = [{"text": text, "start": _located(text, start, texts)} for text, start in pairs]
        moved = any(start != answer["start"] for (_, start), answer in zip(pairs, answers, strict=True))
        return texts, Mended(answers, MOVED) if moved else answers


def _single(text: Any, start: Any) -> list[tuple[str, int]]:
    """Return a row's only answer; none where its text is empty or missing."""
    if is_missing(text) or (isinstance(text, str) and text == ""):
        return []
    return [(_text(text), _start(start, text))]


def _listed(value: Any) -> list[tuple[str, int]]:
    if isinstance(value, str):
        value = _parsed(value)
    if is_missing(value):
        raise LabelFault(f"The label is missing; {_HINT}. A question without an answer has an empty list.")
    if isinstance(value, Mapping):
        if "text" not in value:
            raise LabelFault(f"Got keys {', '.join(map(repr, value)) or 'none'} and no 'text'; {_HINT}.")
        texts, starts = value["text"], value.get("answer_start", value.get("start"))
        if isinstance(texts, str):
            return _single(texts, starts)
        return _paired(_sequence(texts), _sequence([] if starts is None and len(_sequence(texts)) == 0 else starts))
    pairs = []
    for answer in _sequence(value):
        if not isinstance(answer, Mapping) or "text" not in answer:
            raise LabelFault(f"Got the answer {answer!r:.80}; {_HINT}.")
        text = _text(answer["text"])
        pairs.append((text, _start(answer.get("answer_start", answer.get("start")), text)))
    return pairs


def _paired(texts: Sequence[Any], starts: Sequence[Any]) -> list[tuple[str, int]]:
    if len(texts) != len(starts):
        raise LabelFault(f"Got {len(texts)} answers and {len(starts)} values of answer_start; expected one for each.")
    return [(_text(text), _start(start, text)) for text, start in zip(texts, starts, strict=True)]


def _parsed(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        raise LabelFault(
            f"Got the answer {text!r:.80} and no start; name its column too (data.label: [answer, answer_start], or "
            "--label answer --label answer_start)."
        )
    return from_json(text, "JSON")


def _sequence(value: Any) -> Sequence[Any]:
    value = plain(value)
    if not isinstance(value, list | tuple):
        raise LabelFault(f"Got {value!r:.80} of type {type(value).__name__}; {_HINT}.")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise LabelFault(f"Got the answer {value!r:.80}; expected text. Without an answer the list is empty.")
    if "\0" in value:
        raise LabelFault(f"The answer {value!r:.80} has a NUL character.")
    return value


def _start(value: Any, text: str) -> int:
    if is_missing(value):
        raise LabelFault(f"The answer {text!r:.80} has no answer_start; expected the character where it begins.")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):  # the last of an integer that no float holds
        number = math.nan
    if isinstance(value, bool) or not number.is_integer() or abs(number) >= 2**31:
        raise LabelFault(f"Got answer_start {value!r:.40} of {text!r:.80}; expected a whole number.")
    return int(number)


def _located(text: str, start: int, texts: Sequence[str]) -> int:
    """Return where an answer stands in the last text: at its start, or at the only place that can be meant.

    Raises:
        LabelFault: there is none, or more than one.
    """
    context = texts[-1]
    if start >= 0 and context.startswith(text, start):
        return start
    places = _places(text, context)
    near = [place for place in places if abs(place - start) <= NEARBY]
    if len(places) == 1 or len(near) == 1:
        return (places if len(places) == 1 else near)[0]
    found = f"{context[max(start, 0) : max(start, 0) + len(text)]!r:.80}"
    if not places and len(texts) > 1 and text in texts[0]:
        raise LabelFault(
            f"The answer {text!r:.80} is not in the context but in the question: data.text names the question first."
        )
    if not places:
        raise LabelFault(f"The answer {text!r:.80} is not in the context (at character {start} stands {found}).")
    raise LabelFault(
        f"The answer {text!r:.80} does not stand at character {start} ({found} does), but at "
        f"{', '.join(map(str, places[:5]))}{', ...' if len(places) > 5 else ''}: which is meant cannot be told."
    )


def _places(text: str, context: str) -> list[int]:
    places, place = [], context.find(text)
    while place >= 0:
        places.append(place)
        place = context.find(text, place + 1)
    return places
