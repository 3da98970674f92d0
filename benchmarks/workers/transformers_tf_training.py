"""`TFBertForSequenceClassification.fit` (transformers 4, tf-keras) on the rows of a job, grouped by length."""

from __future__ import annotations

import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"

import tensorflow as tf
import tf_keras
from safetensors.numpy import load_file
from transformers import AutoConfig, AutoTokenizer, TFBertForSequenceClassification
from transformers.modeling_tf_pytorch_utils import load_pytorch_state_dict_in_tf2_model

from benchmarks.gate import Gate
from benchmarks.job import Job
from benchmarks.resident import forget_peak, resident_bytes
from benchmarks.workers.keras_fit import fit_behind
from benchmarks.workers.keras_rows import KerasRows


def main() -> None:
    job = Job.given()
    tokenizer = AutoTokenizer.from_pretrained(job.checkpoint)
    baseline = resident_bytes()
    forget_peak()
    gate = Gate(job.segment_steps)
    tf_keras.utils.set_random_seed(job.seed)
    tf_keras.mixed_precision.set_global_policy(job.options["precision"])
    rows = KerasRows(job, tokenizer, ids="input_ids", mask="attention_mask", types="token_type_ids")
    model = loaded(job)
    settings = f"TFBertForSequenceClassification.fit, {job.options['precision']}, grouped by length, tf.data"
    peak = fit_behind(gate, tf_keras, model, rows, baseline_bytes=baseline, settings=settings)
    forward = tf.function(lambda batch: tf.cast(model(batch, training=False).logits, tf.float32), reduce_retracing=True)
    accuracy = rows.accuracy(lambda batch: forward(batch).numpy()) if job.dev else None
    gate.done(accuracy=accuracy, peak_bytes=peak)


def loaded(job: Job) -> TFBertForSequenceClassification:
    """Return the model filled from the checkpoint.

    `from_pretrained` iterates over an open safetensors file, which today's safetensors does not let it; its own
    function for it takes a dict as well.
    """
    model = TFBertForSequenceClassification(AutoConfig.from_pretrained(job.checkpoint, num_labels=job.labels))
    tensors = load_file(f"{job.checkpoint}/model.safetensors")
    _, found = load_pytorch_state_dict_in_tf2_model(model, tensors, allow_missing_keys=True, output_loading_info=True)
    if missing := [name for name in found["missing_keys"] if not name.startswith("classifier.")]:
        raise SystemExit(f"Not filled from the checkpoint: {missing}")
    return model


if __name__ == "__main__":
    main()
