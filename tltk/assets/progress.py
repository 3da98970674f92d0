"""The progress bar of a download."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tltk.console import console

Advance = Callable[[int], None]


@contextmanager
def download_bar(what: str, total: int, *, shown: bool = True) -> Iterator[Advance]:
    """Yield a function that takes the number of bytes that have come, and draws them as a bar on standard error.

    Where standard error is not a terminal, one line is printed at the start instead.

    Args:
        what: the name before the bar.
        total: how many bytes there will be.
        shown: whether anything is drawn at all.
    """
    if not shown:
        yield lambda _: None
        return
    if not sys.stderr.isatty():
        console().print(f"Fetching {what} ({total / 1e6:.1f} MB)")
        yield lambda _: None
        return

    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda arrived: bar.update(task, completed=arrived)
