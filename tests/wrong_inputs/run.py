"""Runs cases, each in a workplace of its own."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from tests.wrong_inputs.case import Case
from tests.wrong_inputs.workplace import Originals, Outcome, Workplace, meet


class Messages:
    """What each case got to see; each is run once.

    Args:
        folder: an empty folder for the workplaces.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._outcomes: dict[str, Outcome] = {}
        (folder / "originals").mkdir()
        self._originals = Originals(folder / "originals")

    def of(self, case: Case) -> Outcome:
        """Make a case's wrong input, meet it, and return how that ended, with places and numbers made stable."""
        if case.identifier not in self._outcomes:
            place = self._folder / case.identifier
            place.mkdir()
            self._outcomes[case.identifier] = self._run(case, place)
        return self._outcomes[case.identifier]

    def _run(self, case: Case, folder: Path) -> Outcome:
        with pytest.MonkeyPatch.context() as monkeypatch, contextlib.ExitStack() as closing:
            place = Workplace(folder, monkeypatch, self._originals, closing)
            place.prepare()
            outcome = meet(case.make(place))
            return Outcome(outcome.exit_code, place.shortened(outcome.stderr), outcome.command)
