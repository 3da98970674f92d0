"""`compile` and `fit` of a Keras peer behind its gate, alike for Keras 3 and for tf-keras."""

from __future__ import annotations

from typing import Any

from benchmarks.gate import Gate
from benchmarks.workers.keras_gate import gate_callback
from benchmarks.workers.keras_rows import KerasRows


def fit_behind(gate: Gate, keras: Any, model: Any, rows: KerasRows, **facts: Any) -> int:
    """Train a model on the rows of a job; return the most bytes that were held.

    Args:
        gate: opened and closed around the steps.
        keras: the module `keras` or `tf_keras`.
        model: returns logits.
        rows: of the job.
        **facts: told with "ready".
    """
    job = rows.job
    decay = keras.optimizers.schedules.PolynomialDecay(job.learning_rate, rows.steps * job.epochs, 0.0)
    model.compile(
        # Adam is AdamW without decay, and one pass over the weights cheaper.
        optimizer=keras.optimizers.Adam(decay, epsilon=1e-8, global_clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    callback = gate_callback(
        keras.callbacks.Callback, gate, rows=rows.rows_by_step, tokens=rows.tokens_by_step, **facts
    )
    model.fit(rows.training(), epochs=job.epochs, steps_per_epoch=rows.steps, verbose=0, callbacks=[callback])
    return callback.peak
