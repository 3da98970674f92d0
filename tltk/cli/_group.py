"""Finds the commands, and imports each only when it is called."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
from pathlib import Path
from typing import Any

import typer
import typer.core
import typer.main

from tltk.cli._failures import BROKEN_PIPE, INTERRUPTED, close_output, tell_interruption
from tltk.errors import did_you_mean


class CommandGroup(typer.core.TyperGroup):
    """The commands of this package, by the names of its modules."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted(_modules())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command by which lists and completions show its name and help; only `resolve_command` imports it."""
        module = _modules().get(cmd_name)
        return None if module is None else typer.core.TyperCommand(cmd_name, help=_summary(module))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the real command and its arguments."""
        name, *rest = args
        if name in _modules():
            return name, load_command(name), rest
        if not name.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"There is no command {name!r}. {did_you_mean(name, _modules())}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an interruption or a reader that went away ends it without a stack trace."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except typer.BadParameter as error:
            # Typer checks values by pydantic, which puts this before what a check says.
            error.message = error.message.removeprefix("Value error, ")
            raise
        except KeyboardInterrupt as interruption:
            tell_interruption(interruption)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            close_output()
            raise typer.Exit(BROKEN_PIPE) from None
        return result


def load_command(name: str) -> Any:
    """Import a command's module and return its command.

    Raises:
        AttributeError: the module has neither a function of its name nor `app`.
    """
    module = importlib.import_module(f"{__package__}.{name.replace('-', '_')}")
    app = getattr(module, "app", None)
    if app is not None:
        group = typer.main.get_group(app)
        group.name = name
        group.help = group.help or module.__doc__
        return group
    app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
    app.command(name)(getattr(module, name.replace("-", "_")))
    return typer.main.get_command(app)


def _modules() -> dict[str, Path]:
    """Return the file of each command's module."""
    folder = Path(__file__).parent
    names = (module.name for module in pkgutil.iter_modules([str(folder)]) if not module.name.startswith("_"))
    return {name.replace("_", "-"): folder / f"{name}.py" for name in names}


def _summary(file: Path) -> str:
    """Return the first line of a module's docstring, without importing it."""
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]
