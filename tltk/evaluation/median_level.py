"""Which level of an ordered scale probabilities speak for."""

from __future__ import annotations

import numpy as np


def median_level(probabilities: np.ndarray) -> np.ndarray:
    """Return for each row of probabilities of levels the highest level that more likely than not is reached.

    It is the median, which of all levels is expected to be the fewest levels off; the likeliest level may lie at
    either end while most of the probability lies at the other. After Niu et al. 2016 (as many levels up as there are
    thresholds above which the text lies with a probability above one half).

    Args:
        probabilities: shape [examples, levels], each row adding up to 1.

    Example:
        >>> median_level(np.array([[0.4, 0.3, 0.3], [0.6, 0.0, 0.4]])).tolist()
        [1, 0]
    """
    return (1.0 - np.cumsum(probabilities, axis=-1)[..., :-1] > 0.5).sum(axis=-1)
