"""Evaluation: metrics, plots and the report.

Matplotlib and Jinja are imported when a figure or report is asked for, not before.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tltk.evaluation.content import ReportContent
from tltk.evaluation.evaluation import Evaluation

if TYPE_CHECKING:
    from tltk.evaluation.answers import best_threshold, evaluate_answers
    from tltk.evaluation.classification import evaluate_classification
    from tltk.evaluation.entities import evaluate_entities
    from tltk.evaluation.mistakes import confident_mistakes
    from tltk.evaluation.plots import plot_confusion_matrix, plot_history, plot_scatter
    from tltk.evaluation.report import notebook_html, report_html, write_report
    from tltk.evaluation.retrieval import evaluate_retrieval, partner_ranks
    from tltk.evaluation.similarity import evaluate_pairs, evaluate_triplets
    from tltk.evaluation.tagging_mistakes import entity_mistakes

__all__ = [
    "Evaluation",
    "ReportContent",
    "best_threshold",
    "confident_mistakes",
    "entity_mistakes",
    "evaluate_answers",
    "evaluate_classification",
    "evaluate_entities",
    "evaluate_pairs",
    "evaluate_retrieval",
    "evaluate_triplets",
    "notebook_html",
    "partner_ranks",
    "plot_confusion_matrix",
    "plot_history",
    "plot_scatter",
    "report_html",
    "write_report",
]

_HOMES = {
    "best_threshold": "answers",
    "evaluate_answers": "answers",
    "confident_mistakes": "mistakes",
    "entity_mistakes": "tagging_mistakes",
    "evaluate_classification": "classification",
    "evaluate_entities": "entities",
    "evaluate_pairs": "similarity",
    "evaluate_retrieval": "retrieval",
    "evaluate_triplets": "similarity",
    "partner_ranks": "retrieval",
    "plot_confusion_matrix": "plots",
    "plot_history": "plots",
    "plot_scatter": "plots",
    "notebook_html": "report",
    "report_html": "report",
    "write_report": "report",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
