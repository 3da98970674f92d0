"""The page of commands, by typer's own documentation command."""

from __future__ import annotations

import os
import subprocess
import sys

TITLE = "Command line: `tltk`"


def command_page() -> str:
    """Return the page of `tltk` and every command below it."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "typer",
            "tltk.cli",
            "utils",
            "docs",
            "--name",
            "tltk",
            "--title",
            "Command line: `tltk`",
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"},
    )
    if done.returncode != 0:
        raise RuntimeError(f"typer could not describe the commands:\n{done.stderr}")
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).rstrip() + "\n"
