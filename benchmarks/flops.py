"""The FLOPs that a transformer encoder needs, by its configuration and the lengths of its rows.

Counted are multiplications and additions of matrix products, for useful tokens only: padding is no use, nor is
anything computed twice. Softmax, normalisation, GELU and the optimizer are left out, as is the custom; with them the
figures would be a few per cent higher for everyone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Backward has two products for each of forward: for the gradient of the input and for that of the weights.
TRAINING, FORWARD = 3, 1


@dataclass(frozen=True)
class Encoder:
    """What the count depends on.

    Args:
        layers: number of layers.
        hidden: width.
        intermediate: width of the feed-forward part.
        labels: outputs of the head, which is a pooler (hidden x hidden) and a classifier on the first token.
    """

    layers: int
    hidden: int
    intermediate: int
    labels: int = 2

    @classmethod
    def of(cls, checkpoint: Path | str, labels: int = 2) -> Encoder:
        """Read it from a Hugging Face folder of the BERT family."""
        config = json.loads((Path(checkpoint) / "config.json").read_text(encoding="utf-8"))
        return cls(config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"], labels)

    @property
    def matmul_parameters(self) -> int:
        """Weights that every token is multiplied with: query, key, value, output, and the feed-forward part."""
        return self.layers * (4 * self.hidden**2 + 2 * self.hidden * self.intermediate)

    @property
    def head_parameters(self) -> int:
        """Weights that every row is multiplied with."""
        return self.hidden**2 + self.hidden * self.labels


def flops(encoder: Encoder, lengths: Sequence[int], passes: int = TRAINING) -> int:
    """Return the FLOPs of rows of these lengths (useful tokens), for a training step or for a forward pass.

    A weight costs 2 FLOPs a token and pass; attention costs 4 x hidden x length a token, layer and pass (scores and
    their product with the values). In training that is 6 x parameters + 12 x layers x hidden x length a token.

    Example:
        >>> flops(Encoder(layers=1, hidden=2, intermediate=4), [3], FORWARD)
        276
    """
    tokens = sum(lengths)
    squares = sum(length * length for length in lengths)
    dense = 2 * encoder.matmul_parameters * tokens + 2 * encoder.head_parameters * len(lengths)
    attention = 4 * encoder.layers * encoder.hidden * squares
    return passes * (dense + attention)


def shapes(encoder: Encoder, tokens: int) -> list[tuple[int, int, int]]:
    """Return the products (m, k, n) of one layer's forward pass on a batch of so many tokens, QKV as one."""
    hidden, wide = encoder.hidden, encoder.intermediate
    return [(tokens, hidden, 3 * hidden), (tokens, hidden, hidden), (tokens, hidden, wide), (tokens, wide, hidden)]
