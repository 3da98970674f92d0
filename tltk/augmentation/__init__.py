"""Augmentation: training rows again, their texts a little changed."""

from tltk.augmentation.edits import Edit, apply_edits, carry_spans, sparing
from tltk.augmentation.method import Augmentation, Augmented, augmentations, register_augmentation

__all__ = [
    "Augmentation",
    "Augmented",
    "Edit",
    "apply_edits",
    "augmentations",
    "carry_spans",
    "register_augmentation",
    "sparing",
]
