"""KerasHub's `BertTextClassifier.fit` on the rows of a job, in batches grouped by length."""

from __future__ import annotations

import keras
import keras_hub
import transformers  # for the tokenizer, that of every competitor

from benchmarks.gate import Gate
from benchmarks.job import Job
from benchmarks.resident import forget_peak, resident_bytes
from benchmarks.workers.keras_fit import fit_behind
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
    settings = f"BertTextClassifier.fit, {job.options['precision']}, tanh GELU (its own), grouped by length, tf.data"
    peak = fit_behind(gate, keras, model, rows, baseline_bytes=baseline, settings=settings)
    accuracy = rows.accuracy(lambda batch: model.predict_on_batch(batch)) if job.dev else None
    gate.done(accuracy=accuracy, peak_bytes=peak)


if __name__ == "__main__":
    main()
