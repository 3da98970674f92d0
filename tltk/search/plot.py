"""The picture of a search: its course, and each dimension against the objective."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from tltk.evaluation.palette import ACCENT, GRID, INK, MUTED, WARM
from tltk.recipe import SearchDimension
from tltk.search.space import shown

_MOST_COLUMNS = 3
_LONGEST_NAME = 14


def plot_trials(
    table: Mapping[str, Any], dimensions: Mapping[str, SearchDimension], path: Path, *, title: str = ""
) -> None:
    """Draw the course of the search and one panel a dimension; the best trial is a star, failed ones are crosses.

    Args:
        table: what `trials.json` holds: `objective`, `direction`, and `trials`, the best first.
        dimensions: the recipe's search dimensions by dotted path.
        path: PNG file to write.
        title: name of the search.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = len(dimensions) + 1
    columns = min(_MOST_COLUMNS, panels) if panels != 4 else 2
    rows = -(-panels // columns)
    figure = Figure(figsize=(4.0 * columns, 3.0 * rows + 0.4), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    axes = list(grid.ravel())
    trials = table["trials"]
    for axis in axes:
        _style(axis)
    _draw_course(axes[0], trials, table["direction"])
    for axis, (name, dimension) in zip(axes[1:], dimensions.items(), strict=False):
        _draw_dimension(axis, name, dimension, trials)
    for axis in axes[panels:]:
        axis.set_visible(False)
    for row in grid:
        row[0].set_ylabel(table["objective"], color=MUTED, fontsize=9)
    figure.suptitle(_headline(table, title), x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK)
    figure.savefig(path, dpi=140)


def _headline(table: Mapping[str, Any], title: str) -> str:
    trials = table["trials"]
    failed = sum(trial["score"] is None for trial in trials)
    parts = [
        f"{len(trials)} {'trial' if len(trials) == 1 else 'trials'}",
        f"best {table['objective']} {trials[0]['score']:.4f}",
    ]
    parts += [f"{failed} failed"] if failed else []
    return f"{title}:  {',  '.join(parts)}" if title else ",  ".join(parts)


def _draw_course(axis: Any, trials: Sequence[Mapping[str, Any]], direction: str) -> None:
    from matplotlib.ticker import MaxNLocator

    _points(axis, [trial["trial"] for trial in trials], trials)
    scored = sorted((trial for trial in trials if trial["score"] is not None), key=lambda trial: trial["trial"])
    best = list(accumulate((trial["score"] for trial in scored), max if direction == "max" else min))
    order = [trial["trial"] for trial in scored]
    last = max(trial["trial"] for trial in trials)
    axis.step([*order, last], [*best, best[-1]], where="post", color=WARM, linewidth=1.3, zorder=2, label="best so far")
    axis.set_xlim(0.4, last + 0.6)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
    axis.set_title("trial", fontsize=10, color=INK, loc="left")
    axis.legend(frameon=False, fontsize=8, labelcolor=MUTED, loc="best")


def _draw_dimension(axis: Any, name: str, dimension: SearchDimension, trials: Sequence[Mapping[str, Any]]) -> None:
    values = [trial["values"][name] for trial in trials]
    axis.set_title(name, fontsize=10, color=INK, loc="left")
    if dimension.choice is not None:
        names = [shown({name: choice})[name] for choice in dimension.choice]
        _points(axis, [names.index(shown({name: value})[name]) for value in values], trials)
        slanted = sum(len(text) for text in names) > 30 or len(names) > 8
        longest = 2 * _LONGEST_NAME if slanted else _LONGEST_NAME
        labels = [text if len(text) <= longest else f"{text[: longest - 1]}…" for text in names]
        axis.set_xticks(range(len(names)), labels, rotation=35 if slanted else 0, ha="right" if slanted else "center")
        axis.set_xlim(-0.6, len(names) - 0.4)
        return
    _points(axis, values, trials)
    low, high = dimension.range or dimension.log_range or (min(values), max(values))
    if dimension.log_range is not None:
        axis.set_xscale("log")
        spare = (high / low) ** 0.05
        axis.set_xlim(low / spare, high * spare)
        _label_few(axis, low, high)
    else:
        spare = 0.05 * (high - low)
        axis.set_xlim(low - spare, high + spare)
        if isinstance(values[0], int):
            axis.xaxis.get_major_locator().set_params(integer=True)


def _label_few(axis: Any, low: float, high: float) -> None:
    """Label 1, 2 and 5 of each power of ten where there are few of them; otherwise the powers alone."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    digits = (1.0, 2.0, 5.0) if high / low < 50 else (1.0,)
    axis.xaxis.set_major_locator(LogLocator(10, subs=digits))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("e-0", "e-")))
    axis.xaxis.set_minor_formatter(NullFormatter())


def _points(axis: Any, places: Sequence[float], trials: Sequence[Mapping[str, Any]]) -> None:
    """Draw the trials at their places; the first with a score is the best."""
    scored = [
        (place, trial["score"]) for place, trial in zip(places, trials, strict=True) if trial["score"] is not None
    ]
    failed = [place for place, trial in zip(places, trials, strict=True) if trial["score"] is None]
    axis.scatter(*zip(*scored, strict=True), s=30, color=ACCENT, alpha=0.75, linewidths=0, zorder=3)
    axis.scatter(*scored[0], s=150, color=WARM, marker="*", edgecolors="white", linewidths=0.8, zorder=4)
    at_the_bottom = axis.get_xaxis_transform()
    axis.scatter(failed, [0.03] * len(failed), s=24, color=MUTED, marker="x", transform=at_the_bottom, clip_on=False)


def _style(axis: Any) -> None:
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_color(GRID)
    axis.grid(color=GRID, linewidth=0.6)
    axis.set_axisbelow(True)
    axis.tick_params(which="both", colors=MUTED, labelsize=8, length=0, labelleft=True)
