"""What training an encoder costs, estimated before it is done: memory and the time of a step."""

from __future__ import annotations

from dataclasses import dataclass

from tltk.backbones.size import EncoderSize
from tltk.training.precision import Precision

# For each product of a forward pass, backward has two: for the gradient of the input and for that of the weights.
_PASSES = 3
# Float32 arrays, each as large as the widest of a layer, that its backward pass holds at once.
_AT_ONCE = 4
# What a whole step, with its norms, softmax and AdamW, reaches of the rate of large matrix products. Measured with 22
# million weights (benchmarks/results/bench.json, share_of_large_gemm); with 110 million between 0.45 and 0.6.
_SHARES: dict[Precision, float] = {"float32": 0.69, "mixed_bfloat16": 0.54, "mixed_float16": 0.54}


@dataclass(frozen=True)
class TrainingCost:
    """Estimated memory in bytes, and FLOPs, of a training step with AdamW on full rows.

    Measured growth of memory over five shapes (22 to 30 million weights, 8 to 32 rows of 128 to 512 tokens, both
    precisions) lay within 11 % of it. TensorFlow itself takes some 0.7 GB more.

    Args:
        weights: in float32, and their copies in the compute type.
        gradients: in float32.
        moments: both of AdamW's.
        activations: what forward keeps for backward, and what backward holds at once.
        flops: of matrix products, forward and backward.
    """

    weights: int
    gradients: int
    moments: int
    activations: int
    flops: int

    @property
    def memory(self) -> int:
        """All of it, in bytes."""
        return self.weights + self.gradients + self.moments + self.activations

    def seconds(self, rate: float, precision: Precision) -> float:
        """Return the time of a step where large matrix products reach `rate` FLOPs a second."""
        return self.flops / (rate * _SHARES[precision])


def training_cost(size: EncoderSize, *, batch_size: int, length: int, precision: Precision) -> TrainingCost:
    """Return what a step of training costs.

    Args:
        size: the encoder's.
        batch_size: rows of a step.
        length: tokens of a row; shorter texts cost less.
        precision: see `choose_precision`.

    Example:
        >>> from tltk.backbones.size import EncoderSize, Product
        >>> size = EncoderSize(1000, (Product(8, 8),), width=8, heads=2, depths=1)
        >>> training_cost(size, batch_size=2, length=4, precision="float32").moments
        8000
    """
    bytes_each = 4 if precision == "float32" else 2
    copies = 0 if precision == "float32" else bytes_each * size.parameters
    kept = bytes_each * size.kept(batch_size, length)
    return TrainingCost(
        weights=4 * size.parameters + copies,
        gradients=4 * size.parameters,
        moments=8 * size.parameters,
        activations=kept + 4 * _AT_ONCE * size.widest(batch_size, length),
        flops=_PASSES * size.flops(batch_size, length),
    )
