"""The page of wrong inputs and their messages."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from itertools import groupby

from tests.wrong_inputs.case import Case
from tests.wrong_inputs.workplace import Outcome

HEAD = """<!-- Written by `python -m tests.wrong_inputs` from real messages. Change those, then run `make docs`. -->

# What goes wrong, and what tltk says

Every row below is a wrong input that was made with real files, servers and devices, and the message it got on standard
error. A message names the field or `file:line`, says what came and what was expected, and what to do next. The exit
code is 1, or 2 after wrong usage. `--debug` shows where in tltk an error came from. In Python the same text is that of
a `tltk.TltkError`.
"""


def page(outcomes: Mapping[str, tuple[Case, Outcome]]) -> str:
    """Return the page as Markdown: a table for every room."""
    lines = [HEAD]
    for room, group in groupby(outcomes.values(), key=lambda pair: pair[0].room):
        lines += [
            f"## {room.capitalize()}",
            "",
            _sentence(room),
            "",
            "| what is wrong | met by | message |",
            "|---|---|---|",
        ]
        lines += [f"| {case.title} | {_code(outcome.command)} | {_message(outcome)} |" for case, outcome in group]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def without_asides(text: str) -> str:
    """Return a page without what stands in brackets: there, messages quote libraries, whose words change."""
    while (shorter := re.sub(r"\([^()]*\)", "", text)) != text:
        text = shorter
    return text


def _sentence(room: str) -> str:
    return importlib.import_module(f"tests.wrong_inputs.cases.{room}").__doc__ or ""


def _message(outcome: Outcome) -> str:
    return "<br>".join(_code(line.strip()) for line in outcome.message.splitlines() if line.strip())


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    space = " " if fence == "``" else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")
