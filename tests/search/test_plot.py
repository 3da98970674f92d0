"""The picture of a search, for any number and kind of dimensions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tltk.recipe import SearchDimension
from tltk.search.plot import plot_trials

DIMENSIONS = {
    "train.learning_rate": SearchDimension(log_range=(1e-5, 2e-4)),
    "head.pooling": SearchDimension(choice=("cls", "mean")),
    "train.epochs": SearchDimension(range=(1, 4)),
    "backbone.dropout": SearchDimension(range=(0.0, 0.3)),
    "train.early_stopping": SearchDimension(choice=(None, {"patience": 1}, {"patience": 2, "min_delta": 0.01})),
}
VALUES: dict[str, Any] = {
    "train.learning_rate": 3e-5,
    "head.pooling": "mean",
    "train.epochs": 2,
    "backbone.dropout": 0.1,
    "train.early_stopping": None,
}


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("scores", [[0.8], [0.8, 0.7, None]])
def test_one_panel_a_dimension_and_one_for_the_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, scores: list[float | None]
) -> None:
    from matplotlib.figure import Figure

    saved: list[Figure] = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *a, **k: (saved.append(self), save(self, *a, **k)))
    names = list(DIMENSIONS)[:count]
    trials = [
        {"trial": number + 1, "score": score, "values": {name: VALUES[name] for name in names}}
        for number, score in enumerate(scores)
    ]
    table = {"objective": "val_accuracy", "direction": "max", "trials": trials}
    plot_trials(table, {name: DIMENSIONS[name] for name in names}, tmp_path / "trials.png", title="quickstart")
    assert (tmp_path / "trials.png").read_bytes().startswith(b"\x89PNG")
    (figure,) = saved
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == ["trial", *names]
    assert "best val_accuracy 0.8000" in figure.get_suptitle()
    assert ("1 failed" in figure.get_suptitle()) == (None in scores)
