"""A folder in which wrong inputs are made, and the command line run on them."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tests.assets.conftest import isolate
from tests.reviews import make_reviews, tiny_recipe
from tests.tiny_bert import write_tiny_bert

REVIEWS = "reviews.csv"

_UNSTABLE = (
    (r"127\.0\.0\.1:\d{2,}", "127.0.0.1:PORT"),
    (r"\b[0-9a-f]{12,64}\b", "HASH"),
    (r"[\d,]+ are free", "N are free"),
    (r"largest token id is \d+", "largest token id is N"),  # the trainer of vocabularies breaks ties as it likes
    (r"it looks like [^.]*", "it looks like cp1252"),  # the guess of a library
    (r" *[─│╭╮╰╯]+ *", ""),  # typer's box, as wide as the terminal
)


class Originals:
    """What cases copy instead of making it anew: a tiny checkpoint, and a Bundle trained from it.

    Args:
        folder: an empty folder that outlives the workplaces.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def checkpoint(self) -> Path:
        """A whole checkpoint in Hugging Face layout."""
        return write_tiny_bert(self.folder / "tiny-bert")

    @cached_property
    def run(self) -> Path:
        """A finished Run of that checkpoint, on made reviews."""
        import tltk

        recipe = tiny_recipe(self.checkpoint, train__epochs=1)
        return tltk.fit(recipe, data=make_reviews(80), output=self.folder / "run").path


@dataclass(frozen=True)
class Workplace:
    """An empty folder, an isolated machine, and short ways to make inputs.

    Args:
        folder: the folder.
        monkeypatch: undoes what a case changes.
        originals: a good checkpoint and a good Run, to be copied.
        closing: takes what must be undone when the case is over.
    """

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    originals: Originals
    closing: contextlib.ExitStack

    def prepare(self) -> None:
        """Forget this machine's cache, network and settings, and work in the folder."""
        isolate(self.monkeypatch, self.folder)
        self.monkeypatch.setenv("TLTK_CACHE", str(self.folder / "cache"))
        self.monkeypatch.delenv("TLTK_DEBUG", raising=False)
        self.monkeypatch.chdir(self.folder)

    def write(self, name: str, content: str | bytes) -> str:
        """Write a file and return its name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    def recipe(self, *lines: str) -> str:
        """Write `recipe.yaml`, line by line, and return its name."""
        return self.write("recipe.yaml", "".join(f"{line}\n" for line in lines))

    def reviews(self, rows: int = 40, **columns: Sequence[Any]) -> str:
        """Write `reviews.csv`, good but for the columns that are given, and return its name."""
        import csv

        columns = {**make_reviews(rows), **columns}
        with (self.folder / REVIEWS).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
        return REVIEWS

    def good_recipe(self, *lines: str, checkpoint: str = "tiny-bert") -> str:
        """Write a recipe that would train the tiny checkpoint on good reviews, but for the lines that are given."""
        self.reviews()
        if not (self.folder / "tiny-bert").exists():
            self.checkpoint()
        kept = {"data": "data: {path: reviews.csv}", "backbone": f"backbone: {{name: ./{checkpoint}, max_length: 32}}"}
        for line in lines:
            kept.pop(line.partition(":")[0], None)
        return self.recipe(*kept.values(), *lines)

    def checkpoint(self) -> Path:
        """Copy the good checkpoint to `tiny-bert` and return the folder."""
        return Path(shutil.copytree(self.originals.checkpoint, self.folder / "tiny-bert"))

    def bundle(self) -> Path:
        """Copy the good Bundle to `bundle` and return the folder."""
        return Path(shutil.copytree(self.originals.run / "bundle", self.folder / "bundle"))

    def edit_json(self, path: Path, change: Callable[[Any], Any] | Mapping[str, Any]) -> None:
        """Rewrite a JSON file with some keys changed."""
        document = json.loads(path.read_text(encoding="utf-8"))
        document = {**document, **change} if isinstance(change, Mapping) else change(document)
        path.write_text(json.dumps(document), encoding="utf-8")

    def shortened(self, text: str) -> str:
        """Return a message without what differs from one machine or day to the next."""
        text = text.replace(f"{self.folder}/", "").replace(str(self.folder), ".")
        for pattern, plain in _UNSTABLE:
            text = re.sub(pattern, plain, text)
        return text.strip()


@dataclass(frozen=True)
class Outcome:
    """How a command or a call ended.

    Args:
        exit_code: the exit code; of a call, the one that its error would give.
        stderr: everything on standard error.
        command: what was run, as one would type it.
    """

    exit_code: int
    stderr: str
    command: str

    @property
    def message(self) -> str:
        """The error in words: of wrong usage, what follows the usage."""
        return self.stderr.partition("Error")[2].lstrip(": \n")


def meet(provocation: Sequence[str] | Callable[[], object]) -> Outcome:
    """Run the command line on arguments, in this process, or call a function, and return what the user gets to see."""
    errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(output):
        exit_code = _call(provocation) if callable(provocation) else _command(provocation)
    text = errors.buffer.getvalue().decode()
    command = "Python" if callable(provocation) else f"tltk {' '.join(provocation)}"
    return Outcome(exit_code, text, command)


def _command(arguments: Sequence[str]) -> int:
    from tltk.cli import main

    try:
        main(arguments)
    except SystemExit as ending:
        return int(ending.code or 0)


def _call(function: Callable[[], object]) -> int:
    from tltk.cli._failures import tell
    from tltk.errors import TltkError

    try:
        function()
    except TltkError as error:
        tell(error)
        return 1
    return 0
