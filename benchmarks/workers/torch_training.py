"""The Hugging Face Trainer on the rows of a job."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)

from benchmarks.gate import Gate
from benchmarks.job import Job
from benchmarks.resident import forget_peak, peak_bytes, resident_bytes
from benchmarks.rows import read_rows


class GatedTrainer(Trainer):
    """The Trainer as it is; before each step the batch's useful tokens are noted."""

    rows = tokens = 0

    def training_step(self, model: Any, inputs: Any, *others: Any, **named: Any) -> Any:
        self.rows, self.tokens = len(inputs["labels"]), int(inputs["attention_mask"].sum())
        return super().training_step(model, inputs, *others, **named)


class GateCallback(TrainerCallback):
    """Opens and closes the gate around training steps."""

    def __init__(self, gate: Gate, **facts: Any) -> None:
        self.gate, self.facts = gate, facts
        self.trainer: Any = None
        self.peak = 0

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self.gate.ready(**self.facts)

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.gate.step(rows=self.trainer.rows, tokens=self.trainer.tokens)

    def on_train_end(self, *_: Any, **__: Any) -> None:
        self.peak = peak_bytes()
        self.gate.finish()


def main() -> None:
    job = Job.given()
    baseline = resident_bytes()
    forget_peak()
    gate = Gate(job.segment_steps)
    tokenizer = AutoTokenizer.from_pretrained(job.checkpoint)
    set_seed(job.seed)
    model = AutoModelForSequenceClassification.from_pretrained(job.checkpoint, num_labels=job.labels)
    callback = GateCallback(gate, baseline_bytes=baseline)
    torch._dynamo.config.recompile_limit = 64  # one graph for all lengths, but not given up before it is found
    trainer = GatedTrainer(
        model=model,
        args=arguments(job),
        train_dataset=encoded(job.train, tokenizer, job.max_length),
        data_collator=DataCollatorWithPadding(tokenizer),
        callbacks=[callback],
    )
    callback.trainer = trainer
    callback.facts["settings"] = (
        f"Trainer, {job.options['words']}, dynamic padding, {model.config._attn_implementation}, "
        f"{trainer.args.optim.value}, {torch.get_num_threads()} threads"
    )
    trainer.train()
    accuracy = None
    if job.dev:
        found = trainer.predict(encoded(job.dev, tokenizer, job.max_length))
        accuracy = float((np.argmax(found.predictions, axis=-1) == found.label_ids).mean())
    gate.done(accuracy=accuracy, peak_bytes=callback.peak)


def arguments(job: Job) -> TrainingArguments:
    """Return the Trainer's own defaults, but for the settings all competitors share and the options of this one."""
    return TrainingArguments(
        output_dir=job.output,
        num_train_epochs=job.epochs,
        per_device_train_batch_size=job.batch_size,
        per_device_eval_batch_size=64,
        learning_rate=job.learning_rate,
        weight_decay=0.0,
        seed=job.seed,
        use_cpu=True,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        **job.options["arguments"],
    )


def encoded(path: str, tokenizer: Any, max_length: int) -> list[dict[str, Any]]:
    """Return tokenised rows, in memory."""
    texts, labels = read_rows(path)
    columns = tokenizer(texts, truncation=True, max_length=max_length)
    return [{**{name: columns[name][row] for name in columns}, "labels": label} for row, label in enumerate(labels)]


if __name__ == "__main__":
    main()
