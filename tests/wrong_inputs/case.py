"""One wrong input: what it is, how it comes about, and what its message must say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.wrong_inputs.workplace import Workplace

Provocation = Sequence[str] | Callable[[], object]
"""What meets the wrong input: arguments of the command line, or a call of the Python interface."""


@dataclass(frozen=True)
class Case:
    """A wrong input and its message.

    Args:
        room: the part of tltk that meets it.
        name: the case's identifier, in code.
        title: what is wrong, in the words of the page.
        where: the field, the file or `file:line` that the message must name.
        what: what the message must say of what came (and of what was expected).
        advice: what the message must say of what to do.
        exit_code: what the command must end with.
        make: makes the wrong input in a workplace and returns what meets it.
    """

    room: str
    name: str
    title: str
    where: str
    what: str
    advice: str
    exit_code: int
    make: Callable[[Workplace], Provocation]

    @property
    def identifier(self) -> str:
        """The room and the name, which together are unlike those of any other case."""
        return f"{self.room}-{self.name}"


def wrong(cases: list[Case], title: str, *, where: str, what: str, advice: str, exit_code: int = 1) -> Callable:
    """Return a decorator that adds a function to the cases of its module; all three texts are asserted literally."""

    def add(make: Callable[[Workplace], Provocation]) -> Callable[[Workplace], Provocation]:
        if not (where and what and advice):
            raise ValueError(f"{make.__name__}: a message names the place, says what came, and what to do.")
        room = make.__module__.rpartition(".")[2]
        cases.append(Case(room, make.__name__, title, where, what, advice, exit_code, make))
        return make

    return add
