"""Figures of likenesses, by scipy."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.quality.rows.pairs import ScoredPair


def score_similarities(rows: Sequence[ScoredPair], predicted: Sequence[float]) -> dict[str, float]:
    """Return the rank correlation `spearman` and the linear one `pearson` with the scores that people gave."""
    from scipy.stats import pearsonr, spearmanr

    true = [row.score for row in rows]
    return {
        "spearman": float(spearmanr(true, predicted).statistic),
        "pearson": float(pearsonr(true, predicted).statistic),
    }
