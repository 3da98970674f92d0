"""The entry point of `tltk`: global options, the commands, and what happens to errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from tltk import __version__
from tltk.cli._failures import tell
from tltk.cli._group import CommandGroup

DEBUG = "TLTK_DEBUG"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave the process.

    The exit code is 0; 1 after an error, which is told in words (`--debug` or TLTK_DEBUG=1 shows where it came from); 2
    after wrong usage; 130 after Ctrl-C; 141 when the reader of the output went away.

    Args:
        arguments: what stands behind `tltk` on the command line; `sys.argv` when not given.
    """
    given, debug = _without_debug(list(sys.argv[1:] if arguments is None else arguments))
    if debug:
        os.environ[DEBUG] = "1"
    # Before anything imports TensorFlow, whose notes at start-up would stand among ours.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "0" if debug else "3")
    try:
        command().main(args=given, prog_name="tltk")
    except Exception as error:
        if os.environ.get(DEBUG, "0") not in ("", "0"):
            raise
        tell(error)
        sys.exit(1)
    sys.exit(0)


def command() -> typer.core.TyperGroup:
    """Return the whole command line as one command."""
    app = typer.Typer(
        cls=CommandGroup,
        add_completion=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Fine-tune, evaluate, export and use BERT-like models on Keras and TensorFlow.",
        no_args_is_help=True,
        rich_markup_mode="markdown",
    )
    app.callback()(_globals)
    return typer.main.get_group(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tltk {__version__}")
        raise typer.Exit


def _globals(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from (also TLTK_DEBUG=1).")] = False,
) -> None:
    """Options of every command; both have done their work before this is called."""


def _without_debug(arguments: list[str]) -> tuple[list[str], bool]:
    """Return the arguments without `--debug`, which may stand anywhere before `--`, and whether it was there."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = [argument for argument in arguments[:end] if argument != "--debug"]
    return options + arguments[end:], len(options) < end
