from __future__ import annotations

import numpy as np
import pytest

from tests.backbones.gradients import GradientContract
from tests.backbones.oracle import torch_or_skip
from tltk.backbones.activations import NAMES, activate, activate_gradient, activation_function, check_activation
from tltk.errors import WeightsError


@pytest.mark.parametrize("name", NAMES)
def test_equals_the_function_of_that_name_in_transformers(name: str) -> None:
    torch = torch_or_skip()
    from transformers.activations import ACT2FN

    values = np.linspace(-6, 6, 241, dtype="float32")
    expected = ACT2FN[name](torch.tensor(values)).numpy()
    np.testing.assert_allclose(activation_function(name)(values), expected, rtol=0, atol=2e-6)


class TestActivate(GradientContract):
    function = staticmethod(activate)
    gradient = staticmethod(activate_gradient)
    cases = tuple({"name": name} for name in NAMES)

    def arguments(self, random: np.random.Generator, rows: int, width: int) -> list[np.ndarray]:
        return [random.normal(0, 3, (rows, width)).astype("float32")]

    @pytest.mark.parametrize("name", NAMES)
    def test_far_from_zero_and_at_it(self, name: str) -> None:
        values = np.array([[-1e4, -88.0, -12.0, -1e-20, 0.0, 1e-20, 12.0, 88.0, 1e4]], "float32")
        self.check([values], {"name": name}, compile_from=None, graph=False)


def test_unknown_name_gets_the_closest() -> None:
    with pytest.raises(WeightsError, match=r"here: Got activation 'geluu'.*Did you mean 'gelu'\?"):
        check_activation("geluu", where="here")
