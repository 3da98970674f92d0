"""Writes docs/errors.md: `python -m tests.wrong_inputs`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from tests.paths import ROOT
from tests.wrong_inputs.cases import CASES
from tests.wrong_inputs.page import page
from tests.wrong_inputs.run import Messages

with tempfile.TemporaryDirectory() as temporary:
    messages = Messages(Path(temporary).resolve())
    text = page({case.identifier: (case, messages.of(case)) for case in CASES})
(ROOT / "docs" / "errors.md").write_text(text, encoding="utf-8")
print(f"docs/errors.md: {len(CASES)} wrong inputs.")
