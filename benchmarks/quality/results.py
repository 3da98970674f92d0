"""The figures that are kept of a job, over systems and seeds."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from benchmarks.quality.settings import Settings


class Results:
    """The file of a job's figures; what other runs put there stays.

    Args:
        path: the JSON file, which need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self.choice: dict[str, Any] | None = known.get("choice")
        self.settings: dict[str, Any] | None = known.get("settings")
        self.runs: dict[str, list[dict[str, Any]]] = known.get("runs", {})

    def hold(self, settings: Settings) -> None:
        """Say with which settings the figures are made.

        Raises:
            SystemExit: figures are kept that were made with others: no mean goes over both.
        """
        document = settings.document()
        if self.runs and self.settings != document:
            raise SystemExit(
                f"{self.path}: the figures kept there were made with {self.settings}, not {document}. "
                "Move the file away to begin anew."
            )
        self.settings = document

    def add(self, system: str, seed: int, run: dict[str, Any]) -> None:
        """Put in a run, in the place of an older one of the same system and seed, and write the file."""
        others = [known for known in self.runs.get(system, []) if known["seed"] != seed]
        self.runs[system] = sorted([*others, {"seed": seed, **run}], key=lambda known: known["seed"])
        self.write()

    def choose(self, system: str, seed: int, measure: str, tried: list[dict[str, Any]]) -> dict[str, Any]:
        """Keep what the tried settings gave on the validation rows, and return the best of them.

        The first one wins among equals, so that a grid goes from cheap to dear.
        """
        best = max(tried, key=lambda one: one["figures"][measure])
        self.choice = {"by": system, "seed": seed, "measure": measure, "best": best["changes"], "tried": tried}
        self.write()
        return best["changes"]

    def summary(self) -> dict[str, dict[str, dict[str, float]]]:
        """Return mean, spread (the standard deviation of the seeds) and number of seeds of each figure, by system."""
        return {
            system: {name: _spread([run["figures"][name] for run in runs]) for name in runs[0]["figures"]}
            for system, runs in self.runs.items()
        }

    def write(self) -> None:
        """Write the file whole, or not at all."""
        document = {"settings": self.settings, "choice": self.choice, "summary": self.summary(), "runs": self.runs}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(".tmp")
        beside.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(self.path)


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "mean": statistics.mean(values),
        "spread": statistics.stdev(values) if len(values) > 1 else 0.0,
        "seeds": len(values),
    }
