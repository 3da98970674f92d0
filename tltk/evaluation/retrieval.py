"""Figures of finding each text's partner among those of all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tltk.evaluation.evaluation import Evaluation
from tltk.evaluation.mistakes import with_texts
from tltk.evaluation.scorable import check_scorable

if TYPE_CHECKING:
    from tltk.data import Rows

MOST = 10_000
"""Examples that are ranked at the most: each is held against every candidate."""

_BLOCK = 256
_CUTS = (1, 5, 10)


def partner_ranks(vectors: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Return the place, from 1, of each example's partner among all candidates by the cosine, int64 [examples].

    Candidates are the second and all further texts of all examples, each text once. What is also a partner of the same
    first text elsewhere, or that text itself, is no candidate beside the own partner. A tie is lost.

    Args:
        vectors: [examples, texts, width].
        keys: numbers that tell which texts are equal, integers of shape [examples, texts].

    Example:
        >>> vectors = np.eye(3)[[[0, 0], [1, 2], [2, 1]]]
        >>> partner_ranks(vectors, np.arange(6).reshape(3, 2)).tolist()
        [1, 3, 3]
    """
    lengths = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    units = (vectors / lengths).astype(np.float32)
    names, firsts, numbers = np.unique(keys[:, 1:], return_index=True, return_inverse=True)
    candidates = units[:, 1:].reshape(-1, units.shape[-1])[firsts]
    own = numbers.reshape(keys[:, 1:].shape)[:, 0]
    queries, query = np.unique(keys[:, 0], return_inverse=True)
    partners: list[list[int]] = [[] for _ in queries]
    for number, partner in zip(query.reshape(-1), own, strict=True):
        partners[number].append(partner)
    itself = {int(name): place for place, name in enumerate(names)}
    ranks = np.empty(len(keys), np.int64)
    for start in range(0, len(keys), _BLOCK):
        block = slice(start, start + _BLOCK)
        scores = units[block, 0] @ candidates.T
        places = np.arange(len(scores))
        wanted = scores[places, own[block]].copy()
        for place, number in enumerate(query.reshape(-1)[block]):
            scores[place, partners[number]] = -np.inf
            if (same := itself.get(int(queries[number]))) is not None:
                scores[place, same] = -np.inf
        ranks[block] = 1 + (scores >= wanted[:, None]).sum(axis=1)
    return ranks


def evaluate_retrieval(vectors: np.ndarray, keys: np.ndarray) -> Evaluation:
    """Rank each example's partner among the partners (and further texts) of all examples; see `partner_ranks`.

    Metrics: `mrr` (mean reciprocal rank), `recall_at_1`, `recall_at_5`, `recall_at_10`. Of more than 10,000 examples
    so many are ranked, evenly chosen.

    Args:
        vectors: [examples, texts, width].
        keys: numbers that tell which texts are equal, integers of shape [examples, texts]; see `text_keys`.

    Raises:
        DataError: there are no examples.
        TltkError: an embedding has NaN or infinite values.
    """
    check_scorable(*np.moveaxis(vectors, 1, 0))
    chosen = chosen_examples(len(vectors))
    ranks = partner_ranks(vectors[chosen], keys[chosen])
    metrics: dict[str, float | None] = {"mrr": float(np.mean(1 / ranks))}
    metrics |= {f"recall_at_{cut}": float(np.mean(ranks <= cut)) for cut in _CUTS}
    rows = [["median place of the partner", int(np.median(ranks))], ["worst place", int(ranks.max())]]
    note = "" if len(chosen) == len(vectors) else f"Ranked are {len(chosen):,} of {len(vectors):,} examples."
    table = {"title": "Finding the partner", "columns": ["of all candidates", "place"], "rows": rows, "note": note}
    return Evaluation(metrics=metrics, n=len(chosen), tables=[table])


def rank_losers(
    vectors: np.ndarray, keys: np.ndarray, *, rows: Rows | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """Return the examples whose partner is found last."""
    chosen = chosen_examples(len(vectors))
    ranks = partner_ranks(vectors[chosen], keys[chosen])
    worst = [int(place) for place in np.argsort(-ranks, kind="stable")[:limit] if ranks[place] > 1]
    mistakes = [
        {"position": int(chosen[place]), "label": "place 1", "predicted": f"place {ranks[place]}"} for place in worst
    ]
    return with_texts(mistakes, rows)


def chosen_examples(number: int) -> np.ndarray:
    """Return which of so many examples are ranked: all, or `MOST` at even distances."""
    return np.arange(number) if number <= MOST else np.linspace(0, number - 1, MOST).astype(int)


def text_keys(shape: tuple[int, ...], texts: Sequence[Sequence[str]] | None) -> np.ndarray:
    """Return a number for each text of each example, from 1, equal where the texts are; int64 [examples, texts].

    Example:
        >>> text_keys((2, 2), [("a", "b"), ("b", "c")]).tolist()
        [[1, 2], [2, 3]]
    """
    if texts is None:
        return np.arange(1, 1 + int(np.prod(shape))).reshape(shape)
    known: dict[str, int] = {}
    return np.array([[known.setdefault(text, len(known) + 1) for text in example] for example in texts], np.int64)
