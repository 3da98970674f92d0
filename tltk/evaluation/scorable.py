"""What must hold of outputs before anything is measured on them."""

from __future__ import annotations

import numpy as np

from tltk.errors import DataError, TltkError


def check_scorable(*outputs: np.ndarray) -> None:
    """Refuse to score no examples, and outputs that are no numbers.

    Args:
        outputs: what the model gave, each of shape [examples, numbers].

    Raises:
        DataError: there are no examples.
        TltkError: a number is NaN or infinite.

    Example:
        >>> check_scorable(np.array([[0.5, 0.5]]))
    """
    if not len(outputs[0]):
        raise DataError("There are no examples to evaluate.", hint="Give test or validation rows, or a larger split.")
    check_finite(*outputs)


def check_finite(*outputs: np.ndarray, of: str = "examples") -> None:
    """Refuse outputs that are no numbers.

    Args:
        outputs: what the model gave, each of shape [rows, numbers].
        of: what a row is of.

    Raises:
        TltkError: a number is NaN or infinite.

    Example:
        >>> check_finite(np.array([[0.5, 0.5]]), of="tokens")
    """
    broken = int(np.count_nonzero(~np.isfinite(np.concatenate(outputs, axis=1)).all(axis=1)))
    if broken:
        raise TltkError(
            f"The model's output has NaN or infinite values for {broken} of {len(outputs[0])} {of}.",
            hint="Training diverged: lower train.learning_rate, or set train.precision to float32.",
        )
