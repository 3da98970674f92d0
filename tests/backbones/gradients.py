"""What every gradient written out must keep: it is the one TensorFlow derives from the function itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import pytest
import tensorflow as tf

from tltk.backbones.quick_path import choose

# Both sides compute in float32, by other formulas, and XLA by its own exp, erf and tanh: some ten roundings of 2^-24
# for each value, and sums of up to some hundred of them for the gradients of vectors.
TOLERANCE = 1e-5
# bfloat16 keeps 8 bits: one rounding of the result of float32, half of 2^-8, and as much again for a tie broken
# otherwise.
BFLOAT16 = 2.0**-8

Results = tuple[np.ndarray, list[np.ndarray]]


class GradientContract:
    """Set the pair and its settings; say how arguments are drawn, and how many leading ones have the data's type."""

    function: ClassVar[Callable[..., Any]]
    gradient: ClassVar[Callable[..., Any]]
    cases: ClassVar[Sequence[dict[str, Any]]]
    # Arguments that the gradient says have none, though the function follows from them.
    constant: ClassVar[tuple[int, ...]] = ()
    # How many of the leading arguments come in the compute dtype.
    narrow: ClassVar[int] = 1
    # How large inner values may be that are rounded to bfloat16 as well; 0 where none is.
    rounded: ClassVar[float] = 0.0

    def arguments(self, random: np.random.Generator, rows: int, width: int) -> list[np.ndarray]:
        raise NotImplementedError

    # The first argument has rows * width elements or a multiple: 2**40 is above any, 1 and 0 below.
    @pytest.mark.parametrize("compile_from", [None, 0, 1, 2**40])
    @pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
    def test_is_that_of_autodiff(self, compile_from: int | None, graph: bool) -> None:
        for number, case in enumerate(self.cases):
            arguments = self.arguments(np.random.default_rng(number), 7, 12)
            self.check(arguments, case, compile_from=compile_from, graph=graph)

    @pytest.mark.parametrize("seed", range(8))
    def test_is_that_of_autodiff_in_every_shape(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        rows, width = (1, 1) if seed == 0 else random.integers(1, [10, 41])
        case = self.cases[seed % len(self.cases)]
        self.check(self.arguments(random, rows, width), case, compile_from=None, graph=False)

    @pytest.mark.parametrize("compile_from", [None, 0])
    def test_bfloat16_is_float32_rounded_once(self, compile_from: int | None) -> None:
        for number, case in enumerate(self.cases):
            wide = self.arguments(np.random.default_rng(number), 7, 12)
            narrow = [
                tf.cast(value, tf.bfloat16) if place < self.narrow else tf.constant(value)
                for place, value in enumerate(wide)
            ]
            rounded = [tf.cast(value, tf.float32) if value.dtype.is_floating else value for value in narrow]
            reference = {**case, "dtype": "float32"} if "dtype" in case else case
            case = {**case, "dtype": "bfloat16"} if "dtype" in case else case
            expected, slopes = self.by_autodiff(rounded, reference)
            result, found = self.by_choose(narrow, case, compile_from=compile_from, graph=True)
            assert result.dtype == tf.bfloat16.as_numpy_dtype
            for place, (ours, theirs) in enumerate(zip([result, *found], [expected, *slopes], strict=True)):
                np.testing.assert_allclose(
                    ours.astype("float32"),
                    theirs,
                    rtol=BFLOAT16,
                    atol=TOLERANCE + self.rounded * BFLOAT16,
                    err_msg=f"{case} {place}",
                )

    def check(
        self, arguments: list[np.ndarray], case: dict[str, Any], *, compile_from: int | None, graph: bool
    ) -> None:
        expected, slopes = self.by_autodiff(arguments, case)
        result, found = self.by_choose(arguments, case, compile_from=compile_from, graph=graph)
        for place, (ours, theirs) in enumerate(zip([result, *found], [expected, *slopes], strict=True)):
            scale = max(1.0, float(np.abs(theirs).max()))
            np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE * scale, err_msg=f"{case} {place}")

    def by_autodiff(self, arguments: Sequence[Any], case: dict[str, Any]) -> Results:
        arguments = [tf.convert_to_tensor(value) for value in arguments]
        watched = [value for value in arguments if value.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(watched)
            result = type(self).function(*arguments, **case)
        slopes = tape.gradient(result, watched, output_gradients=upstream(result))
        for place in self.constant:
            slopes[place] = tf.zeros_like(watched[place])
        return result.numpy(), [slope.numpy() for slope in slopes]

    def by_choose(
        self, arguments: Sequence[Any], case: dict[str, Any], *, compile_from: int | None, graph: bool
    ) -> Results:
        part = type(self)
        quick = choose(part.function, part.gradient, training=True, compile_from=compile_from, **case)
        arguments = [tf.convert_to_tensor(value) for value in arguments]

        def both(*arguments: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
            watched = [value for value in arguments if value.dtype.is_floating]
            with tf.GradientTape() as tape:
                tape.watch(watched)
                result = quick(*arguments)
            return result, tape.gradient(result, watched, output_gradients=upstream(result))

        if graph:
            # All but the width, which layers know, is open, as in `model.fit`.
            open_shapes = [tf.TensorSpec(open_shape(value), value.dtype) for value in arguments]
            both = tf.function(both, input_signature=open_shapes)
        result, slopes = both(*arguments)
        return result.numpy(), [slope.numpy() for slope in slopes]


def open_shape(value: tf.Tensor) -> list[int | None]:
    return list(value.shape) if value.shape.rank < 2 else [None] * (value.shape.rank - 1) + [value.shape[-1]]


def upstream(result: tf.Tensor) -> tf.Tensor:
    """Return a gradient of the result, of no pattern; the same for the same shape, and exact in bfloat16."""
    places = tf.cast(tf.reshape(tf.range(tf.size(result)), tf.shape(result)), tf.float32)
    return tf.cast(tf.round(tf.sin(places * 12.9898) * 64) / 64, result.dtype)
