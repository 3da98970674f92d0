from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import matplotlib.image
import numpy as np
import pytest

from tltk.evaluation import plot_confusion_matrix, plot_history
from tltk.evaluation.svg import figure_to_svg

HISTORY = {"loss": [0.6, 0.4], "val_accuracy": [0.7, 0.8], "val_loss": [0.5, 0.45], "accuracy": [0.6, 0.9]}


def test_each_measure_has_a_panel_with_training_and_validation() -> None:
    figure = plot_history({**HISTORY, "learning_rate": [1e-5, 2e-5]}, best_epoch=2)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Loss", "Accuracy"]
    for axes, name in zip(figure.axes, ("loss", "accuracy"), strict=True):
        lines = {line.get_label(): line for line in axes.get_lines()}
        np.testing.assert_array_equal(lines["training"].get_ydata(), HISTORY[name])
        np.testing.assert_array_equal(lines["validation"].get_ydata(), HISTORY[f"val_{name}"])
        assert lines["kept epoch"].get_xdata()[0] == 2


def test_an_axis_of_zeros_begins_at_zero() -> None:
    loss, exact = plot_history({"loss": [0.5], "exact": [0.0, 0.0], "val_exact": [0.0, 0.0]}).axes
    assert exact.get_ylim() == (0.0, 1.0)
    assert loss.get_ylim()[0] > 0


@pytest.mark.parametrize("history", [{"loss": [0.5]}, {"loss": [0.5], "val_loss": []}, {}])
def test_a_short_history_is_drawn(history: dict[str, list[float]]) -> None:
    assert "<svg" in figure_to_svg(plot_history(history), prefix="a", title="t")


@pytest.mark.parametrize("number", [2, 6, 24, 150])
def test_every_label_stands_at_the_matrix(number: int) -> None:
    labels = [f"label-{index}" for index in range(number)]
    svg = figure_to_svg(plot_confusion_matrix(np.eye(number, dtype=int).tolist(), labels), prefix="m", title="t")
    texts = [element.text for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")]
    assert all(texts.count(label) == 2 for label in labels)
    assert len(svg) < 300_000


def test_colours_tell_right_from_wrong() -> None:
    figure = plot_confusion_matrix([[9, 1], [0, 5]], ["a", "b"])
    colours = figure.axes[0].images[0].get_array()
    assert colours[0, 0, 3] == pytest.approx(0.9)
    assert colours[0, 1, 3] == pytest.approx(np.sqrt(0.1))
    assert colours[1, 0, 3] == 0
    assert not np.allclose(colours[0, 0, :3], colours[0, 1, :3])


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize(
    "label", ["$x_1", "$\\frac{1}{2}$", "<script>alert(1)</script>", "a\nb\x07", "電影", "x" * 200]
)
def test_no_label_breaks_the_figure(label: str, tmp_path) -> None:
    figure = plot_confusion_matrix([[1, 2], [3, 4]], [label, "b"])
    svg = figure_to_svg(figure, prefix="m", title=label.replace("\x07", ""))
    assert "<script" not in svg
    ElementTree.fromstring(svg)
    figure.savefig(tmp_path / "matrix.png")
    assert matplotlib.image.imread(tmp_path / "matrix.png").std() > 0.01


def test_a_figure_is_the_same_bytes_each_time_and_shares_no_id() -> None:
    first, again = (figure_to_svg(plot_history(HISTORY), prefix="a", title="t") for _ in range(2))
    assert first == again
    other = figure_to_svg(plot_history(HISTORY), prefix="b", title="t")

    def ids(svg: str) -> set[str]:
        return {element.get("id") for element in ElementTree.fromstring(svg).iter()} - {None}

    assert ids(first)
    assert not ids(first) & ids(other)


def test_plots_and_report_need_neither_pyplot_nor_tensorflow() -> None:
    code = (
        "import sys; from tltk.evaluation import ReportContent, report_html;"
        "report_html(ReportContent(name='a', history={'loss': [1.0]}));"
        "sys.exit(bool({'matplotlib.pyplot', 'tensorflow', 'keras'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
