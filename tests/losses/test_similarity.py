"""Losses of similarity, held against PyTorch's and against sums written out pair by pair."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.metrics.pairwise import cosine_similarity, paired_cosine_distances

from tests.losses.loss_contract import LossContract
from tltk.losses import CoSent, CosineSquaredError, LossSettings, MultipleNegativesRanking, RowLoss, TripletMargin

torch = pytest.importorskip("torch", reason="torch is the oracle of the losses")


class _StackedContract(LossContract):
    classes = None

    def batch(self, draw: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        scores = np.repeat(draw.integers(0, 2, rows // self.stacked), self.stacked)
        scores[: self.stacked], scores[-self.stacked :] = 0, 1
        return np.stack([scores, np.ones(rows, int)], axis=1), draw.normal(size=(rows, 5)).astype("float32")

    def test_every_row_of_an_example_has_its_value(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        values = np.asarray(self.make().call(*fed)).reshape(-1, self.stacked)
        np.testing.assert_array_equal(values, values[:, :1].repeat(self.stacked, axis=1))

    def test_padding_alone_is_no_loss(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        targets, outputs = self.padding(*fed)
        value, slopes = self.trained(self.make(), targets, outputs, np.zeros(len(outputs), "float32"))
        assert value == 0
        np.testing.assert_array_equal(slopes, 0)

    def test_like_texts_and_zeros_break_no_gradient(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        for outputs in (np.zeros_like(fed[1]), np.ones_like(fed[1])):
            value, slopes = self.trained(self.make(), fed[0], outputs, np.ones(len(outputs), "float32"))
            assert np.isfinite(value)
            assert np.isfinite(slopes).all()


class TestCosineSquaredError(_StackedContract):
    stacked = 2

    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return CosineSquaredError(settings)

    def test_is_pytorchs_of_the_cosine(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        cosines = torch.nn.functional.cosine_similarity(torch.tensor(fed[1][::2]), torch.tensor(fed[1][1::2]))
        expected = torch.nn.functional.mse_loss(cosines, torch.tensor(fed[0][::2, 0]).float(), reduction="none")
        np.testing.assert_allclose(CosineSquaredError().call(*fed)[::2], expected, rtol=1e-4)


class TestCoSent(_StackedContract):
    stacked = 2

    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return CoSent(settings)

    @pytest.mark.parametrize("scale", [1.0, 20.0])
    def test_is_the_sum_over_pairs_of_pairs(self, scale: float) -> None:
        draw = np.random.default_rng(2)
        outputs, scores = draw.normal(size=(14, 5)).astype("float32"), draw.integers(0, 4, 7)
        cosines = 1 - paired_cosine_distances(outputs[::2], outputs[1::2])
        terms = [scale * (cosines[i] - cosines[j]) for i in range(7) for j in range(7) if scores[i] < scores[j]]
        targets = np.stack([np.repeat(scores, 2), np.ones(14)], axis=1)
        found = CoSent(scale=scale).call(targets, outputs)
        np.testing.assert_allclose(found, np.full(14, logsumexp([0.0, *terms])), rtol=1e-4)

    def test_pairs_of_one_score_have_no_order(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        np.testing.assert_array_equal(CoSent().call(np.ones_like(fed[0]), fed[1]), 0)


class _RankingContract(_StackedContract):
    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return MultipleNegativesRanking(settings, texts=self.stacked)

    def batch(self, draw: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        targets, outputs = super().batch(draw, rows)
        targets[:, 0] = np.arange(1, rows + 1)  # texts by number, no two of them equal
        return targets, outputs

    def test_is_pytorchs_cross_entropy_of_the_cosines(self) -> None:
        outputs = np.random.default_rng(3).normal(size=(5 * self.stacked, 6)).astype("float32")
        by_example = outputs.reshape(5, self.stacked, 6)
        candidates = by_example[:, 1:].transpose(1, 0, 2).reshape(-1, 6)
        logits = torch.tensor(20 * cosine_similarity(by_example[:, 0], candidates))
        expected = torch.nn.functional.cross_entropy(logits, torch.arange(5), reduction="none")
        for numbers in (np.zeros(len(outputs)), np.arange(1, len(outputs) + 1)):  # not known, and all different
            found = self.make().call(np.stack([numbers, np.ones(len(outputs))], axis=1), outputs)
            np.testing.assert_allclose(found[:: self.stacked], expected, rtol=1e-3, atol=1e-5)

    def test_equal_texts_are_not_wrong(self) -> None:
        outputs = np.random.default_rng(4).normal(size=(4, self.stacked, 6)).astype("float32")
        numbers = np.arange(1, 4 * self.stacked + 1).reshape(4, self.stacked)
        outputs[2, 1], numbers[2, 1] = outputs[0, 1], numbers[0, 1]  # the partner of two texts
        outputs[3, 1], numbers[3, 1] = outputs[1, 0], numbers[1, 0]  # a text that is a partner too
        targets = np.stack([numbers, np.ones_like(numbers)], axis=-1).reshape(-1, 2)
        found = np.asarray(self.make().call(targets, outputs.reshape(-1, 6)))[:: self.stacked]
        for example, equal in ((0, 2), (1, 3), (2, 0), (3, None)):
            wrong = [
                outputs[other, place]
                for other in range(4)
                for place in range(1, self.stacked)
                if (other, place) not in ((example, 1), (equal, 1))
            ]
            cosines = 20 * cosine_similarity(outputs[example, :1], [outputs[example, 1], *wrong])[0]
            assert found[example] == pytest.approx(logsumexp(cosines) - cosines[0], rel=1e-3)


class TestMultipleNegativesRankingOfPairs(_RankingContract):
    stacked = 2


class TestMultipleNegativesRankingOfTriplets(_RankingContract):
    stacked = 3


@pytest.mark.parametrize("distance", ["cosine", "euclidean"])
class TestTripletMargin(_StackedContract):
    stacked = 3

    @pytest.fixture(autouse=True)
    def _choose(self, distance: str) -> None:
        self.distance: Any = distance

    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return TripletMargin(settings, margin=2.0, distance=self.distance)

    def test_is_pytorchs(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        texts = [torch.tensor(fed[1][place::3]) for place in range(3)]
        if self.distance == "euclidean":
            expected = torch.nn.functional.triplet_margin_loss(*texts, margin=2.0, reduction="none")
        else:
            expected = torch.nn.functional.triplet_margin_with_distance_loss(
                *texts,
                distance_function=lambda left, right: 1 - torch.nn.functional.cosine_similarity(left, right),
                margin=2.0,
                reduction="none",
            )
        np.testing.assert_allclose(self.make().call(*fed)[::3], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CoSent(scale=0), "scale=0"),
        (lambda: MultipleNegativesRanking(texts=1), "texts=1"),
        (lambda: MultipleNegativesRanking(scale=-1), "scale=-1"),
        (lambda: TripletMargin(margin=0), "margin=0"),
        (lambda: TripletMargin(distance="manhattan"), "distance='manhattan'"),
    ],
)
def test_arguments_out_of_range_are_named(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
