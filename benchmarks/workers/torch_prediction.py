"""PyTorch on files of sentences: the Hugging Face pipeline, or a plain loop over sorted batches.

The pipeline is given its sentences sorted by length, and the fastest of several batch sizes, which it finds before it
is timed. Reading, tokenising and putting the answers back into their order are timed for all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from benchmarks.gate import Gate
from benchmarks.job import Job
from benchmarks.resident import forget_peak, resident_bytes
from benchmarks.workers.chunks import Predicted, lines, predict_chunks
from benchmarks.workers.fastest import SIZES, TRIED_ROWS, fastest


def main() -> None:
    job = Job.given()
    gate = Gate()
    baseline = resident_bytes()
    forget_peak()
    options = job.options
    tokenizer = AutoTokenizer.from_pretrained(job.checkpoint)
    dtype = getattr(torch, options["dtype"])
    model = AutoModelForSequenceClassification.from_pretrained(job.checkpoint, dtype=dtype).eval()
    attention = model.config._attn_implementation
    names = model.config.id2label
    if options["compile"]:
        torch._dynamo.config.recompile_limit = 64
        model.compile(dynamic=True)
    if options["loop"]:
        answer = loop(model, tokenizer, names, job.max_length)
    else:
        classifier = pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")
        answer = piped(classifier, job.max_length)
    with torch.inference_mode():
        size = fastest(answer, lines(Path(job.files[0]))[:TRIED_ROWS])
        compiled = ", torch.compile (inductor)" if options["compile"] else ""
        how = "loop over sorted batches" if options["loop"] else "pipeline, given sorted sentences"
        settings = f"{how}, {options['dtype']}{compiled}, {attention}, batches of {size} (best of {SIZES})"
        predict_chunks(gate, job, lambda path: answer(lines(path), size), baseline_bytes=baseline, settings=settings)
    gate.done()


def piped(classifier: Any, max_length: int) -> Callable[[list[str], int], Predicted]:
    """Return what predicts with a pipeline."""

    def answer(texts: list[str], size: int) -> Predicted:
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        found = classifier([texts[row] for row in order], batch_size=size, truncation=True, max_length=max_length)
        in_place: list[Any] = [None] * len(texts)
        for row, one in zip(order, found, strict=True):
            in_place[row] = (one["label"], one["score"])
        return in_place

    return answer


def loop(model: Any, tokenizer: Any, names: dict[int, str], max_length: int) -> Callable[[list[str], int], Predicted]:
    """Return what tokenises all, sorts by tokens, and calls the model batch by batch."""

    def answer(texts: list[str], size: int) -> Predicted:
        ids = tokenizer(texts, truncation=True, max_length=max_length)["input_ids"]
        order = sorted(range(len(ids)), key=lambda row: -len(ids[row]))
        scores = np.zeros((len(ids), len(names)), np.float32)
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            batch = tokenizer.pad({"input_ids": [ids[row] for row in rows]}, return_tensors="pt")
            scores[rows] = model(**batch).logits.float().softmax(-1).numpy()
        return [(names[int(row.argmax())], float(row.max())) for row in scores]

    return answer


if __name__ == "__main__":
    main()
