"""Evaluation: metrics, plots and the report."""

from tltk.evaluation.classification import evaluate_classification
from tltk.evaluation.evaluation import Evaluation

__all__ = ["Evaluation", "evaluate_classification"]
