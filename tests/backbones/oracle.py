"""PyTorch `transformers` as the oracle: random small models of any family, and their answers."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

WHY = "no parity with PyTorch transformers is tested: torch is not installed (make oracle installs a CPU build)"


def torch_or_skip() -> ModuleType:
    """Return torch, or skip the test and say what is then not tested."""
    return pytest.importorskip("torch", reason=WHY)


def random_model(raw: dict[str, Any], *, kind: str = "AutoModel", seed: int = 0) -> Any:
    """Return a PyTorch model of a config, in evaluation mode, every parameter random (biases and norms too)."""
    torch = torch_or_skip()
    import transformers

    settings = {key: value for key, value in raw.items() if key != "model_type"}
    config = transformers.AutoConfig.for_model(raw["model_type"], **settings)
    torch.manual_seed(seed)
    model = getattr(transformers, kind).from_config(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn_like(parameter) * 0.1
            parameter.copy_(noise + 1 if "norm" in name.lower() and name.endswith("weight") else noise)
    return model


def answer(model: Any, inputs: dict[str, np.ndarray], output: str = "last_hidden_state") -> np.ndarray:
    """Return one output of a PyTorch model."""
    torch = torch_or_skip()
    with torch.no_grad():
        given = {name: torch.tensor(value, dtype=torch.long) for name, value in inputs.items()}
        return model(**given)[output].float().numpy()


def open_folder(folder: Path, kind: str = "AutoModel") -> tuple[Any, dict[str, Any]]:
    """Open a folder with PyTorch; return the model and which keys were missing, unexpected or mismatched."""
    torch_or_skip()
    import transformers

    model, info = getattr(transformers, kind).from_pretrained(str(folder), output_loading_info=True)
    return model.eval(), info
