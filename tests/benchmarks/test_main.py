"""What is worth keeping."""

from __future__ import annotations

from benchmarks.__main__ import has_figures


def test_figures_of_one_are_worth_keeping_and_failures_are_not() -> None:
    failed, fine = {"failure": "stopped"}, {"rows_per_second": 3.0}
    assert has_figures({"competitors": {"a": failed, "b": fine}})
    assert not has_figures({"competitors": {"a": failed}})
    assert not has_figures({"competitors": {}})
    assert has_figures({"trainings": {"short": {"competitors": {"a": failed}}, "long": {"competitors": {"a": fine}}}})
    assert not has_figures({"trainings": {"short": {"competitors": {"a": failed}}}})
    assert not has_figures({"trainings": {}})
    assert has_figures({"step_cost": {"ratio": 1.0}})
