"""The progress bar of what is done row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tltk.console import console


@contextmanager
def rows_bar(what: str, total: int, *, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """Yield a function that takes how many rows are done, and draws them with rate and time left.

    Args:
        what: the words before the bar.
        total: how many rows there will be.
        shown: whether to draw it, on a terminal's standard error or in a notebook.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    screen = console()
    with Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=screen,
        transient=True,
        disable=not (shown and (screen.is_terminal or screen.is_jupyter)),
    ) as bar:
        task = bar.add_task("", total=total, rate="")

        def advance(rows: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, advance=rows, rate=f"{speed:,.0f} rows/s" if speed else "")

        yield advance
