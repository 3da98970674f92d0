"""TensorFlow's SavedModel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tltk.exporting.exporter import Exporter, Loaded, register_exporter
from tltk.exporting.graph import inference_function


@register_exporter("savedmodel")
class SavedModelExporter(Exporter):
    """Writes a SavedModel with one signature, `serving_default`: named int32 [batch, length] inputs -> one output,
    `probabilities` for a classifier.

    It holds core TensorFlow operations only, so that every serving binary runs it (TensorFlow Serving, TFX, Java, Go).
    Format: https://www.tensorflow.org/guide/saved_model
    """

    def write(self, model: Any, folder: Path) -> None:
        import tensorflow as tf

        module = tf.Module()
        module.model = model
        module.serve = inference_function(model)
        tf.saved_model.save(module, str(folder), signatures={"serving_default": module.serve})

    def load(self, folder: Path) -> Loaded:
        import tensorflow as tf

        loaded = tf.saved_model.load(str(folder))
        signature = loaded.signatures["serving_default"]

        def run(inputs: Any) -> np.ndarray:
            tensors = {name: tf.constant(values, tf.int32) for name, values in inputs.items()}
            (output,) = signature(**tensors).values()
            return output.numpy()

        # The signature's variables live only as long as the module it came from.
        run.module = loaded  # type: ignore[attr-defined]
        return run
