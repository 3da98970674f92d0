"""Makes the report: one HTML file that needs nothing from outside."""

from __future__ import annotations

import html
import os
import tempfile
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from tltk.evaluation import view
from tltk.evaluation.changes import changes
from tltk.evaluation.content import ReportContent
from tltk.evaluation.plots import plot_confusion_matrix, plot_history, plot_scatter
from tltk.evaluation.svg import figure_to_svg


def report_html(content: ReportContent) -> str:
    """Return the report as a whole HTML page.

    It holds its styles and figures, asks no server for anything, follows the reader's light or dark theme, and
    prints. Everything that came from data or recipe is escaped.

    Example:
        >>> page = report_html(ReportContent(name="reviews", recipe="name: <reviews>"))
        >>> "name: &lt;reviews&gt;" in page
        True
    """
    split, evaluation = view.main_evaluation(content)
    return _template().render(
        content=content,
        split=split,
        evaluation=evaluation,
        cards=view.cards(content),
        facts=view.facts(content),
        curves=_curves(content),
        confusion=_confusion(content),
        scatter=_scatter(content),
        confused=view.most_confused(evaluation),
        per_class=view.per_class(evaluation),
        splits=view.splits(content.data),
        changes=changes(content.data),
        label_rows=view.label_rows(content.data, evaluation),
        notices=view.notices(content),
    )


def notebook_html(content: ReportContent) -> str:
    """Return the report in a frame for a notebook's output, where its styles touch nothing else."""
    page = html.escape(report_html(content), quote=True)
    return (
        f'<iframe srcdoc="{page}" sandbox="" title="{html.escape(content.name, quote=True)}" loading="lazy" '
        'style="width:100%;height:42rem;border:1px solid #8884;border-radius:8px"></iframe>'
    )


def write_report(path: Path | str, content: ReportContent) -> Path:
    """Write the report to `path` and return it. A reader never sees half a file.

    Args:
        path: the HTML file; its folder must be there.
        content: what to tell; `ReportContent.from_dict` makes one from saved JSON.
    """
    path = Path(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(report_html(content))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tltk.evaluation"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        figure=view.figure, percent=view.percent, count=view.count, duration=view.duration, day=view.day, cell=view.cell
    )
    return environment.get_template("report.html.j2")


def _curves(content: ReportContent) -> Markup | None:
    if not content.history:
        return None
    figure = plot_history(content.history, best_epoch=content.best_epoch)
    return Markup(figure_to_svg(figure, prefix="curves", title="Loss and metrics by epoch"))


def _confusion(content: ReportContent) -> Markup | None:
    _, evaluation = view.main_evaluation(content)
    if not evaluation or not evaluation.get("confusion_matrix"):
        return None
    figure = plot_confusion_matrix(evaluation["confusion_matrix"], evaluation["labels"])
    return Markup(figure_to_svg(figure, prefix="confusion", title="Confusion matrix"))


def _scatter(content: ReportContent) -> Markup | None:
    _, evaluation = view.main_evaluation(content)
    drawn = evaluation.get("scatter") if evaluation else None
    if not drawn:
        return None
    figure = plot_scatter(drawn["true"], drawn["predicted"], labels=drawn["labels"])
    return Markup(figure_to_svg(figure, prefix="scatter", title="Predicted over true numbers"))
