"""Cross entropy of yes and no."""

from __future__ import annotations

from typing import Any

from keras import ops


def binary_terms(
    targets: Any, logits: Any, *, label_smoothing: float = 0.0, focal: float | None = None, positive_weights: Any = None
) -> Any:
    """Return the binary cross entropy of each logit, float32 of the logits' shape.

    With p the logistic function of the logit and t the smoothed target, it is
    `t w (1 - p)^gamma (-log p) + (1 - t) p^gamma (-log(1 - p))`: PyTorch's
    `F.binary_cross_entropy_with_logits(..., pos_weight=w)` for gamma 0, and the focal loss of Lin et al. 2017.

    Args:
        targets: float32 of the logits' shape, 0 or 1.
        logits: float32.
        label_smoothing: share of the target that is spread evenly over yes and no.
        focal: gamma; None for 0.
        positive_weights: factors of the yes terms, shaped to go with the logits; None for 1.
    """
    if label_smoothing:
        targets = (1 - label_smoothing) * targets + label_smoothing / 2
    yes, no = ops.softplus(-logits), ops.softplus(logits)
    if focal:
        # 1 - p is exp(-no), so that neither the power nor its gradient can overflow.
        yes, no = ops.exp(-focal * no) * yes, ops.exp(-focal * yes) * no
    if positive_weights is not None:
        yes = yes * positive_weights
    return targets * yes + (1 - targets) * no
