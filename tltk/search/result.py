"""What a search leaves behind: a folder, and the object that `tune` returns."""

from __future__ import annotations

import base64
import html
import json
from functools import cached_property
from pathlib import Path
from typing import Any

from tltk.errors import TltkError
from tltk.recipe import Recipe, load_recipe
from tltk.run import Run
from tltk.search.space import shown

TABLE, PLOT, BEST_RECIPE, REFIT = "trials.json", "trials.png", "best_recipe.yaml", "best"

_SHOWN = 20


class Search:
    """A search: its trials, the plot, the best recipe, and the Run it was trained in.

    Args:
        path: the search's folder.

    Raises:
        TltkError: there is no search, or no trial of it has ended.

    Example:
        >>> search = tltk.tune("recipe.yaml")  # doctest: +SKIP
        >>> search.trials[0]["values"]  # doctest: +SKIP
        {'train.learning_rate': 4.1e-05}
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not (self.path / TABLE).is_file():
            raise TltkError("Found no search.", where=str(path), hint="Run `tltk tune` with this --output.")
        self._table = json.loads((self.path / TABLE).read_text(encoding="utf-8"))

    @property
    def objective(self) -> str:
        """The value that was optimised."""
        return self._table["objective"]

    @property
    def finished(self) -> bool:
        """Whether all trials were made; an interrupted search leaves those that ended."""
        return self._table["finished"]

    @property
    def trials(self) -> list[dict[str, Any]]:
        """Every trial, the best first and the failed ones last.

        Each has `trial` (its number, from 1), `status` (completed or failed), `score`, `best_epoch` (from 1),
        `seconds`, `values` by dotted path, and `reason` where it failed.
        """
        return self._table["trials"]

    @cached_property
    def best_recipe(self) -> Recipe:
        """The recipe of the best trial."""
        return load_recipe(self.path / BEST_RECIPE)

    @cached_property
    def run(self) -> Run:
        """The Run of the best recipe.

        Raises:
            TltkError: it was not trained (`refit=False`, or an interruption).
        """
        return Run(self.path / REFIT)

    @property
    def plot(self) -> Path:
        """The picture of the trials, a PNG file."""
        return self.path / PLOT

    def to_pandas(self) -> Any:
        """Return the trials as a DataFrame, the values in columns of their own."""
        import pandas as pd

        return pd.DataFrame([{**{k: v for k, v in t.items() if k != "values"}, **t["values"]} for t in self.trials])

    def _repr_html_(self) -> str:
        heads, *rows = self._rows()
        header = "".join(f"<th>{html.escape(name)}</th>" for name in heads)
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        table = f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"
        if not self.plot.is_file():
            return table
        picture = base64.b64encode(self.plot.read_bytes()).decode("ascii")
        return f'<img alt="trials" style="max-width:100%" src="data:image/png;base64,{picture}">{table}'

    def __str__(self) -> str:
        rows = self._rows()
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        more = len(self.trials) - _SHOWN
        return "\n".join([*lines, *([f"and {more} more in {self.path / TABLE}"] if more > 0 else [])])

    def __repr__(self) -> str:
        best = self.trials[0]["score"]
        return f"Search({str(self.path)!r}, trials={len(self.trials)}, best {self.objective}={best})"

    def _rows(self) -> list[list[str]]:
        """Return the best trials as texts, under a row of names."""
        heads = ["trial", self.objective, "epoch", "seconds", *self.trials[0]["values"]]
        return [heads, *(_cells(trial) for trial in self.trials[:_SHOWN])]


def _cells(trial: dict[str, Any]) -> list[str]:
    score = "failed" if trial["score"] is None else f"{trial['score']:.4f}"
    seconds = "-" if trial["seconds"] is None else f"{trial['seconds']:.0f}"
    return [str(trial["trial"]), score, str(trial["best_epoch"] or "-"), seconds, *shown(trial["values"]).values()]
