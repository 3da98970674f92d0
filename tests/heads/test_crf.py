from __future__ import annotations

from typing import Any

import keras
import numpy as np

from tests.heads.head_contract import HeadContract, inputs
from tltk.heads import CrfHead
from tltk.losses import CrfNegativeLogLikelihood, log_partition, viterbi


class TestCrfHead(HeadContract):
    name = "crf"
    pooling = None

    def shape(self, rows: int, length: int) -> tuple[int, ...]:
        return (rows, length, self.units, self.units)

    def loss(self, labels: np.ndarray, outputs: Any) -> Any:
        tags = (np.arange(outputs.shape[1]) + np.asarray(labels)[:, None]) % self.units
        return CrfNegativeLogLikelihood().call(tags, outputs)

    def test_padding_never_changes_sums_and_paths(self, model: keras.Model) -> None:
        short, longer = inputs(padding=0), inputs(padding=5)
        for name in short:
            longer[name][:, :7] = short[name]
        np.testing.assert_allclose(log_partition(model(longer)), log_partition(model(short)), rtol=1e-5)
        np.testing.assert_array_equal(viterbi(model(longer))[:, :7], viterbi(model(short)))


def test_potentials_are_emissions_transitions_and_starts() -> None:
    head = CrfHead(3)
    states = np.random.default_rng(0).normal(size=(2, 4, 5)).astype("float32")
    head.build(states.shape)
    head.transitions.assign(np.arange(9.0).reshape(3, 3))
    head.start.assign([10.0, 20.0, 30.0])
    found = np.asarray(head(states, attention_mask=np.array([[1, 1, 1, 1], [1, 1, 0, 0]])))
    emissions = states @ np.asarray(head.output_layer.kernel) + np.asarray(head.output_layer.bias)
    for before in range(3):
        np.testing.assert_allclose(found[:, 0, before], emissions[:, 0] + [10, 20, 30], rtol=1e-5)
        np.testing.assert_allclose(
            found[0, 1:, before], emissions[0, 1:] + np.arange(9.0).reshape(3, 3)[before], rtol=1e-5
        )
    np.testing.assert_array_equal(found[1, 2], [[0, -1e9, -1e9], [-1e9, 0, -1e9], [-1e9, -1e9, 0]])
