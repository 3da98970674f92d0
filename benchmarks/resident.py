"""Memory of this process, as Linux tells it."""

from __future__ import annotations

from pathlib import Path


def resident_bytes() -> int:
    """Return the bytes held now (VmRSS)."""
    return _field("VmRSS")


def peak_bytes() -> int:
    """Return the most bytes held since the start, or since `forget_peak` (VmHWM)."""
    return _field("VmHWM")


def forget_peak() -> None:
    """Let the peak begin anew from what is held now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _field(name: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise KeyError(name)
