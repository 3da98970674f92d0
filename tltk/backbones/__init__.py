"""Pretrained encoders as plain Keras models: read from, and written to, Hugging Face folders.

Reading configs and tokenizers does not import TensorFlow; building and loading models does.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tltk.backbones.config import BackboneConfig
    from tltk.backbones.family import (
        ClassificationHead,
        Family,
        MaskedLanguageHead,
        OutputHead,
        find_family,
        register_family,
    )
    from tltk.backbones.load import LoadedBackbone, build_backbone, load_backbone, load_config
    from tltk.backbones.masked_language_model import (
        MaskedLanguageModel,
        load_masked_language_model,
        missing_masked_language_tensors,
    )
    from tltk.backbones.report import LoadReport
    from tltk.backbones.tensors import Tensors, read_tensors
    from tltk.backbones.tokenizer import load_tokenizer
    from tltk.backbones.write import write_backbone

__all__ = [
    "BackboneConfig",
    "ClassificationHead",
    "Family",
    "LoadReport",
    "LoadedBackbone",
    "MaskedLanguageHead",
    "MaskedLanguageModel",
    "OutputHead",
    "Tensors",
    "build_backbone",
    "find_family",
    "load_backbone",
    "load_config",
    "load_masked_language_model",
    "load_tokenizer",
    "missing_masked_language_tensors",
    "read_tensors",
    "register_family",
    "write_backbone",
]

_HOMES = {
    "BackboneConfig": "config",
    "ClassificationHead": "family",
    "Family": "family",
    "MaskedLanguageHead": "family",
    "OutputHead": "family",
    "find_family": "family",
    "register_family": "family",
    "LoadedBackbone": "load",
    "build_backbone": "load",
    "load_backbone": "load",
    "load_config": "load",
    "MaskedLanguageModel": "masked_language_model",
    "load_masked_language_model": "masked_language_model",
    "missing_masked_language_tensors": "masked_language_model",
    "LoadReport": "report",
    "Tensors": "tensors",
    "read_tensors": "tensors",
    "load_tokenizer": "tokenizer",
    "write_backbone": "write",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
