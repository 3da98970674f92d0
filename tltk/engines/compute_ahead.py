"""Several results computed at a time, given in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def compute_ahead(function: Callable[[T], R], items: Iterable[T], *, workers: int) -> Iterator[R]:
    """Yield `function(item)` for each item, in order, with up to `workers` of them computed in threads of their own.

    Items are taken in the caller's thread, one more than there are workers ahead of what is yielded. An error is raised
    at its item's place; whoever stops early waits for what is being computed.

    Example:
        >>> list(compute_ahead(abs, [-3, 2, -1], workers=2))
        [3, 2, 1]
    """
    running: deque[Future[R]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="tltk-compute") as threads:
        try:
            for item in items:
                running.append(threads.submit(function, item))
                if len(running) > workers:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            for future in running:
                future.cancel()
