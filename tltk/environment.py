"""What a figure was measured with: versions, machine, precision."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

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
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "precision": precision,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
