"""How the model is trained."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from tltk.recipe.section import Section


class EarlyStoppingSection(Section):
    """Stop when the monitored value no longer gets better."""

    searchable: ClassVar[bool] = True

    patience: int = Field(default=1, ge=0)
    """Epochs without improvement that are borne."""

    min_delta: float = Field(default=0.0, ge=0)
    """The least change that counts as an improvement."""


class TrainSection(Section):
    """Epochs, batches, optimizer, schedule, precision and checkpoints."""

    searchable: ClassVar[bool] = True
    not_searchable: ClassVar[frozenset[str]] = frozenset(
        {"jit_compile", "monitor", "restore_best", "resume", "checkpoint_steps"}
    )

    epochs: int = Field(default=3, ge=1)
    """Passes over the training rows."""

    batch_size: int = Field(default=32, ge=1)
    """Rows in one optimizer step, over all devices together."""

    tokens_per_batch: int | None = Field(default=None, ge=16)
    """Cut batches by padded tokens instead of rows; `batch_size` is then ignored for training."""

    group_by_length: bool = True
    """Put rows of like length into one batch, so that little is padding."""

    learning_rate: float = Field(default=5e-5, gt=0)
    """Peak learning rate."""

    weight_decay: float = Field(default=0.01, ge=0)
    """Decoupled weight decay; biases and normalisation weights are spared."""

    schedule: Literal["linear", "cosine", "constant"] = "linear"
    """Course of the learning rate after the warm-up."""

    warmup_ratio: float = Field(default=0.1, ge=0, lt=1)
    """Share of all steps over which the learning rate rises from zero."""

    global_clipnorm: float | None = Field(default=1.0, gt=0)
    """Norm to which the whole gradient is clipped; null for none."""

    beta_1: float = Field(default=0.9, ge=0, lt=1)
    """Decay of AdamW's first moment."""

    beta_2: float = Field(default=0.999, ge=0, lt=1)
    """Decay of AdamW's second moment."""

    epsilon: float = Field(default=1e-8, gt=0)
    """AdamW's epsilon."""

    precision: Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"] = "auto"
    """Compute precision; `auto` is decided from the processor's features, never from timings. Weights stay float32."""

    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Share of each target that is spread evenly over all classes (or positions); refused where there are none."""

    imbalance: Literal["none", "weights", "focal", "resample"] = "none"
    """What is done about rare classes: `weights` weighs the loss of a class by the inverse of its frequency (where rows
    have several labels: the yes of a label by its ratio of no to yes), `focal` lets what the model is sure of count
    less (gamma 2), `resample` draws each epoch's rows with replacement, by the inverse frequency of their rarest class.
    """

    jit_compile: Literal["auto"] | bool = "auto"
    """Compile the training step by XLA, with batches of few shapes; `auto` does where TensorFlow sees a GPU."""

    monitor: str = "val_loss"
    """Value by which the best epoch is chosen, as in the history (val_loss, val_accuracy, ...)."""

    early_stopping: EarlyStoppingSection | None = None
    """Stop early; null trains all epochs."""

    restore_best: bool = True
    """End with the weights of the best epoch by `monitor` (of the last one where there are no validation rows)."""

    resume: Literal["auto", "never"] = "auto"
    """Continue an interrupted Run found in the output folder, or start anew."""

    checkpoint_steps: int | None = Field(default=None, ge=1)
    """Write a checkpoint every so many steps too, besides the one at each epoch's end."""
