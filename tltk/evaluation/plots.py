"""Figures of training and evaluation, drawn with matplotlib without its global state.

Each function returns a `matplotlib.figure.Figure`: `figure.savefig("curves.png")` writes it, a notebook shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator

from tltk.evaluation.palette import ACCENT, GRID, INK, MUTED, ON_COLOUR, WARM

# In the history, but no measure of how well the model does.
_NO_CURVES = ("learning_rate", "epoch", "seconds", "samples_per_second")

_MOST_NUMBERED = 16
_MOST_LARGE = 40
_LONGEST_LABEL = 28


def plot_history(history: Mapping[str, Sequence[float]], *, best_epoch: int | None = None) -> Figure:
    """Draw each measure over the epochs, training and validation together.

    Args:
        history: values of each epoch by name; `val_loss` is drawn with `loss`.
        best_epoch: the epoch (from 1) whose weights were kept; is marked.

    Example:
        >>> figure = plot_history({"loss": [0.6, 0.4], "val_loss": [0.5, 0.45]}, best_epoch=2)
        >>> [axes.get_title(loc="left") for axes in figure.axes]
        ['Loss']
    """
    names = [name for name in dict.fromkeys(key.removeprefix("val_") for key in history) if name not in _NO_CURVES]
    names.sort(key=lambda name: (name != "loss", name != "accuracy"))
    columns = max(1, min(len(names), 2))
    lines = -(-max(1, len(names)) // columns)
    figure = Figure(figsize=(4.9 * columns, 2.9 * lines), layout="constrained")
    for place, name in enumerate(names):
        axes = figure.add_subplot(lines, columns, place + 1)
        _style(axes, grid=True)
        _curve(axes, history.get(name), MUTED, "training")
        _curve(axes, history.get(f"val_{name}"), ACCENT, "validation")
        if not any(np.any(np.asarray(line.get_ydata())) for line in axes.get_lines()):
            axes.set_ylim(0, 1)  # else matplotlib centres the zeros, and the axis goes below them
        if best_epoch is not None:
            axes.axvline(best_epoch, color=WARM, linewidth=1, linestyle=(0, (3, 3)), zorder=1, label="kept epoch")
        axes.set_title(name.replace("_", " ").capitalize(), loc="left", fontsize=11, color=INK, fontweight="bold")
        axes.set_xlabel("epoch", fontsize=9, color=MUTED)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
        axes.legend(frameon=False, fontsize=9, labelcolor=INK)
    return figure


def plot_confusion_matrix(matrix: Sequence[Sequence[int]], labels: Sequence[str]) -> Figure:
    """Draw a confusion matrix: true labels down, predicted ones across, correct ones blue, mistakes orange.

    Colour is the share of the true label's examples; by its square root for mistakes, so that rare ones are seen
    too. Counts stand in the cells up to 16 labels. With more labels the figure grows, and past 40 the lettering
    becomes small: it is then meant to be scrolled or zoomed.

    Args:
        matrix: counts; row i, column j: examples of label i that were given label j.
        labels: their names.
    """
    counts = np.asarray(matrix, dtype=float)
    number = len(labels)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    cell, size = _cell(number)
    figure = Figure(figsize=(cell * number + 2.2, cell * number + 1.6), layout="constrained")
    axes = figure.add_subplot()
    _style(axes)
    axes.imshow(_cell_colours(shares), interpolation="none", aspect="equal")
    for edge in axes.spines.values():
        edge.set_visible(True)
        edge.set_color(GRID)
    names = [_shorten(label) for label in labels]
    for axis, rotation in ((axes.xaxis, 0 if number <= 4 and max(map(len, names)) < 10 else 90), (axes.yaxis, 0)):
        axis.set_major_locator(FixedLocator(range(number)))
        axis.set_ticklabels(names, rotation=rotation, fontsize=size, color=INK, parse_math=False)
        axis.set_tick_params(length=0)
    if number > _MOST_LARGE:  # what is scrolled is first seen from the top
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
    axes.set_xticks(np.arange(number + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(number + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=GRID, linewidth=0.8 if number <= _MOST_LARGE else 0.3)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("predicted", fontsize=9, color=MUTED)
    axes.set_ylabel("true", fontsize=9, color=MUTED)
    if number <= _MOST_NUMBERED:
        _write_counts(axes, counts, shares, size)
    return figure


def plot_scatter(
    true: Sequence[float], predicted: Sequence[float], *, labels: Sequence[str] = ("true", "predicted")
) -> Figure:
    """Draw predicted numbers over true ones, a point an example; the more examples, the fainter the points.

    Args:
        true: the true numbers.
        predicted: as many predicted ones.
        labels: what stands at the axes.

    Example:
        >>> figure = plot_scatter([0.0, 2.5, 5.0], [0.1, 0.6, 0.9], labels=("score", "cosine"))
        >>> figure.axes[0].get_xlabel(), len(figure.axes[0].collections[0].get_offsets())
        ('score', 3)
    """
    figure = Figure(figsize=(4.9, 3.7), layout="constrained")
    axes = figure.add_subplot()
    _style(axes, grid=True)
    opacity = float(np.clip(8 / np.sqrt(max(len(true), 1)), 0.15, 0.9))
    axes.scatter(true, predicted, s=14, color=ACCENT, alpha=opacity, linewidths=0, zorder=3)
    axes.set_xlabel(labels[0], fontsize=9, color=MUTED)
    axes.set_ylabel(labels[1], fontsize=9, color=MUTED)
    return figure


def _curve(axes: Axes, values: Sequence[float] | None, colour: str, label: str) -> None:
    if values is None or not len(values):
        return
    epochs = np.arange(1, len(values) + 1)
    axes.plot(epochs, values, color=colour, linewidth=2, marker="o", markersize=4.5, label=label, zorder=3)


def _style(axes: Axes, *, grid: bool = False) -> None:
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=9, labelcolor=MUTED)
    axes.set_axisbelow(True)
    axes.patch.set_alpha(0)
    if grid:
        axes.grid(axis="y", color=GRID, linewidth=1)


def _cell(number: int) -> tuple[float, float]:
    """Return the edge of a cell in inches and the size of the lettering in points."""
    if number <= 4:
        return 1.15, 10
    if number <= _MOST_NUMBERED:
        return max(0.42, 3.6 / number), 9
    if number <= _MOST_LARGE:
        return 0.22, 8
    return 0.105, 6


def _cell_colours(shares: np.ndarray) -> np.ndarray:
    colours = np.zeros((*shares.shape, 4))
    correct = np.eye(len(shares), dtype=bool)
    colours[..., :3] = np.where(correct[..., None], to_rgb(ACCENT), to_rgb(WARM))
    colours[..., 3] = np.where(correct, shares, np.sqrt(shares))
    return colours


def _write_counts(axes: Axes, counts: np.ndarray, shares: np.ndarray, size: float) -> None:
    number = len(counts)
    for row in range(number):
        for column in range(number):
            count, share = int(counts[row, column]), shares[row, column]
            if not count and number > 4:
                continue
            strength = share if row == column else np.sqrt(share)
            text = f"{count:,}\n{share:.1%}" if number <= 4 else f"{count:,}"
            fits: dict[str, Any] = {"fontsize": size + 2 if number <= 4 else min(size, 8.5)}
            axes.text(column, row, text, ha="center", va="center", color=ON_COLOUR if strength > 0.55 else INK, **fits)


def _shorten(label: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in label)
    return printable if len(printable) <= _LONGEST_LABEL else printable[: _LONGEST_LABEL - 1] + "…"
