"""Pairs with scores, learned by their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tltk.tasks.objectives.cosine import Cosine

if TYPE_CHECKING:
    import keras

    from tltk.losses import LossSettings


class CoSentOrder(Cosine):
    """Pairs with scores, by their order."""

    name = "cosent"
    takes = ("range", "scale")
    compares_examples = True

    def loss(self, settings: LossSettings | None, texts: int) -> keras.losses.Loss:
        from tltk.losses import CoSent

        return CoSent(settings, scale=self.options["scale"])
