"""One seed for a run, and from it one for every purpose."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def set_seeds(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow, so that initial weights are the same on every run.

    Call it right before a model is built.
    """
    import keras

    keras.utils.set_random_seed(seed)


def purpose_seed(seed: int, purpose: str) -> int:
    """Return a seed of its own for one purpose (dropout, split, ...), in 0 .. 2**31 - 1.

    Purposes then never share random numbers, and a new one does not shift the others.

    Example:
        >>> purpose_seed(0, "dropout/0") != purpose_seed(0, "dropout/1")
        True
    """
    digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:4], "little") >> 1


def seed_layers(model: keras.Model, seed: int) -> None:
    """Set every `keras.random.SeedGenerator` of a model (dropout) anew from a seed.

    Keras draws their seeds while layers are built, so they depend on whatever was built before in the process. Set
    like this they depend on the seed and the model alone.
    """
    for number, state in enumerate(seed_states(model)):
        state.assign([purpose_seed(seed, f"dropout/{number}"), 0])


def seed_states(model: keras.Model) -> list[keras.Variable]:
    """Return the state of every seed generator in a model, in the order of its layers, without repeats."""
    weights = {id(variable) for variable in model.weights}
    return [variable for variable in model.variables if id(variable) not in weights]
