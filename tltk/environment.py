"""What a figure was measured with, and what the processor can do: versions, machine, precision."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tltk import __version__

_PACKAGES = ("tensorflow", "keras", "transformers", "tokenizers", "numpy", "pyarrow", "scikit-learn")


def describe_environment(precision: str) -> dict[str, str | int]:
    """Return versions, machine and precision as plain values.

    Example:
        >>> describe_environment("float32")["precision"]
        'float32'
    """
    return {
        "tltk": __version__,
        "python": platform.python_version(),
        **{name: found for name in _PACKAGES if (found := _version(name))},
        "system": f"{platform.system()} {platform.machine()}",
        "processors": processors(),
        "precision": precision,
    }


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_flags(path: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """Return the instruction sets of an x86 processor under Linux; nothing on other machines."""
    if platform.machine().lower() not in {"x86_64", "amd64"} or not path.exists():
        return frozenset()
    for line in path.read_text(errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "flags":
            return frozenset(value.split())
    return frozenset()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
