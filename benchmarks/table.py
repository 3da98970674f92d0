"""The results as Markdown, and their place in the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import sentence

BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"


_ABOVE = "Memory is the peak above what the process held after its imports"
_FAIRNESS = (
    f"{_ABOVE}. tltk writes a checkpoint after each epoch (timed, and in its peak) and scores the dev rows "
    "where there are any (in its peak, not timed); the peers do neither while they are measured."
)


def write_into(readme: Path, text: str) -> None:
    """Put a text between the README's markers.

    Raises:
        ValueError: the README has no markers.
    """
    old = readme.read_text(encoding="utf-8")
    if BEGIN not in old or END not in old:
        raise ValueError(f"{readme} has no {BEGIN} ... {END} to write between.")
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{text.strip()}\n{END}{after}", encoding="utf-8")


def render(results: Mapping[str, Any]) -> str:
    """Return all parts there are, as Markdown."""
    parts = [
        ("training", _training),
        ("long", _long),
        ("prediction", _prediction),
        ("memory", _memory),
        ("first_answer", _first_answer),
        ("pipeline", _pipeline),
    ]
    return "\n\n".join(show(results[name]) for name, show in parts if name in results)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is text, the others are figures.

    Example:
        >>> print(table(["who", "rows/s"], [["a", "1"]]))
        | who | rows/s |
        |---|---:|
        | a | 1 |
    """
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    shown = ["| " + " | ".join(line) + " |" for line in lines]
    shown[1] = "|" + "|".join(lines[1]) + "|"
    return "\n".join(shown)


def _training(part: Mapping[str, Any]) -> str:
    heads = ["fine-tuning", "rows/s", "tltk is faster by", "dev accuracy", "of large GEMM", "of these shapes", "memory"]
    rows = [
        [
            name,
            *_speed(one),
            f"{one['accuracy']:.3f}" if one.get("accuracy") is not None else "",
            *_shares(one),
            _gigabytes(one.get("peak_bytes")),
        ]
        for name, one in _finished(part)
    ]
    epochs = f"{part['epochs']} epoch{'s' if part['epochs'] != 1 else ''}"
    words = (
        f"{part['data']}, {part['checkpoint']}, batch {part['batch_size']}, {epochs}, "
        f"{part['rows']:,} rows of {part['tokens_per_row']:.1f} tokens on average; one standard error of the dev "
        f"accuracy is {part['standard_error']:.3f}. On {sentence(part['machine'])}. {_headline(part)}"
    )
    return f"{words}\n\n{table(heads, rows)}\n\n{_FAIRNESS}{_notes(part)}"


def _long(part: Mapping[str, Any]) -> str:
    shown = []
    for name, one in part["trainings"].items():
        heads = [f"110 M weights, {name}", "rows/s", "tltk is faster by", "of large GEMM", "of these shapes", "memory"]
        rows = [[who, *_speed(x), *_shares(x), _gigabytes(x.get("peak_bytes"))] for who, x in _finished(one)]
        words = (
            f"Random weights, batch {one['batch_size']}, rows of {one['tokens_per_row']:.0f} tokens on average. "
            f"{_headline(one)}"
        )
        shown.append(f"{words}\n\n{table(heads, rows)}\n\n{_FAIRNESS}{_notes(one)}")
    return "\n\n".join(shown)


def _prediction(part: Mapping[str, Any]) -> str:
    heads = ["prediction", "sentences/s", "times the pipeline's best", "times onnxruntime int8"]
    rows = [
        [
            name,
            rate_in_words(one["rows_per_second"]),
            *(_range(one[key], 2) if key in one else "" for key in ("times_the_pipeline", "times_onnxruntime_int8")),
            f"{one['agreement']:.2%}" if one.get("agreement") is not None else "",
            _gigabytes(one.get("peak_bytes")),
        ]
        for name, one in _finished(part)
    ]
    words = f"{part['rows']:,} sentences of {part['tokens_per_row']:.1f} tokens, files in, predictions out. "
    words += f"{_ABOVE}."
    return f"{words}\n\n{table([*heads, 'labels as tltk fp32', 'memory'], rows)}{_notes(part)}"


def _memory(part: Mapping[str, Any]) -> str:
    peaks = [f"{one['peak_bytes'] / 1e6:,.0f} MB with {one['rows']:,} sentences" for one in part["runs"]]
    return f"`tltk predict FILE` holds at the most {' and '.join(peaks)} in its file."


def _first_answer(part: Mapping[str, Any]) -> str:
    heads = ["first answer of a new process", "seconds", "times the pipeline's"]
    rows = [
        [name, _range(one["seconds"], 2), _range(one["times_the_pipeline"], 2) if "times_the_pipeline" in one else ""]
        for name, one in part["competitors"].items()
        if "failure" not in one
    ]
    return table(heads, rows) + _notes(part)


def _pipeline(part: Mapping[str, Any]) -> str:
    cost = part["step_cost"]
    return (
        f"A training step with the input pipeline in place takes {cost['ratio'] - 1:+.1%} "
        f"({cost['ratio_low'] - 1:+.1%} to {cost['ratio_high'] - 1:+.1%}) against the same batches held in memory."
    )


def _headline(part: Mapping[str, Any]) -> str:
    """Return how much faster tltk is than the best of each kind of peer."""
    kinds = {
        "pytorch": "the best of PyTorch",
        "default": "the Trainer as it comes",
        "tensorflow": "the best of TensorFlow",
    }
    said = [
        f"{_range(part['competitors'][name]['tltk_times_faster'], 2)} times as fast as {kinds[kind]} ({name})"
        for kind, name in part["best"].items()
        if name and kind in kinds and "tltk_times_faster" in part["competitors"][name]
    ]
    return f"tltk is {', '.join(said)}." if said else ""


def _finished(part: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, one) for name, one in part["competitors"].items() if "failure" not in one]


def _speed(one: Mapping[str, Any]) -> list[str]:
    faster = one.get("tltk_times_faster")
    return [rate_in_words(one["rows_per_second"]), _range(faster, 2) if faster else ""]


def rate_in_words(rate: float) -> str:
    """Return a rate in whole numbers, below 10 with two digits after the point.

    Example:
        >>> rate_in_words(148.9), rate_in_words(1.172)
        ('149', '1.17')
    """
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2f}"


def _range(found: Mapping[str, float], digits: int) -> str:
    return f"{found['median']:.{digits}f} ({found['lower']:.{digits}f}-{found['upper']:.{digits}f})"


def _shares(one: Mapping[str, Any]) -> list[str]:
    keys = ("share_of_large_gemm", "share_of_own_gemm")
    return [f"{one[key]:.0%}" if key in one else "" for key in keys]


def _gigabytes(count: float | None) -> str:
    return f"{count / 1e9:.2f} GB" if count else ""


def _notes(part: Mapping[str, Any]) -> str:
    """Return each competitor's settings, and who did not come to the end."""
    lines = [
        f"* {name}: {_how(one, part) if 'failure' not in one else 'did not come to the end'}"
        for name, one in part["competitors"].items()
        if one.get("settings") or "failure" in one
    ]
    return ("\n\n<details><summary>Settings</summary>\n\n" + "\n".join(lines) + "\n\n</details>") if lines else ""


def _how(one: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    """Return a competitor's settings, and how far it went."""
    rows = one.get("predicted_rows")
    return one["settings"] + (f"; the first {rows:,} sentences" if rows and rows < part["rows"] else "")
