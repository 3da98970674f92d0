"""KerasHub's `BertTextClassifier.fit` on the rows of a job, in batches grouped by length."""

from __future__ import annotations

import keras
import keras_hub
import transformers  # for the tokenizer, that of every competitor

from benchmarks.gate import Gate
from benchmarks.job import Job
from benchmarks.resident import forget_peak, resident_bytes
from benchmarks.workers.keras_gate import gate_callback
from benchmarks.workers.keras_rows import KerasRows


def main() -> None:
    job = Job.given()
    tokenizer = transformers.AutoTokenizer.from_pretrained(job.checkpoint)
    baseline = resident_bytes()
    forget_peak()
    gate = Gate(job.segment_steps)
    keras.utils.set_random_seed(job.seed)
    keras.config.set_dtype_policy(job.options["precision"])
    rows = KerasRows(job, tokenizer, ids="token_ids", mask="padding_mask", types="segment_ids")
    model = keras_hub.models.BertTextClassifier.from_preset(
        job.checkpoint, num_classes=job.labels, preprocessor=None, dropout=0.1
    )
    decay = keras.optimizers.schedules.PolynomialDecay(job.learning_rate, rows.steps * job.epochs, 0.0)
    model.compile(
        # Adam is AdamW without decay, and one pass over the weights cheaper.
        optimizer=keras.optimizers.Adam(decay, epsilon=1e-8, global_clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    callback = gate_callback(
        keras.callbacks.Callback, gate, rows=rows.rows_by_step, tokens=rows.tokens_by_step, baseline_bytes=baseline
    )
    model.fit(rows.training(), epochs=job.epochs, steps_per_epoch=rows.steps, verbose=0, callbacks=[callback])
    settings = f"BertTextClassifier.fit, {job.options['precision']}, tanh GELU (its own), grouped by length, tf.data"
    accuracy = rows.accuracy(lambda batch: model.predict_on_batch(batch)) if job.dev else None
    gate.done(accuracy=accuracy, peak_bytes=callback.peak, settings=settings)


if __name__ == "__main__":
    main()
