"""The table and the plot of how cost grows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.machine import sentence

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGIN, END = "<!-- Written by benchmarks/scale.py: begin -->", "<!-- end -->"
TITLES = {"length": "tokens of a row", "layers": "layers", "hidden": "width"}


def write_page(results: dict[str, Any]) -> None:
    """Put the tables between the marks of docs/scale.md, and draw the plot."""
    page = DOCS / "scale.md"
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{tables(results)}\n{END}{after}", encoding="utf-8")
    draw(results, DOCS / "images" / "scale.png")


def print_tables(results: dict[str, Any]) -> None:
    print("\n" + tables(results))


def tables(results: dict[str, Any]) -> str:
    """Return machine and tables as Markdown."""
    machine = results["machine"]
    lines = [
        f"On {sentence(machine)}; {machine['date']}; steps in {results['precision']}.",
        "",
        *_rows(results["rows"]),
    ]
    for what, found in results["steps"].items():
        lines += ["", *_steps(what, found)]
    return "\n".join(lines) + "\n"


def _rows(found: list[dict[str, Any]]) -> list[str]:
    lines = [
        "| rows | tokenising, s | Plan, s | order of an epoch, s | a batch, ms of CPU | all input of an epoch, s |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for row in found:
        encode = f"{row['encode_seconds']:,.2f}" if row["encode_real"] else f"({row['encode_seconds']:,.0f})"
        lines.append(
            f"| {row['rows']:,} | {encode} | {row['plan_seconds']:.3f} | {row['order_seconds']:.3f} |"
            f" {row['batch_ms']:.3f} | {row['epoch_input_seconds']:,.2f} |"
        )
    return lines


def _steps(what: str, found: list[dict[str, Any]]) -> list[str]:
    expected = model_ms(found)
    lines = [
        f"| {TITLES[what]} | rows | million parameters | GFLOP a step | ms a step | GFLOP/s | FLOP model, ms |"
        " measured / model |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row, model in zip(found, expected, strict=True):
        lines.append(
            f"| {row['value']} | {row['rows']} | {row['parameters'] / 1e6:.1f} | {row['gflop']:,.1f} |"
            f" {row['ms']:,.1f} | {row['gflop'] / row['ms'] * 1000:,.0f} | {model:,.1f} | {row['ms'] / model:.2f} |"
        )
    return lines


def model_ms(found: list[dict[str, Any]]) -> list[float]:
    """Return what the FLOP model expects: the FLOPs of each, at the rate of the one that needs the most."""
    largest = max(found, key=lambda row: row["gflop"])
    return [row["gflop"] * largest["ms"] / largest["gflop"] for row in found]


def draw(results: dict[str, Any], path: Path) -> None:
    """Draw four panels: rows, length, layers, width."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter, LogLocator

    from tltk.evaluation.palette import ACCENT, GRID, INK, MUTED, WARM

    panels = 1 + len(results["steps"])
    # Two by two: four in a row are too small to read on a page.
    figure, grid = plt.subplots(-(-panels // 2), 2, figsize=(9, 3.6 * -(-panels // 2)), layout="constrained")
    axes = grid.ravel()[:panels]
    rows, plot = results["rows"], axes[0]
    counts = [row["rows"] for row in rows]
    for name, label, colour in (
        ("encode_seconds", "tokenising, once", WARM),
        ("epoch_input_seconds", "input of an epoch", ACCENT),
        ("plan_seconds", "Plan, once", INK),
    ):
        plot.plot(counts, [row[name] for row in rows], color=colour, marker="o", markersize=4, label=label)
    guessed = [row for row in rows if not row["encode_real"]]
    plot.plot(
        [row["rows"] for row in guessed], [row["encode_seconds"] for row in guessed], "o", color="white", markersize=2
    )
    plot.set(xlabel="rows", ylabel="seconds")
    for plot, (what, found) in zip(axes[1:], results["steps"].items(), strict=True):
        values = [row["value"] for row in found]
        plot.plot(values, [row["ms"] for row in found], color=ACCENT, marker="o", markersize=4, label="measured")
        plot.plot(values, model_ms(found), color=MUTED, linestyle="--", label="FLOP model")
        plot.set(xlabel=TITLES[what], ylabel="ms a training step")
        plot.set_xticks(values, [str(value) for value in values])
    for plot in axes:
        plot.set_xscale("log")
        plot.set_yscale("log")
        plot.grid(color=GRID, linewidth=0.6)
        plot.set_axisbelow(True)
        plot.spines[["top", "right"]].set_visible(False)
        plot.legend(loc="upper left", frameon=False, fontsize=8)
    for plot, (_, found) in zip(axes[1:], results["steps"].items(), strict=True):
        values = [row["value"] for row in found]
        plot.set_xticks(values, [str(value) for value in values])
        plot.minorticks_off()
        plot.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        plot.yaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:,.0f}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    plt.close(figure)
