"""SavedModel, run by TensorFlow alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf

from tests.exporting.contract import ExporterContract, Runner


class TestSavedModel(ExporterContract):
    format = "savedmodel"

    def open(self, folder: Path) -> Runner:
        loaded = tf.saved_model.load(str(folder))
        signature = loaded.signatures["serving_default"]

        def call(inputs: Mapping[str, np.ndarray]) -> np.ndarray:
            assert loaded is not None  # keeps its variables alive
            return signature(**{name: tf.constant(values) for name, values in inputs.items()})["probabilities"].numpy()

        return call
