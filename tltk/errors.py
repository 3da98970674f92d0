"""The errors a user can meet: each names the place, what came, what was expected, and what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what the user gave.

    Args:
        message: what came and what was expected, one or two sentences.
        where: the field, file or `file:line` it was found at.
        hint: what to do next, an imperative sentence.

    Example:
        >>> print(Problem("Got 'fast'; expected a number.", where="r.yaml:3 train.epochs"))
        r.yaml:3 train.epochs: Got 'fast'; expected a number.
    """

    message: str
    where: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{place}{self.message}{hint}"


class TltkError(Exception):
    """A mistake or a mishap that the user can mend; the CLI prints it without a stack trace.

    Args:
        message: what came and what was expected. With several `problems`, a headline for them.
        where: the field, file or `file:line` it was found at.
        hint: what to do next.
        problems: every problem found, when one check finds many.

    Example:
        >>> raise DataError("Got column 'txt'.", where="reviews.csv:1", hint="Did you mean 'text'?")
        Traceback (most recent call last):
        ...
        tltk.errors.DataError: reviews.csv:1: Got column 'txt'. Did you mean 'text'?
    """

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        self.problems = tuple(problems) or (Problem(message, where, hint),)
        headline = str(Problem(message, where, hint))
        lines = [headline, *(f"  - {problem}" for problem in problems)]
        super().__init__("\n".join(lines))


class RecipeError(TltkError):
    """A recipe that cannot be read, or asks for what is not allowed."""


class AssetError(TltkError):
    """A checkpoint, tokenizer or data asset that could not be had or did not match its checksum."""


class DataError(TltkError):
    """Data files, columns, rows or labels that do not fit the recipe."""


class WeightsError(TltkError):
    """Checkpoint tensors that are missing, extra, misshapen, damaged or in an unsafe format."""


class BundleError(TltkError):
    """A Bundle that is damaged, incomplete or from an unknown format version."""


class TrainingError(TltkError):
    """Training that cannot start, continue or be resumed."""


class ExportError(TltkError):
    """An export that could not be written, or did not match the model it came from."""


class EngineError(TltkError):
    """An engine or precision that cannot be had, or gives other numbers than the model it was made from."""


class EnvironmentProblem(TltkError):
    """A machine, backend or installed library that cannot do what was asked."""


def some_of(names: Sequence[str], most: int = 10) -> str:
    """Return names as a sentence lists them, the first ones of many.

    Example:
        >>> some_of(["'a'", "'b'"]), some_of(["1", "2", "3", "4"], most=2)
        ("'a', 'b'", '1, 2 and 2 more')
    """
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def near_miss(name: str, known: Iterable[str]) -> str | None:
    """Return a hint that offers the known name closest to a mistyped one, or None where none is close.

    Example:
        >>> near_miss("epoch", ["batch_size", "epochs"]), near_miss("zzz", ["mean"])
        ("Did you mean 'epochs'?", None)
    """
    close = difflib.get_close_matches(str(name), sorted(map(str, known)), n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint that offers the closest known name, or lists the known ones.

    Example:
        >>> did_you_mean("epoch", ["epochs", "batch_size"])
        "Did you mean 'epochs'?"
        >>> did_you_mean("zzz", ["mean", "cls"])
        'Known: cls, mean.'
    """
    names = sorted(map(str, known))
    listed = f"Known: {', '.join(names)}." if names else "None is registered."
    return near_miss(name, names) or listed
