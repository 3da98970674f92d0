"""What every loss promises, written once: a new loss is tested by naming it, its targets and its outputs."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tltk.errors import RecipeError
from tltk.losses import LossSettings, RowLoss

WHERE = {"label_smoothing": "train.label_smoothing", "focal": "train.imbalance", "class_weights": "train.imbalance"}
ROWS = 6


class LossContract:
    """Base class of the tests of one loss; a subclass says how it is made and fed."""

    classes: int | None = 4
    """How many class weights the loss takes."""

    stacked: int = 1
    """How many consecutive rows are the texts of one example."""

    def make(self, settings: LossSettings | None = None) -> RowLoss:
        raise NotImplementedError

    def batch(self, draw: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Return targets and outputs."""
        raise NotImplementedError

    def padding(self, targets: np.ndarray, outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the targets and the outputs of padding rows: zeros and whatever the model makes of no tokens."""
        return np.zeros_like(targets), np.full_like(outputs, 3.0)

    @pytest.fixture
    def fed(self) -> tuple[np.ndarray, np.ndarray]:
        return self.batch(np.random.default_rng(0), ROWS)

    def settings(self) -> LossSettings:
        every = {"label_smoothing": 0.1, "focal": 2.0, "class_weights": tuple(range(1, (self.classes or 1) + 1))}
        return LossSettings(**{name: every[name] for name in self.make().takes})

    def test_gives_a_float32_value_a_row(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        for loss in (self.make(), self.make(self.settings())):
            values = loss.call(*map(tf.constant, fed))
            assert values.shape == (ROWS,)
            assert values.dtype == tf.float32
            assert np.isfinite(values.numpy()).all()
            assert (values.numpy() >= 0).all()
            assert values.numpy().any()

    def test_whole_and_real_targets_give_the_same(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        targets, outputs = fed
        loss = self.make(self.settings())
        # Keras hands a loss its targets in float32, a metric as they come.
        np.testing.assert_array_equal(loss.call(targets.astype("float32"), outputs), loss.call(targets, outputs))

    def test_padding_rows_count_for_nothing(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        loss = self.make(self.settings())
        weights = np.full(ROWS, 1 / ROWS, "float32")
        more = self.padding(*(array[: 2 * self.stacked] for array in fed))
        filled = [np.concatenate(pair) for pair in zip(fed, more, strict=True)]
        padded = np.concatenate([weights, np.zeros(2 * self.stacked, "float32")])
        alone, gradient = self.trained(loss, *fed, weights)
        found, among = self.trained(loss, *filled, padded)
        np.testing.assert_allclose(found, alone, rtol=1e-6)
        # What is left where terms of up to 20 / ROWS cancel out.
        np.testing.assert_allclose(among[:ROWS], gradient, rtol=1e-5, atol=2e-6)
        np.testing.assert_array_equal(among[ROWS:], 0)
        np.testing.assert_allclose(alone, np.mean(loss.call(*fed)), rtol=1e-6)

    def test_is_alike_in_a_graph_and_of_unknown_shape(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        loss = self.make(self.settings())
        targets, outputs = map(tf.constant, fed)
        loosely = [tf.TensorSpec([None] * array.ndim, array.dtype) for array in (targets, outputs)]
        # The last dimension is the head's width, which is known.
        loosely[1] = tf.TensorSpec([*[None] * (outputs.ndim - 1), outputs.shape[-1]], tf.float32)
        graph = tf.function(loss.call, input_signature=loosely)
        # One bit of logits up to 20.
        np.testing.assert_allclose(graph(targets, outputs), loss.call(targets, outputs), rtol=1e-5, atol=2e-6)

    def test_survives_saving(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        loss = self.make(self.settings())
        config = keras.saving.serialize_keras_object(loss)
        again = keras.saving.deserialize_keras_object(config, safe_mode=True)
        assert type(again) is type(loss)
        assert again.get_config() == loss.get_config()
        assert loss.reduction == "sum"
        np.testing.assert_array_equal(again.call(*fed), loss.call(*fed))

    def test_honours_or_refuses_every_setting(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        every = {"label_smoothing": 0.1, "focal": 2.0, "class_weights": (2.0, 1.0, 0.5, 3.0)[: self.classes]}
        plain = np.asarray(self.make().call(*fed))
        for name, value in every.items():
            settings = LossSettings(**{name: value})
            if name in self.make().takes:
                assert not np.allclose(self.make(settings).call(*fed), plain)
            else:
                with pytest.raises(RecipeError, match=WHERE[name]):
                    self.make(settings)

    def test_a_wrong_number_of_class_weights_is_told(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        if "class_weights" in self.make().takes:
            with pytest.raises(ValueError, match=f"Got 7 class weights for {self.classes}"):
                self.make(LossSettings(class_weights=(1.0,) * 7)).call(*fed)

    @staticmethod
    def trained(loss: RowLoss, targets: Any, outputs: Any, weights: Any) -> tuple[float, np.ndarray]:
        """Return a weighted batch's loss and its gradient by the outputs."""
        outputs = tf.constant(outputs)
        with tf.GradientTape() as tape:
            tape.watch(outputs)
            value = loss(targets, outputs, sample_weight=weights)
        return float(value), tf.convert_to_tensor(tape.gradient(value, outputs)).numpy()
