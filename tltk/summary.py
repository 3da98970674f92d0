"""The tables that stand at the end of a Run and of an evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tltk.console import console
from tltk.tasks import tasks

if TYPE_CHECKING:
    from tltk.evaluation import Evaluation
    from tltk.run import Run


def print_summary(run: Run) -> None:
    """Print a Run's figures and where everything lies, to standard error."""
    from rich.table import Table

    table = Table(title=f"{run.recipe.name}", title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("split")
    shown = tasks.get(run.recipe.task.name).headline
    names = [name for name in shown if any(name in values for values in run.metrics.values())]
    for name in names:
        table.add_column(name, justify="right")
    for split, values in run.metrics.items():
        table.add_row(split, *(_figure(values.get(name)) for name in names))
    out = console()
    out.print(table)
    out.print(f"Report  {run.report()}")
    out.print(f"Bundle  {run.path / 'bundle'}")


def print_evaluation(evaluation: Evaluation) -> None:
    """Print all figures of an evaluation, and why one is not defined, to standard error."""
    from rich.table import Table

    table = Table("figure", title=f"{evaluation.n:,} examples", title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("value", justify="right")
    reasons = {name: note for name, note in evaluation.notes.items() if evaluation.metrics.get(name) is None}
    if reasons:
        table.add_column("why there is none")
    for name, value in evaluation.metrics.items():
        table.add_row(name, _figure(value), *([reasons.get(name, "")] if reasons else []))
    console().print(table)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
