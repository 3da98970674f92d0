"""Figures of tags in training, against seqeval on the same tags."""

from __future__ import annotations

import numpy as np
import pytest
from seqeval.metrics import accuracy_score, f1_score

from tltk.metrics.tags import EntityF1, TokenAccuracy
from tltk.tasks.tagging.tag_set import TagSet


@pytest.mark.parametrize("scheme", ["bio", "bioes", "io"])
@pytest.mark.parametrize("seed", range(3))
def test_figures_are_those_of_the_labelled_tokens_of_rows_that_count(scheme: str, seed: int) -> None:
    tags = TagSet.of(["X", "Y"], scheme)
    draw = np.random.default_rng(seed)
    labels = draw.integers(-1, len(tags.labels), (9, 14))
    found = np.where(
        draw.random(labels.shape) < 0.6, np.maximum(labels, 0), draw.integers(0, len(tags.labels), labels.shape)
    )
    weights = np.array([1, 0.2, 0, 1, 1, 0, 0.5, 1, 1])
    metrics = [EntityF1(tags.prefixes.tolist(), tags.type_numbers.tolist()), TokenAccuracy()]
    metrics = [type(metric).from_config(metric.get_config()) for metric in metrics]
    logits = np.eye(len(tags.labels), dtype="float32")[found]
    for part in (slice(0, 4), slice(4, 9)):  # batches are added up
        for metric in metrics:
            metric.update_state(labels[part], logits[part], sample_weight=weights[part])
    names = np.array(tags.labels)
    rows = [row for row in range(9) if weights[row] > 0]
    true, given = ([names[values[row][labels[row] >= 0]].tolist() for row in rows] for values in (labels, found))
    assert float(metrics[0].result()) == pytest.approx(f1_score(true, given), abs=1e-6)
    assert float(metrics[1].result()) == pytest.approx(accuracy_score(true, given), abs=1e-6)


def test_edges_of_a_crf_count_by_their_best_path() -> None:
    edges = np.zeros((1, 2, 2, 2), "float32")
    edges[0, 0, :, 1] = 1  # alone the first position would be tag 1
    edges[0, 1, 0, 1] = 5  # but the second is far better after tag 0
    metric = TokenAccuracy()
    metric.update_state(np.array([[0, 1]]), edges)
    assert float(metric.result()) == 1.0
