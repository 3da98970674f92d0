"""The reference pages are what the sources say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.paths import ROOT


def test_pages_are_up_to_date() -> None:
    pytest.importorskip("griffe")
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
