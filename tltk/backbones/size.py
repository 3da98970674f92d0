"""How large an encoder is, and what a pass through it computes and keeps."""

from __future__ import annotations

import gc
import math
from dataclasses import dataclass

from tltk.backbones.config import BackboneConfig
from tltk.backbones.family import Family


@dataclass(frozen=True)
class Product:
    """One matrix that every token is multiplied with.

    Args:
        rows: width of what goes in.
        columns: width of what comes out.
        depths: at how many depths it is used; more than one where layers are shared.
    """

    rows: int
    columns: int
    depths: int = 1


@dataclass(frozen=True)
class EncoderSize:
    """Counts that follow from an encoder's shape alone.

    Args:
        parameters: weights, those of the tables included.
        products: its matrices.
        width: of the vectors that attention compares, all heads together.
        heads: attention heads.
        depths: layers a token goes through.

    Example:
        >>> size = EncoderSize(32, (Product(2, 4), Product(4, 2)), width=2, heads=1, depths=1)
        >>> size.flops(batch_size=1, length=3)
        168
    """

    parameters: int
    products: tuple[Product, ...]
    width: int
    heads: int
    depths: int

    def flops(self, batch_size: int, length: int) -> int:
        """Return the multiplications and additions of matrix products in a forward pass over full rows.

        A weight costs 2 a token; attention 4 x width x length a token and depth (scores, and their product with the
        values). Softmax, norms and activations are left out, as is the custom; so are DeBERTa's products of queries and
        keys with what stands for distances.
        """
        dense = sum(2 * product.rows * product.columns * product.depths for product in self.products)
        attention = 4 * self.width * length * self.depths
        return batch_size * length * (dense + attention)

    def kept(self, batch_size: int, length: int) -> int:
        """Return how many numbers a forward pass keeps for the gradient: what goes into each product and comes out."""
        dense = sum((product.rows + product.columns) * product.depths for product in self.products)
        attention = 2 * self.heads * length * self.depths
        return batch_size * length * (dense + attention)

    def widest(self, batch_size: int, length: int) -> int:
        """Return the numbers of the largest array within a layer."""
        widths = [product.columns for product in self.products]
        return batch_size * length * max(*widths, self.heads * length)


def encoder_size(family: Family, config: BackboneConfig) -> EncoderSize:
    """Return the size of an encoder, from the model itself, which is built for a moment with zeros as weights."""
    from tltk.backbones.initial import without_random_weights

    with without_random_weights():
        encoder = family.build(config)
    products = tuple(
        Product(variable.shape[0], math.prod(variable.shape[1:]), depths=len(layer._inbound_nodes))
        for layer in encoder.layers
        for variable in layer.trainable_variables
        if variable.name == "kernel"
    )
    parameters = encoder.count_params()
    # A Keras model refers to itself: its weights, up to a gigabyte, would stay until Python looks for such circles.
    del encoder
    gc.collect()
    return EncoderSize(
        parameters, products, width=config.attention_width, heads=config.heads, depths=len(config.passes)
    )
