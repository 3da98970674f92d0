"""Who competes, and in which settings: the Trainer's defaults, and every peer at its best."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchmarks.environments import OWN

_GROUPED = {"train_sampling_strategy": "group_by_length"}
_BF16 = {"bf16": True}


@dataclass(frozen=True)
class Competitor:
    """One line of a table.

    Args:
        name: as the tables show it.
        environment: the environment whose Python runs it.
        worker: module of `benchmarks.workers`.
        kind: what it is compared as: `tltk`, `default` (the Trainer as it comes), `pytorch`, `tensorflow`, `onnx`.
        dtype: what its matrices are multiplied in.
        options: for its worker.
    """

    name: str
    environment: str
    worker: str
    kind: str
    dtype: str
    options: dict[str, Any] = field(default_factory=dict)


def _trainer(name: str, kind: str, words: str, **arguments: Any) -> Competitor:
    dtype = "bfloat16" if arguments.get("bf16") else "float32"
    return Competitor(name, "torch", "torch_training", kind, dtype, {"words": words, "arguments": arguments})


def _keras(name: str, environment: str, worker: str, kind: str, precision: str) -> Competitor:
    return Competitor(name, environment, worker, kind, precision.removeprefix("mixed_"), {"precision": precision})


TRAINING = (
    _keras("tltk", OWN, "tltk_training", "tltk", "mixed_bfloat16"),
    _keras("tltk fp32", OWN, "tltk_training", "tltk", "float32"),
    _trainer("Trainer, default", "default", "its defaults (fp32, rows in random order)"),
    _trainer("Trainer fp32", "pytorch", "fp32, grouped by length", **_GROUPED),
    _trainer("Trainer bf16", "pytorch", "bf16 autocast, grouped by length", **_GROUPED, **_BF16),
    _trainer(
        "Trainer bf16 compiled",
        "pytorch",
        "bf16 autocast, grouped by length, torch.compile (inductor)",
        **_GROUPED,
        **_BF16,
        torch_compile=True,
    ),
    _keras("KerasHub bf16", "tensorflow", "keras_hub_training", "tensorflow", "mixed_bfloat16"),
    _keras("KerasHub fp32", "tensorflow", "keras_hub_training", "tensorflow", "float32"),
    _keras("transformers TF bf16", "tensorflow", "transformers_tf_training", "tensorflow", "mixed_bfloat16"),
    _keras("transformers TF fp32", "tensorflow", "transformers_tf_training", "tensorflow", "float32"),
)
# Long trainings: the fp32 settings are slower by more than half everywhere, and only cost time.
LONG = tuple(one for one in TRAINING if one.dtype == "bfloat16")


def _tltk(name: str, dtype: str, **asked: str) -> Competitor:
    return Competitor(name, OWN, "tltk_prediction", "tltk", dtype, {"asked": asked})


def _torch(name: str, dtype: str, *, loop: bool = False, compiled: bool = False) -> Competitor:
    options = {"dtype": dtype, "loop": loop, "compile": compiled}
    return Competitor(name, "torch", "torch_prediction", "loop" if loop else "pipeline", dtype, options)


def _onnx(name: str, dtype: str) -> Competitor:
    return Competitor(name, "onnx", "onnx_prediction", f"onnx {dtype}", dtype, {"dtype": dtype})


PREDICTION = (
    _tltk("tltk", "float32"),
    _tltk("tltk bf16", "bfloat16", precision="bfloat16"),
    _tltk("tltk onnx", "float32", engine="onnx"),
    _tltk("tltk int8", "int8", precision="int8"),
    _torch("pipeline fp32", "float32"),
    _torch("pipeline bf16", "bfloat16"),
    _torch("pipeline bf16 compiled", "bfloat16", compiled=True),
    _torch("PyTorch loop fp32", "float32", loop=True),
    _torch("PyTorch loop bf16", "bfloat16", loop=True),
    _torch("PyTorch loop bf16 compiled", "bfloat16", loop=True, compiled=True),
    _onnx("onnxruntime fp32", "float32"),
    _onnx("onnxruntime int8", "int8"),
)


def best(rates: dict[str, float], competitors: tuple[Competitor, ...], kind: str) -> str | None:
    """Return the name of the fastest competitor of a kind, or None if none came to the end."""
    names = [one.name for one in competitors if one.kind == kind and one.name in rates]
    return max(names, key=rates.__getitem__, default=None)
