"""The results as pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.table import rate_in_words

_OURS, _OTHERS = "#1f6f8b", "#b8c4c9"


def draw(results: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw each part there is as a PNG; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    if "training" in results:
        part = results["training"]
        title = f"Fine-tuning {part['checkpoint']} on {part['data']}, batch {part['batch_size']}"
        drawn.append(_bars(part["competitors"], title, "rows a second", folder / "bench_training.png"))
    for name, part in results.get("long", {}).get("trainings", {}).items():
        title = f"Fine-tuning 110 M weights on {name}, batch {part['batch_size']}"
        place = folder / f"bench_{name.lower().replace(' ', '_')}.png"
        drawn.append(_bars(part["competitors"], title, "rows a second", place))
    if "prediction" in results:
        part = results["prediction"]
        title = f"Predicting {part['rows']:,} sentences"
        drawn.append(_bars(part["competitors"], title, "sentences a second", folder / "bench_prediction.png"))
    return [path for path in drawn if path is not None]


def _bars(competitors: Mapping[str, Any], title: str, unit: str, path: Path) -> Path | None:
    """Draw rates as bars, fastest first, with least and most over the rounds."""
    from matplotlib.figure import Figure

    found = {name: one for name, one in competitors.items() if "rows_per_second" in one}
    if not found:
        return None
    names = sorted(found, key=lambda name: found[name]["rows_per_second"])
    rates = [found[name]["rows_per_second"] for name in names]
    spreads = [found[name]["rows_per_second_spread"] for name in names]
    # The mean over the whole run may lie outside the segments' range by a rounding; a bar of negative length is none.
    below = [max(0.0, rate - one["least"]) for rate, one in zip(rates, spreads, strict=True)]
    above = [max(0.0, one["most"] - rate) for rate, one in zip(rates, spreads, strict=True)]
    figure = Figure(figsize=(8, 0.42 * len(names) + 1.2), layout="constrained")
    axes = figure.subplots()
    colours = [_OURS if name.startswith("tltk") else _OTHERS for name in names]
    axes.barh(names, rates, color=colours, xerr=[below, above], ecolor="#555555", capsize=3)
    edge = max(rate + more for rate, more in zip(rates, above, strict=True))
    for row, rate in enumerate(rates):
        axes.text(rate + above[row] + 0.015 * edge, row, rate_in_words(rate), va="center", fontsize=9)
    axes.set_xlim(0, 1.1 * edge)
    axes.set_xlabel(f"{unit} (bar: all timed rounds; whiskers: the slowest and the fastest)")
    axes.set_title(title, fontsize=11, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=130)
    return path
