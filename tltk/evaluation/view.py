"""What the report's template shows, picked from the content and put in order."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tltk.evaluation.content import ReportContent

_TITLES = {
    "accuracy": "Accuracy",
    "f1": "F1",
    "precision": "Precision",
    "recall": "Recall",
    "tag_f1_macro": "Tag macro F1",
    "f1_macro": "Macro F1",
    "f1_micro": "Micro F1",
    "f1_weighted": "Weighted F1",
    "auc": "ROC AUC",
    "mcc": "MCC",
    "log_loss": "Log loss",
    "f1_samples": "F1 over examples",
    "exact_match": "Exact match",
    "f1_has_answer": "F1, with an answer",
    "exact_match_has_answer": "Exact match, with an answer",
    "no_answer": "No answer, rightly",
    "hamming_loss": "Hamming loss",
    "map": "Mean average precision",
    "lrap": "Label ranking precision",
    "ranking_loss": "Ranking loss",
    "coverage_error": "Coverage error",
    "spearman": "Spearman",
    "pearson": "Pearson",
    "mae": "Mean absolute error",
    "rmse": "Root mean squared error",
    "r2": "R²",
    "quadratic_kappa": "Quadratic kappa",
    "within_one": "Within one level",
    "mrr": "MRR",
    "recall_at_1": "Recall at 1",
    "recall_at_5": "Recall at 5",
    "recall_at_10": "Recall at 10",
}
_HINTS = {
    "f1_macro": "mean over labels",
    "f1_weighted": "mean weighted by support",
    "auc": "area under the ROC curve",
    "mcc": "Matthews correlation, 0 is chance",
    "log_loss": "lower is better",
    "hamming_loss": "lower is better",
    "ranking_loss": "lower is better",
    "coverage_error": "lower is better",
    "mae": "lower is better",
    "rmse": "lower is better",
    "r2": "share of the variance explained",
    "spearman": "correlation of ranks",
    "map": "mean over labels",
    "exact_match_has_answer": "of questions that have one",
    "f1_has_answer": "of questions that have one",
    "no_answer": "share of the questions without one",
    "mrr": "mean of 1 / place of the partner",
}
# Micro F1 equals accuracy where each example has one label; it is in the JSON for who looks for it.
_LEFT_OUT = ("f1_micro",)
_MOST_CONFUSED = 10


def main_evaluation(content: ReportContent) -> tuple[str | None, Mapping[str, Any]]:
    """Return the split whose figures the report is about, test before any other, and its evaluation."""
    for split in ("test", "validation", *content.evaluations):
        if split in content.evaluations:
            return split, content.evaluations[split]
    return None, {}


def cards(content: ReportContent) -> list[dict[str, Any]]:
    """Return the figures of the main split: title, value, standard error of a share, the other splits' values."""
    split, evaluation = main_evaluation(content)
    shown = []
    for name, value in evaluation.get("metrics", {}).items():
        if name in _LEFT_OUT and "accuracy" in evaluation["metrics"]:
            continue
        has_error = name == "accuracy" and evaluation.get("of_examples", True)
        others = {other: values["metrics"].get(name) for other, values in content.evaluations.items() if other != split}
        shown.append(
            {
                "title": _TITLES.get(name, name.replace("_", " ")),
                "value": value,
                "error": _standard_error(value, evaluation.get("n")) if has_error else None,
                "hint": evaluation.get("notes", {}).get(name) if value is None else _HINTS.get(name, ""),
                "others": {other: number for other, number in others.items() if number is not None},
            }
        )
    return shown


def facts(content: ReportContent) -> list[tuple[str, str]]:
    """Return what the training's facts are, ready to be listed."""
    return [(name.replace("_", " "), _plain(value)) for name, value in content.training.items() if value is not None]


