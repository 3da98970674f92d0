"""Lists in a column: Python's, NumPy's, and those that text holds."""

from __future__ import annotations

import ast
import json
import warnings
from typing import Any

from tltk.data.labels import LabelFault, is_missing


def plain(value: Any) -> Any:
    """Return arrays of NumPy, which pandas makes of lists in Parquet files, as lists; anything else as it is.

    Example:
        >>> import numpy as np
        >>> plain(np.array([1, 2])), plain("text")
        ([1, 2], 'text')
    """
    return value.tolist() if hasattr(value, "tolist") else value


def listed(value: Any, what: str) -> list[Any]:
    """Return a list, or what a JSON list as text holds.

    Args:
        value: the list, a tuple or NumPy array, or text.
        what: what it should hold, for messages.

    Raises:
        LabelFault: it is neither.
    """
    if is_missing(value):
        raise LabelFault(f"The list of {what} is missing.")
    value = plain(value)
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str) and value.lstrip().startswith("["):
        return list(from_json(value, "a JSON list"))
    raise LabelFault(f"Got {value!r:.80}; expected a list of {what}.")


def list_in(text: str) -> list[Any] | None:
    """Return what a text that is a JSON list holds; None for other text.

    Raises:
        LabelFault: it is a list of texts as Python writes it, which is meant as a list but is no JSON.

    Example:
        >>> list_in('["a", "b"]'), list_in("[sic] a"), list_in("[ a ]")
        (['a', 'b'], None, None)
    """
    if not (text.startswith("[") and text.rstrip().endswith("]")):
        return None
    try:
        return list(from_json(text, "a JSON list"))
    except LabelFault:
        if is_python(text):
            raise
        return None


def from_json(text: str, what: str) -> Any:
    """Return what JSON says.

    Args:
        text: the JSON.
        what: what it should be, for messages.

    Raises:
        LabelFault: it is no JSON; what Python writes of lists (`to_csv` of pandas) is told apart.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if is_python(text):
            raise LabelFault(
                f"Got {text!r:.80}, which Python wrote and which is not {what}; write JSON, with double quotes."
            ) from None
        raise LabelFault(f"Got {text!r:.80}, which is not {what} ({error}).") from None


def is_python(text: str) -> bool:
    """Tell whether a text is a list, set or mapping with texts in it as Python (or NumPy) writes it.

    Example:
        >>> is_python("['a', 'b']"), is_python("{'a': 1}"), is_python("[1]"), is_python("[a]")
        (True, True, False, False)
    """
    if "'" not in text and '"' not in text:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that Python does not know
            found = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return False
    return isinstance(found, list | set | dict) and len(found) > 0
