"""The one command: `python -m benchmarks` (see `--help`), which `make bench` calls."""

from __future__ import annotations

import threading
import time
import traceback
from dataclasses import replace
from importlib import import_module
from typing import Any

from benchmarks.clock import Clock, stop_on_interrupt
from benchmarks.estimate import minutes
from benchmarks.machine import describe_machine
from benchmarks.results import read_results, write_results
from benchmarks.settings import Settings, parse_settings
from benchmarks.table import render


def main() -> None:
    settings = parse_settings()
    stop = threading.Event()
    stop_on_interrupt(stop)
    machine = {"machine": describe_machine(), "versions": settings.environments.versions()}
    expected = {part: minutes(part, settings) for part in settings.parts}
    print(f"{len(expected)} parts, about {sum(expected.values()):.0f} minutes on two cores", flush=True)
    failed: list[str] = []
    for part in settings.parts:
        if stop.is_set():
            break
        print(f">> {part}: about {expected[part]:.0f} minutes", flush=True)
        began = time.monotonic()
        try:
            found = run_part(part, replace(settings, clock=Clock(settings.minutes, stop)))
        except Exception:
            # The other parts are worth their time all the same.
            traceback.print_exc()
            failed.append(part)
            continue
        if not has_figures(found):
            print(f"!! {part}: no figures; what {settings.output} holds stays as it is.", flush=True)
            failed.append(part)
            continue
        results = read_results(settings.output)
        name = part.replace("-", "_")
        results[name] = {**machine, "quick": settings.quick, **found}
        write_results(results, settings.output)
        taken = (time.monotonic() - began) / 60
        print(f"\n{render({name: results[name]})}\n\n{taken:.1f} minutes; kept in {settings.output}", flush=True)
    if failed or stop.is_set():
        raise SystemExit(f"Not to the end: {', '.join(failed) or 'stopped'}.")


def run_part(part: str, settings: Settings) -> dict[str, Any]:
    """Run one part, and return its results."""
    return import_module(f"benchmarks.parts.{part.replace('-', '_')}").run(settings)


def has_figures(found: dict[str, Any]) -> bool:
    """Tell whether anyone came far enough in a part; the figures of an earlier run are worth more than none."""
    for section in (found, *found.get("trainings", {}).values()):
        if "competitors" in section and all("failure" in one for one in section["competitors"].values()):
            continue
        if "trainings" not in section:
            return True
    return False


if __name__ == "__main__":
    main()