def most_confused(evaluation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the pairs of labels that were mistaken most often: label, predicted, count, share of the label."""
    matrix, labels = evaluation.get("confusion_matrix") or [], evaluation.get("labels") or []
    pairs = [
        {"label": labels[row], "predicted": labels[column], "count": count, "share": count / sum(counts)}
        for row, counts in enumerate(matrix)
        for column, count in enumerate(counts)
        if row != column and count
    ]
    return sorted(pairs, key=lambda pair: -pair["count"])[:_MOST_CONFUSED]


def per_class(evaluation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the rows of the per-class table: in the labels' order when few, the weakest first when many."""
    rows = list(evaluation.get("per_class") or [])
    if len(rows) <= 12:
        return rows
    return sorted(rows, key=lambda row: (row["f1"] is None, row["f1"] or 0.0))


def splits(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return for each split: rows, tokens, cut texts and duplicates, None where the data does not say."""
    truncated = data.get("truncated")
    dropped = (data.get("duplicates") or {}).get("dropped") or {}
    rows = []
    for name, number in (data.get("rows") or {}).items():
        tokens = (data.get("tokens") or {}).get(name) or {}
        rows.append(
            {
                "name": name,
                "rows": number,
                "mean_tokens": tokens.get("mean_tokens"),
                "longest": tokens.get("longest"),
                "truncated": truncated.get(name) if isinstance(truncated, Mapping) else None,
                "dropped": dropped.get(name),
            }
        )
    return rows


def label_rows(data: Mapping[str, Any], evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the number of rows of each label in each split, and the largest share a split has of one."""
    by_split: Mapping[str, Mapping[str, int]] = data.get("labels") or {}
    names = list(evaluation.get("labels") or [])
    names += sorted({label for counts in by_split.values() for label in counts if label not in set(names)})
    totals = {split: sum(counts.values()) for split, counts in by_split.items()}
    rows = []
    for label in names if by_split else []:
        counts = {split: by_split[split].get(label, 0) for split in by_split}
        shares = {split: counts[split] / totals[split] if totals[split] else 0.0 for split in by_split}
        rows.append({"label": label, "counts": counts, "shares": shares})
    largest = max((share for row in rows for share in row["shares"].values()), default=0.0)
    return {"splits": list(by_split), "rows": rows, "largest": largest or 1.0}


def notices(content: ReportContent) -> list[str]:
    """Return what the reader must know before believing the figures, each sentence once."""
    data = content.data
    sentences = [*content.warnings, *(data.get("warnings") or [])]
    for name, source in (data.get("sources") or {}).items():
        if source.get("skipped"):
            reasons = ", ".join(f"{reason}: {number}" for reason, number in source["skipped_reasons"].items())
            sentences.append(f"{name}: {source['skipped']} broken rows were skipped ({reasons}).")
    return list(dict.fromkeys(sentences))


def figure(value: Any) -> str:
    """Return a metric for reading: four digits after the point, a dash for None."""
    return "–" if value is None else f"{float(value):.4f}"


def percent(value: float | None) -> str:
    """Return a share as a percentage with one digit."""
    return "–" if value is None else f"{100 * value:.1f} %"


def cell(value: Any) -> str:
    """Return a table's value for reading: numbers with a point as figures, whole ones with separators, text as it is.

    Example:
        >>> cell(0.51234), cell(1234), cell("PER"), cell(None)
        ('0.5123', '1,234', 'PER', '–')
    """
    return figure(value) if value is None or isinstance(value, float) else _plain(value)


def count(value: Any) -> str:
    """Return a whole number with separators, a dash for None."""
    return "–" if value is None else _plain(value)


def duration(seconds: float | None) -> str:
    """Return a time for reading.

    Example:
        >>> duration(3.24), duration(75), duration(7325)
        ('3.2 s', '1 min 15 s', '2 h 2 min')
    """
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def day(created: str) -> str:
    """Return an ISO 8601 time as a date for reading; what is none stays as it is.

    Example:
        >>> day("2031-02-03T04:05:06+00:00")
        '3 February 2031, 04:05 UTC'
    """
    try:
        time = datetime.fromisoformat(created)
    except ValueError:
        return created
    zone = f" {time.tzname()}" if time.tzinfo else ""
    return f"{time.day} {time:%B %Y, %H:%M}{zone}"


def _standard_error(share: float | None, number: int | None) -> float | None:
    return math.sqrt(share * (1 - share) / number) if share is not None and number else None


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
