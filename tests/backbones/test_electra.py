from __future__ import annotations

from typing import Any

from tests.backbones.contract import BackboneContract


class TestElectra(BackboneContract):
    model_type = "electra"

    def config(self, seed: int) -> dict[str, Any]:
        raw = super().config(seed)
        return {**raw, "embedding_size": raw["hidden_size"] if seed == 1 else 6}
