from __future__ import annotations

import numpy as np
import pytest

from tests.backbones.oracle import torch_or_skip
from tltk.backbones.activations import NAMES, activation_function, check_activation
from tltk.errors import WeightsError


@pytest.mark.parametrize("name", NAMES)
def test_equals_the_function_of_that_name_in_transformers(name: str) -> None:
    torch = torch_or_skip()
    from transformers.activations import ACT2FN

    values = np.linspace(-6, 6, 241, dtype="float32")
    expected = ACT2FN[name](torch.tensor(values)).numpy()
    np.testing.assert_allclose(activation_function(name)(values), expected, rtol=0, atol=2e-6)


def test_unknown_name_gets_the_closest() -> None:
    with pytest.raises(WeightsError, match=r"here: Got activation 'geluu'.*Did you mean 'gelu'\?"):
        check_activation("geluu", where="here")
