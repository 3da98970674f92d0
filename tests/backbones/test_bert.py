from __future__ import annotations

from tests.backbones.contract import BackboneContract


class TestBert(BackboneContract):
    model_type = "bert"
