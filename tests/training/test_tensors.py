"""Variables as named arrays: copies that stay, and views that cost no memory."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tltk.training.tensors import to_tensors


def variable(values: object, dtype: str = "float32") -> keras.Variable:
    return keras.Variable(np.asarray(values), dtype=dtype, trainable=False, name="given")


@pytest.mark.parametrize("copy", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int64", "uint32", "bool"])
def test_arrays_hold_the_values_in_their_type(dtype: str, copy: bool) -> None:
    given = variable([[0, 1, 5], [2, 0, 1]], dtype)
    ((name, array),) = to_tensors([given], copy=copy).items()
    assert name.startswith("00000:")
    assert array.dtype.name == dtype
    np.testing.assert_array_equal(array, keras.ops.convert_to_numpy(given))


def test_copies_are_their_own_and_views_are_not() -> None:
    given = variable(np.arange(6))
    (first,), (second,) = (to_tensors([given], copy=False).values() for _ in range(2))
    assert np.shares_memory(first, second)
    (kept,) = to_tensors([given]).values()
    assert not np.shares_memory(kept, first)
    given.assign_add(np.ones(6, np.float32))
    np.testing.assert_array_equal(kept, np.arange(6))
