"""Columns that `tltk evaluate` is told of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tltk import api
from tltk.cli import main
from tltk.evaluation import Evaluation


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        ([], {}),
        (["--label", "stars"], {"label": "stars"}),
        (["--label", "answer", "--label", "answer_start"], {"label": ["answer", "answer_start"]}),
        (["--text", "question", "--text", "context"], {"text": ["question", "context"]}),
    ],
)
def test_columns_may_be_several(options: list[str], columns: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def evaluate(*_: Any, **changes: Any) -> Evaluation:
        given.update(changes)
        return Evaluation(metrics={}, n=0)

    monkeypatch.setattr(api, "evaluate", evaluate)
    with pytest.raises(SystemExit) as ending:
        main(["evaluate", "bundle", "rows.csv", *options])
    assert not ending.value.code
    assert given == columns


def test_figures_stand_in_a_table_beside_the_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluation = Evaluation(metrics={"accuracy": 0.5, "auc": None}, n=2, notes={"auc": "One label only."})
    monkeypatch.setattr(api, "evaluate", lambda *_, **__: evaluation)
    with pytest.raises(SystemExit):
        main(["evaluate", "bundle", "rows.csv"])
    printed = capsys.readouterr()
    assert Evaluation.from_dict(json.loads(printed.out)) == evaluation
    assert "0.5000" in printed.err
    assert "One label only." in printed.err
