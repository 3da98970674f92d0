"""Labels on their way in: one spelling for each value, two names for numbers, new names for old."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tltk.recipe.data import BinarizeSection, DataSection
from tltk.recipe.kinds import without_point

_FLOAT_DIGITS = 308
"""Digits of the greatest float; a longer number is not written out."""


class LabelFault(ValueError):
    """A label that cannot be used; the text says why."""


class Mended(NamedTuple):
    """A label that was put right on its way in.

    Args:
        label: as it is stored.
        what: what was done, the same words for all rows; such rows are counted and told.
    """

    label: Any
    what: str


class LabelRule:
    """Turns a label as it stands in the source into the string that is kept.

    Numbers are spelled as a person would (`1`, not `1.0`, for a whole float, in text too: pandas makes floats of
    integers when one is missing), so that the same data gives the same labels from CSV, JSON, Parquet and pandas.

    Args:
        binarize: makes two labels of a number.
        names: new names for labels; those it does not name keep theirs.

    Example:
        >>> rule = LabelRule(binarize=BinarizeSection(threshold=0, names=("negative", "positive")))
        >>> rule("-1.5"), rule(2)
        ('negative', 'positive')
        >>> LabelRule(names={"1": "good"})(1.0)
        'good'
    """

    def __init__(
        self,
        *,
        binarize: BinarizeSection | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._binarize = binarize
        self._names = dict(names or {})
        self._known: dict[tuple[type, Any], str] = {}

    @classmethod
    def of(cls, section: DataSection) -> LabelRule:
        """Return the rule a recipe's data section asks for."""
        return cls(binarize=section.binarize, names=section.label_names)

    def __call__(self, value: Any) -> str:
        """Return the label to keep.

        Raises:
            LabelFault: the value is missing, no string or number, or no number where `binarize` needs one.
        """
        try:
            return self._known[type(value), value]
        except KeyError:
            label = self._label(value)
        except TypeError:
            raise LabelFault(f"Got label {value!r}; expected a string or a number.") from None
        if len(self._known) < 65_536:
            self._known[type(value), value] = label
        return label

    def _label(self, value: Any) -> str:
        label = spell(value)
        if self._binarize is not None:
            above = _number(label) > self._binarize.threshold
            label = self._binarize.names[int(above)]
        return self._names.get(label, label)


def spell(value: Any) -> str:
    """Return a label's one spelling as a string.

    Raises:
        LabelFault: the value is missing (`is_missing`), an empty string, or no string or number.

    Example:
        >>> spell(1), spell(1.0), spell("1.0"), spell(0.5), spell(Decimal("0.50")), spell(True), spell("x")
        ('1', '1', '1', '0.5', '0.5', 'true', 'x')
    """
    if not isinstance(value, str):
        return _spell_other(_single(value))
    if not value:
        raise LabelFault("The label is empty.")
    if "\0" in value:
        raise LabelFault(f"The label {value!r} has a NUL character.")
    return without_point(value)


def _spell_other(value: Any) -> str:
    """Return the spelling of what is no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return repr(value)
    if is_missing(value):
        raise LabelFault("The label is missing.")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, Decimal):
        return _spell_decimal(value)
    if isinstance(value, str):  # text of NumPy's
        return spell(value)
    raise LabelFault(f"Got label {value!r} of type {type(value).__name__}; expected a string or a number.")


def is_missing(value: Any) -> bool:
    """Tell whether a value stands for none: None, NaN of any type, and the NA and NaT of pandas.

    Example:
        >>> is_missing(None), is_missing(float("nan")), is_missing(Decimal("nan")), is_missing(""), is_missing(0)
        (True, True, True, False, False)
    """
    if isinstance(value, str):
        return False
    value = _single(value) if getattr(value, "ndim", None) == 0 else value
    # By their names, since nothing else of pandas is needed here; NA is neither equal to itself nor unequal.
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return value.is_nan() if isinstance(value, Decimal) else isinstance(value, float) and math.isnan(value)


def _single(value: Any) -> Any:
    """Return a number of NumPy's as Python's; anything else, arrays of several numbers too, as it is."""
    if isinstance(value, str) or not hasattr(value, "item"):
        return value
    try:
        return value.item()
    except (TypeError, ValueError, RuntimeError):
        return value


def _spell_decimal(value: Decimal) -> str:
    """Return a decimal spelled as the integer or float it equals; in full where it equals none."""
    if value.is_infinite() or not value:
        return "0" if not value else repr(float(value))
    if abs(value.adjusted()) > _FLOAT_DIGITS:
        return str(value)
    if value.as_integer_ratio()[1] == 1:
        return str(int(value))
    return repr(float(value)) if Decimal(repr(float(value))) == value else f"{value:f}".rstrip("0")


def _number(label: str) -> float:
    try:
        number = float(label)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise LabelFault(f"Got label {label!r}; expected a number to compare with data.binarize.threshold.")
    return number
