"""The one command: `python -m benchmarks` (see `--help`), which `make bench` calls."""

from __future__ import annotations

from benchmarks.machine import describe_machine
from benchmarks.results import read_results, write_results
from benchmarks.settings import Settings, parse_settings
from benchmarks.table import render


def main() -> None:
    settings = parse_settings()
    machine = {"machine": describe_machine(), "versions": settings.environments.versions()}
    for part in settings.parts:
        if part == "memory" and "training" in settings.parts:
            continue  # one run with training
        print(f">> {part}", flush=True)
        found = run_part(part, settings)
        results = read_results(settings.output)
        name = "training" if part == "memory" else part.replace("-", "_")
        results[name] = {**machine, "quick": settings.quick, **found}
        write_results(results, settings.output)
        print(f"\n{render({name: results[name]})}\n\nKept in {settings.output}", flush=True)


def run_part(part: str, settings: Settings) -> dict:
    """Run one part, and return its results."""
    if part in ("training", "memory"):
        from benchmarks.parts import training

        return training.run(settings)
    if part == "long":
        from benchmarks.parts import long

        return long.run(settings)
    if part == "prediction":
        from benchmarks.parts import prediction

        return prediction.run(settings)
    if part == "first-answer":
        from benchmarks.parts import first_answer

        return first_answer.run(settings)
    from benchmarks.parts import pipeline_cost

    return pipeline_cost.run(settings)


if __name__ == "__main__":
    main()
