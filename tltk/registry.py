"""Parts by name: a file dropped into a package registers itself, and is found without being listed anywhere."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from tltk.errors import TltkError, did_you_mean

T = TypeVar("T")


class Registry(Generic[T]):
    """Maps names to parts of one kind (heads, tasks, readers, exporters).

    Built-in parts live one a file in `package`; the first lookup imports its modules, each of which registers
    what it defines. Parts from outside register themselves the same way and are then known by name.

    Args:
        kind: the word for one part, used in errors ("head").
        package: dotted name of the package whose modules hold the built-in parts.
        error: the error class raised for unknown or doubled names.

    Example:
        >>> greetings = Registry("greeting", package=None)
        >>> @greetings.register("hello")
        ... def hello(): return "hello"
        >>> greetings.get("hello")()
        'hello'
    """

    def __init__(self, kind: str, *, package: str | None, error: type[TltkError] = TltkError) -> None:
        self.kind = kind
        self._package = package
        self._error = error
        self._parts: dict[str, T] = {}
        self._discovered = package is None

    def register(self, name: str, *, replace: bool = False) -> Callable[[T], T]:
        """Return a decorator that makes a part known as `name`.

        Raises:
            TltkError: `name` is taken by another part and `replace` is False.
        """

        def decorate(part: T) -> T:
            known = self._parts.get(name)
            if known is not None and not replace and _identity(known) != _identity(part):
                raise self._error(
                    f"A {self.kind} named {name!r} is registered already ({_identity(known)}).",
                    hint="Choose another name, or pass replace=True.",
                )
            self._parts[name] = part
            return part

        return decorate

    def get(self, name: str, *, where: str | None = None) -> T:
        """Return the part called `name`; an unknown name is an error with the closest known one."""
        self._discover()
        if name not in self._parts:
            raise self._error(
                f"Got {self.kind} {name!r}, which is not registered.",
                where=where,
                hint=did_you_mean(name, self._parts),
            )
        return self._parts[name]

    def names(self) -> list[str]:
        """Return every known name, sorted."""
        self._discover()
        return sorted(self._parts)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def _discover(self) -> None:
        if self._discovered or self._package is None:
            return
        self._discovered = True
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self._package}.{module.name}")


def _identity(part: object) -> str:
    return f"{getattr(part, '__module__', '?')}.{getattr(part, '__qualname__', repr(part))}"
