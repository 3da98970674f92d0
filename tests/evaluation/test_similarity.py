from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import label_ranking_average_precision_score, pairwise

from tltk.errors import DataError, TltkError
from tltk.evaluation import evaluate_pairs, evaluate_retrieval, evaluate_triplets
from tltk.evaluation import retrieval as module
from tltk.evaluation.retrieval import partner_ranks, text_keys


def draw(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape).astype("float32")


@pytest.mark.parametrize("texts", [2, 3])
def test_reciprocal_ranks_are_those_of_scikit_learn(texts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", 7)
    vectors = draw(40, texts, 6)
    candidates = vectors[:, 1:].transpose(1, 0, 2).reshape(-1, 6)
    cosines = pairwise.cosine_similarity(vectors[:, 0], candidates)
    found = evaluate_retrieval(vectors, text_keys((40, texts), None)).metrics
    expected = label_ranking_average_precision_score(np.eye(40, len(candidates)), cosines)
    assert found["mrr"] == pytest.approx(expected)
    places = 1 + (cosines > np.diag(cosines)[:, None]).sum(1)
    assert found["recall_at_5"] == pytest.approx(np.mean(places <= 5))


def test_equal_texts_are_one_candidate_and_never_wrong() -> None:
    texts = [("q", "a"), ("q", "b"), ("r", "a"), ("a", "c")]
    by_text = dict(zip("qrabc", [*np.eye(5)], strict=True))
    by_text["b"] = by_text["q"] + 0.1 * by_text["b"]  # the best for q, of which a is a partner too
    by_text["a"] = by_text["q"] + by_text["a"]
    vectors = np.array([[by_text[text] for text in pair] for pair in texts])
    ranks = partner_ranks(vectors, text_keys((4, 2), texts))
    # Neither partner of q is wrong; r is like none of a, b, c (a tie is lost); a is not held against itself.
    assert ranks.tolist() == [1, 1, 3, 2]


def test_no_more_than_the_most_are_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 5)
    evaluation = evaluate_retrieval(draw(12, 2, 4), text_keys((12, 2), None))
    assert evaluation.n == 5
    assert "Ranked are 5 of 12" in evaluation.tables[0]["note"]


def test_equal_scores_have_no_correlation_and_the_reason_is_told() -> None:
    evaluation = evaluate_pairs(np.ones(4), draw(4, 3), draw(4, 3))
    assert evaluation.metrics == {"spearman": None, "pearson": None}
    assert set(evaluation.notes) == {"spearman", "pearson"}


def test_triplets_are_counted_by_every_measure() -> None:
    first, like, unlike = draw(3, 50, 4)
    evaluation = evaluate_triplets(first, like, unlike)
    nearer = pairwise.paired_cosine_distances(first, like) < pairwise.paired_cosine_distances(first, unlike)
    assert evaluation.metrics["accuracy"] == pytest.approx(nearer.mean())
    manhattan = pairwise.paired_manhattan_distances(first, like) < pairwise.paired_manhattan_distances(first, unlike)
    assert dict(evaluation.tables[0]["rows"])["Manhattan"] == pytest.approx(manhattan.mean())


def test_nothing_to_score_and_what_is_no_number_are_told() -> None:
    with pytest.raises(DataError, match="no examples"):
        evaluate_pairs(np.zeros(0), np.zeros((0, 3)), np.zeros((0, 3)))
    with pytest.raises(TltkError, match="NaN or infinite values for 1 of 2"):
        evaluate_pairs(np.arange(2), np.array([[1.0, np.nan], [1, 1]]), np.ones((2, 2)))
