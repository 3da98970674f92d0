"""Every wrong input is answered in words that help, and the page of them is what is said."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT
from tests.wrong_inputs.case import Case
from tests.wrong_inputs.cases import CASES
from tests.wrong_inputs.page import page, without_asides
from tests.wrong_inputs.run import Messages


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> Messages:
    return Messages(tmp_path_factory.mktemp("wrong").resolve())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.identifier)
def test_a_wrong_input_is_answered_in_words_that_help(case: Case, messages: Messages) -> None:
    outcome = messages.of(case)
    assert outcome.exit_code == case.exit_code, outcome.stderr
    assert outcome.stderr.startswith("Error: " if case.exit_code == 1 else "Usage: "), "something else was said first"
    assert "Traceback" not in outcome.stderr
    for expected in (case.where, case.what, case.advice):
        assert expected in outcome.message


def test_the_page_is_up_to_date(messages: Messages) -> None:
    now = page({case.identifier: (case, messages.of(case)) for case in CASES})
    kept = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert without_asides(kept) == without_asides(now), "Run `make docs` and commit docs/errors.md."


def test_another_backend_is_refused_in_a_fresh_process_too(messages: Messages, tmp_path) -> None:
    (case,) = (case for case in CASES if case.name == "another_backend")
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("name: quick\n")
    done = subprocess.run(
        [sys.executable, "-m", "tltk", "fit", str(recipe)],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (1, messages.of(case).stderr)
