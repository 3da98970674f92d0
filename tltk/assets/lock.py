"""One process at a time fetches an asset or makes a cached file; the others wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tltk.console import console


@contextmanager
def locked(target: Path, *, what: str, doing: str = "fetching") -> Iterator[None]:
    """Hold the lock of `target` (a file beside it); wait for another process that holds it, and say so once.

    The operating system frees the lock when its holder dies, so a killed process blocks nobody.

    Args:
        target: the file or folder that is about to be made.
        what: its name, for the line that says what is waited for.
        doing: what its holder does with it, for the same line.
    """
    import filelock

    target.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(str(target.parent / f".{target.name}.lock"))
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        console().print(f"Waiting for another process that is {doing} {what} ...")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
