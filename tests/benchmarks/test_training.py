"""The part that trains: who runs together, and what becomes of what the workers said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.competitors import TRAINING, best
from benchmarks.job import Job
from benchmarks.parts.training import WARM_UP, describe, gemm_rates, groups, utilisation
from benchmarks.ratios import spread
from benchmarks.rounds import Course
from benchmarks.rows import write_rows
from benchmarks.workers.recipe import recipe_of
from tests.tiny_bert import write_tiny_bert
from tltk.recipe import load_recipe


def course(seconds: float, segments: int = 4) -> Course:
    one = {"at": "segment", "steps": 5, "rows": 10, "tokens": 200, "seconds": seconds}
    slow = {**one, "seconds": 99.0}
    done = {"at": "done", "accuracy": 0.9, "peak_bytes": 900, "settings": "by hand"}
    return Course({"baseline_bytes": 400}, [slow] * WARM_UP + [one] * segments, done)


def test_figures_leave_the_warm_up_out() -> None:
    found = describe(course(2.0), course(1.0), tokens_per_row=20.0)
    assert found["rows_per_second"] == 5.0
    assert found["rows_per_second_spread"] == spread([5.0] * 4)
    assert found["tltk_times_faster"] == spread([2.0] * 4)
    assert found["tltk_rows_per_second_beside"] == 10.0
    assert found["peak_bytes"] == 500
    assert found["steps"] == 5 * (WARM_UP + 4)


def test_a_course_that_never_got_warm_has_no_figures() -> None:
    assert "warm-up" in describe(course(1.0, segments=0), course(1.0), tokens_per_row=20.0)["failure"]


def test_every_group_has_tltk_and_every_peer_is_in_one() -> None:
    starts: Any = dict.fromkeys(["tltk", "a", "b", "c"])
    assert groups(starts, 3) == [["tltk", "a", "b"], ["tltk", "c"]]
    assert groups(starts, 12) == [["tltk", "a", "b", "c"]]
    assert groups(starts, 1) == [["tltk"], ["a"], ["tltk"], ["b"], ["tltk"], ["c"]]
    assert groups({"tltk": None}, 3) == groups({"tltk": None}, 1) == [["tltk"]]  # type: ignore[dict-item]
    assert groups({"a": None}, 3) == [["a"]]  # type: ignore[dict-item]


def test_the_better_library_is_the_roof() -> None:
    def measured(large: float, own: float) -> Course:
        rates = {"float32": {"large": large, "own": own}, "bfloat16": {"large": 2 * large, "own": 2 * own}}
        return Course(segments=[{"rates": rates}] * 3)

    rates = gemm_rates({"TensorFlow": measured(400.0, 200.0), "PyTorch": measured(300.0, 250.0)})
    assert rates["float32"] == {"large": 400.0, "own": 250.0}
    assert utilisation(200.0, rates["float32"]) == {
        "flops_per_second": 200.0,
        "share_of_large_gemm": 0.5,
        "share_of_own_gemm": 0.8,
    }


def test_the_best_of_a_kind_is_the_fastest_that_came_to_the_end() -> None:
    rates = {"Trainer fp32": 60.0, "Trainer bf16": 150.0, "tltk": 300.0, "Trainer, default": 44.0}
    assert best(rates, TRAINING, "pytorch") == "Trainer bf16"
    assert best(rates, TRAINING, "tensorflow") is None


def test_tltk_says_the_tokens_of_every_step(tmp_path: Path) -> None:
    from benchmarks.workers.tltk_training import steps_of

    checkpoint = write_tiny_bert(tmp_path / "tiny")
    texts = ["dull" + " film" * (number % 7) for number in range(37)]
    job = Job(
        checkpoint=str(checkpoint),
        output="",
        train=str(write_rows(tmp_path / "train.tsv", texts, [number % 2 for number in range(37)])),
        batch_size=8,
        epochs=2,
    )
    recipe = load_recipe(recipe_of(job))
    rows, tokens = steps_of(recipe)
    assert sum(rows) == 2 * 37
    assert len(rows) == 2 * 5
    from benchmarks.data import token_lengths

    assert sum(tokens) == 2 * sum(token_lengths(texts, checkpoint, 128))
    assert recipe.train.weight_decay == 0.0
    assert recipe.train.warmup_ratio == 0.0
