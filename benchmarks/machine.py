"""What machine this is."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from tltk.environment import processors

_FLAGS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8")


def describe_machine() -> dict[str, object]:
    """Return processor, cores, features, memory, load and date."""
    cpu = _first("/proc/cpuinfo")
    flags = set(cpu.get("flags", "").split())
    memory = _first("/proc/meminfo").get("MemTotal", "0 kB")
    return {
        "processor": cpu.get("model name", platform.processor()),
        "cores": processors(),
        "features": [flag for flag in _FLAGS if flag in flags],
        "memory_gib": round(int(memory.split()[0]) / 2**20, 1),
        "system": platform.platform(),
        "load": os.getloadavg()[0],
        "date": datetime.now(UTC).date().isoformat(),
    }


def sentence(machine: dict[str, object]) -> str:
    """Return the machine in words."""
    return (
        f"{machine['cores']} cores of {machine['processor']} ({', '.join(map(str, machine['features']))}), "
        f"{machine['memory_gib']:.0f} GiB"
    )


def _first(path: str) -> dict[str, str]:
    """Return the first entry of each name in a file of `name: value` lines."""
    found: dict[str, str] = {}
    if Path(path).exists():
        for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            found.setdefault(name.strip(), value.strip())
    return found
