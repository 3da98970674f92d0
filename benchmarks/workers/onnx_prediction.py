"""onnxruntime on files of sentences, exported and quantised by optimum (dynamic, for AVX-512 with VNNI)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from optimum.onnxruntime import ORTModelForSequenceClassification, ORTQuantizer
from optimum.onnxruntime.configuration import AutoQuantizationConfig
from transformers import AutoConfig, AutoTokenizer

from benchmarks.batches import padded
from benchmarks.gate import Gate
from benchmarks.job import Job
from benchmarks.resident import forget_peak, resident_bytes
from benchmarks.workers.chunks import Predicted, lines, predict_chunks
from benchmarks.workers.fastest import SIZES, TRIED_ROWS, fastest


def main() -> None:
    job = Job.given()
    gate = Gate()
    folder = Path(job.output) / "onnx"
    ORTModelForSequenceClassification.from_pretrained(job.checkpoint, export=True).save_pretrained(folder)
    path = folder / "model.onnx"
    if job.options["dtype"] == "int8":
        quantizer = ORTQuantizer.from_pretrained(folder)
        quantizer.quantize(
            save_dir=folder, quantization_config=AutoQuantizationConfig.avx512_vnni(is_static=False, per_channel=False)
        )
        path = folder / "model_quantized.onnx"
    baseline = resident_bytes()  # what exporting and quantising left behind is not prediction's
    forget_peak()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    wanted = {given.name for given in session.get_inputs()}
    tokenizer = AutoTokenizer.from_pretrained(job.checkpoint)
    names = AutoConfig.from_pretrained(job.checkpoint).id2label

    def answer(texts: list[str], size: int) -> Predicted:
        ids = tokenizer(texts, truncation=True, max_length=job.max_length)["input_ids"]
        order = sorted(range(len(ids)), key=lambda row: -len(ids[row]))
        logits = np.zeros((len(ids), len(names)), np.float32)
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            given, mask = padded([ids[row] for row in rows])
            named = {"input_ids": given, "attention_mask": mask, "token_type_ids": np.zeros_like(given)}
            inputs = {name: value.astype(np.int64) for name, value in named.items() if name in wanted}
            logits[rows] = session.run(["logits"], inputs)[0]
        scores = np.exp(logits - logits.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        return [(names[int(row.argmax())], float(row.max())) for row in scores]

    size = fastest(answer, lines(Path(job.files[0]))[:TRIED_ROWS])
    settings = (
        f"onnxruntime {onnxruntime.__version__}, {job.options['dtype']} by optimum, sorted batches of {size} "
        f"(best of {SIZES})"
    )
    predict_chunks(gate, job, lambda path: answer(lines(path), size), baseline_bytes=baseline, settings=settings)
    gate.done()


if __name__ == "__main__":
    main()
