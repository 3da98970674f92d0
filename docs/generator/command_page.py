"""The page of commands, by typer's own writer of documentation."""

from __future__ import annotations

import os
import re

os.environ["TYPER_USE_RICH"] = "0"  # before typer is imported: plain text, whatever the terminal

import typer
from typer.cli import get_docs_for_click

from tltk.cli._group import load_command
from tltk.cli._main import command


def command_page() -> str:
    """Return the page of `tltk` and every command below it."""
    group = command()
    context = typer.Context(group, info_name="tltk")
    names = group.list_commands(context)
    lines = ["# Command line: `tltk`", "", group.help or "", ""]
    lines += [_entry(name, group.get_command(context, name)) for name in names]
    lines += ["", "Exit codes: 0; 1 after an error; 2 after wrong usage; 130 after Ctrl-C.", ""]
    for name in names:
        real = load_command(name)
        docs = get_docs_for_click(
            obj=real, ctx=typer.Context(real, info_name=f"tltk {name}"), indent=1, name=name, call_prefix="tltk"
        )
        # typer cuts the summaries of subcommands short; the sections that follow have them whole.
        lines += [re.sub(r"\*\*Commands\*\*:\n\n(?:\* .*\n)+\n", "", docs)]
    text = "\n".join(line.rstrip() for line in "\n".join(lines).splitlines())
    return text.replace("\n\n\n", "\n\n").rstrip() + "\n"


def _entry(name: str, listed: object) -> str:
    return f"* [`tltk {name}`](#tltk-{name}): {getattr(listed, 'help', '')}"
