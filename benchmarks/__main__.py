"""The one command: `python -m benchmarks` (see `--help`), which `make bench` calls."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from benchmarks.machine import describe_machine
from benchmarks.results import read_results, write_results
from benchmarks.settings import Settings, parse_settings
from benchmarks.table import render


def main() -> None:
    settings = parse_settings()
    machine = {"machine": describe_machine(), "versions": settings.environments.versions()}
    for part in settings.parts:
        print(f">> {part}", flush=True)
        found = run_part(part, settings)
        results = read_results(settings.output)
        name = part.replace("-", "_")
        results[name] = {**machine, "quick": settings.quick, **found}
        write_results(results, settings.output)
        print(f"\n{render({name: results[name]})}\n\nKept in {settings.output}", flush=True)


def run_part(part: str, settings: Settings) -> dict[str, Any]:
    """Run one part, and return its results."""
    return import_module(f"benchmarks.parts.{part.replace('-', '_')}").run(settings)


if __name__ == "__main__":
    main()
