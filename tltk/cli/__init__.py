"""The command line: one command a file, a thin shell over the API.

A module of this package is a command of the module's name (`batch_size.py` would be `tltk batch-size`); modules that
begin with an underscore are not. The first line of its docstring is its line in `tltk --help`. It holds either a
function of the module's name, whose signature typer turns into arguments and options, or `app`, a `typer.Typer` of
subcommands. What is heavy is imported inside the function: the module itself is imported when its command is called.
"""

from tltk.cli._main import main

__all__ = ["main"]
