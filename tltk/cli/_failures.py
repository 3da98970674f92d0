"""Tells errors and interruptions on standard error, in words instead of stack traces."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tltk.errors import Problem, TltkError

if TYPE_CHECKING:
    from rich.text import Text

INTERRUPTED = 130
BROKEN_PIPE = 141


@contextmanager
def when_interrupted(advice: str) -> Iterator[None]:
    """Have `advice` printed if Ctrl-C ends the body: what is left, and how to go on.

    Example:
        >>> with when_interrupted("The Run is in runs/a; the same command continues it."):
        ...     pass
    """
    try:
        yield
    except KeyboardInterrupt as interruption:
        interruption.add_note(advice)
        raise


def tell(error: BaseException) -> None:
    """Print an error: where, what came, what was expected, what to do next."""
    from rich.text import Text

    if isinstance(error, TltkError):
        for line in _lines(error):
            _print(line)
    elif isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        _print(Text.assemble(("Error: ", "bold red"), (f"{place}{error.strerror or error}.", "red")))
    elif isinstance(error, MemoryError):
        advice = "Lower train.batch_size, evaluate.batch_size or backbone.max_length."
        _print(Text.assemble(("Error: ", "bold red"), ("There is not enough memory. ", "red"), advice))
    else:
        what = f"{type(error).__name__}: {error}"
        _print(Text.assemble(("Unexpected error: ", "bold red"), (what, "red")))
        _print(Text("This is a fault in tltk. Run the same command with --debug and report what it prints.", "dim"))


def tell_interruption(interruption: KeyboardInterrupt) -> None:
    """Print that the user stopped the command, and what those who were at work left as notes."""
    from rich.text import Text

    _print(Text("\nInterrupted.", "bold yellow"))
    notes = [str(interruption), *getattr(interruption, "__notes__", ())]
    for note in dict.fromkeys(note for note in notes if note):
        _print(Text(note))


def close_output() -> None:
    """Point standard output at nothing, so that the interpreter's own flush at exit does not fail again."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
    finally:
        os.close(nothing)


def _lines(error: TltkError) -> Iterator[Text]:
    from rich.text import Text

    headline = str(error).partition("\n")[0]
    if str(error) == str(error.problems[0]):
        yield Text("Error: ", "bold red").append_text(_problem(error.problems[0]))
        return
    yield Text.assemble(("Error: ", "bold red"), (headline, "red"))
    for problem in error.problems:
        yield Text("  ").append_text(_problem(problem))


def _problem(problem: Problem) -> Text:
    from rich.text import Text

    text = Text()
    if problem.where:
        text.append(f"{problem.where}: ", "bold not dim")
    text.append(problem.message, "red")
    if problem.hint:
        text.append(f" {problem.hint}", "cyan")
    return text


def _print(text: Text) -> None:
    from rich.console import Console

    # Soft wrapping keeps `file:line:column` in one piece, for people who click on it and programs that read it.
    Console(stderr=True, highlight=False, soft_wrap=True).print(text)
