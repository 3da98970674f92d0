from __future__ import annotations

from typing import Any

from tests.backbones.contract import BackboneContract

KEYS = {
    "hidden_size": "dim",
    "num_hidden_layers": "n_layers",
    "num_attention_heads": "n_heads",
    "intermediate_size": "hidden_dim",
    "hidden_act": "activation",
    "hidden_dropout_prob": "dropout",
    "attention_probs_dropout_prob": "attention_dropout",
}
FOREIGN = ("type_vocab_size", "layer_norm_eps")


class TestDistilBert(BackboneContract):
    model_type = "distilbert"

    def config(self, seed: int) -> dict[str, Any]:
        raw = super().config(seed)
        # Its attention has no dropout key of BERT's name, and its layer norm a fixed epsilon.
        return {KEYS.get(key, key): value for key, value in raw.items() if key not in FOREIGN}
