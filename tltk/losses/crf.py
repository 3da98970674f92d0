"""The loss of one tag path a row."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.losses.chain import NEVER, log_partition
from tltk.losses.loss import RowLoss


@keras.saving.register_keras_serializable(package="tltk")
class CrfNegativeLogLikelihood(RowLoss):
    """Negative log likelihood of a linear-chain conditional random field (Lafferty et al. 2001).

    Edge potentials [rows, length, tags, tags] as the `crf` head gives them (see `tltk.losses.chain`), labels
    [rows, length]. A row's value is the log of the sum over all tag paths of exp(score), less that of the paths that go
    through the labels, exact and in nats.

    A label of -1 leaves its position open: all its tags are summed over. At padding, where the tag cannot change, that
    adds nothing; between tokens (pieces of words that carry no label) it is the likelihood of what is labelled
    (Tsuboi et al. 2008). Label smoothing, focal weighting and class weights make no sense for a path.

    Example:
        >>> loss = CrfNegativeLogLikelihood()
        >>> round(float(loss.call(keras.ops.array([[0, 1, -1]]), keras.ops.zeros((1, 3, 2, 2)))[0]), 4)  # 2 paths of 8
        1.3863
    """

    called = "crf"

    def call(self, y_true: Any, y_pred: Any) -> Any:
        labels = ops.expand_dims(ops.cast(y_true, "int32"), -1)
        potentials = ops.cast(y_pred, "float32")
        open_ = ops.logical_or(labels < 0, ops.equal(labels, ops.arange(potentials.shape[-1], dtype="int32")))
        through = ops.where(ops.expand_dims(open_, -2), potentials, NEVER)
        # Both at once: a step takes little longer for twice as many rows.
        every, labelled = ops.split(log_partition(ops.concatenate([potentials, through], axis=0)), 2)
        return every - labelled
