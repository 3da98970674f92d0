"""Cross entropy over classes, of which exactly one is right."""

from __future__ import annotations

from typing import Any

from keras import ops

from tltk.losses.settings import LossSettings

# The gradient of x ** gamma is infinite at 0 for gamma below 1.
_LEAST = 1e-7


def categorical_terms(labels: Any, logits: Any, settings: LossSettings, *, possible: Any = None) -> Any:
    """Return the cross entropy of each distribution, float32 of shape [...].

    With q the smoothed target, it is the sum over classes k of `q_k w_k (1 - p_k)^gamma (-log p_k)`: PyTorch's
    `F.cross_entropy(..., weight=w, label_smoothing=..., reduction="none")` for gamma 0, and the focal loss of Lin et
    al. 2017 with one-hot targets.

    Args:
        labels: integers of shape [...], from 0 to classes - 1.
        logits: float32 of shape [..., classes].
        settings: what is done besides.
        possible: truth values of the logits' shape: the classes over which smoothing spreads; None for all.

    Raises:
        ValueError: another number of class weights than of classes.
    """
    if settings.is_plain:
        return ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    log_probabilities = ops.log_softmax(logits, axis=-1)
    classes = ops.arange(ops.shape(logits)[-1], dtype="int32")
    targets = ops.cast(ops.equal(ops.expand_dims(labels, -1), classes), "float32")
    if settings.label_smoothing:
        over = ops.ones_like(targets) if possible is None else ops.cast(possible, "float32")
        spread = over / ops.maximum(ops.sum(over, axis=-1, keepdims=True), 1.0)
        targets = (1 - settings.label_smoothing) * targets + settings.label_smoothing * spread
    terms = -targets * log_probabilities
    if settings.focal:
        terms = terms * ops.maximum(-ops.expm1(log_probabilities), _LEAST) ** settings.focal
    if settings.class_weights:
        check_count(settings.class_weights, logits.shape[-1])
        terms = terms * ops.convert_to_tensor(settings.class_weights, dtype="float32")
    return ops.sum(terms, axis=-1)


def check_count(weights: tuple[float, ...], classes: int | None) -> None:
    """Raise ValueError where there is another number of weights than of classes."""
    if classes is not None and len(weights) != classes:
        raise ValueError(f"Got {len(weights)} class weights for {classes} classes.")
