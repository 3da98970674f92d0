from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.backbones import oracle
from tests.backbones.contract import TOLERANCE, BackboneContract
from tltk.backbones import BackboneConfig, find_family, load_backbone
from tltk.errors import WeightsError

KEYS = {
    "hidden_act": "hidden_activation",
    "hidden_dropout_prob": "mlp_dropout",
    "attention_probs_dropout_prob": "attention_dropout",
    "layer_norm_eps": "norm_eps",
}
THETAS = {"full_attention": 50.0, "sliding_attention": 10.0}


class TestModernBert(BackboneContract):
    model_type = "modernbert"
    pretraining = "AutoModelForMaskedLM"
    shortens = False

    def config(self, seed: int) -> dict[str, Any]:
        raw = {KEYS.get(key, key): value for key, value in super().config(seed).items() if key != "type_vocab_size"}
        # Two layers of a kind at least; heads of an even width.
        return {
            **raw,
            "hidden_size": 2 * raw["hidden_size"],
            "num_hidden_layers": 4,
            "local_attention": 4,
            "classifier_pooling": ("mean", "cls", "mean")[seed],
            "cls_token_id": 0,
            "sep_token_id": 0,
            "bos_token_id": 0,
            "eos_token_id": 0,
        }

    def dropout_rates(self, config: BackboneConfig) -> list[float]:
        return [0.0, *[config.dropout, config.attention_dropout, config.attention_dropout] * config.layers]


def small(**changes: Any) -> dict[str, Any]:
    return {**TestModernBert().config(1), **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"rope_parameters": {kind: {"rope_type": "default", "rope_theta": theta} for kind, theta in THETAS.items()}},
        {"global_rope_theta": 50.0, "local_rope_theta": 10.0},
        {"layer_types": ["sliding_attention"] * 2 + ["full_attention"] * 2},
        {"global_attn_every_n_layers": 2},
        {"local_attention": 7},
        {"max_position_embeddings": 700},
    ],
    ids=str,
)
def test_angles_windows_and_layers_follow_the_config(changes: dict[str, Any], tmp_path: Path) -> None:
    raw = small(**changes)
    theirs = oracle.random_model(raw)
    theirs.save_pretrained(tmp_path)
    inputs = TestModernBert().inputs(raw, length=raw["max_position_embeddings"], padding="right", batch=2)
    expected = oracle.answer(theirs, inputs)
    np.testing.assert_allclose(load_backbone(tmp_path).model(inputs), expected, rtol=0, atol=TOLERANCE)
    # As versions of transformers before 5 wrote it.
    family = find_family(raw)
    model = family.build(family.read_config(raw))
    model.set_weights(load_backbone(tmp_path).model.get_weights())
    np.testing.assert_allclose(model(inputs), expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"norm_bias": True}, "norm_bias"),
        ({"classifier_bias": True}, "classifier_bias"),
        ({"rope_scaling": {"type": "linear", "factor": 2.0}}, "rope_scaling"),
        ({"rope_parameters": {"full_attention": {"rope_type": "yarn"}}}, "rope_parameters.full_attention rope_type"),
        ({"layer_types": ["full_attention"]}, "layer_types"),
        ({"layer_types": "full_attention"}, "layer_types"),
        ({"hidden_size": 15, "num_attention_heads": 5}, "num_attention_heads"),
    ],
    ids=str,
)
def test_what_is_not_built_is_refused(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(WeightsError, match=named):
        find_family({"model_type": "modernbert"}).read_config(small(**changes))


def test_a_silent_config_gets_the_defaults_of_transformers() -> None:
    from transformers import AutoConfig

    theirs = AutoConfig.for_model("modernbert")
    ours = find_family({"model_type": "modernbert"}).read_config({})
    assert (ours.vocabulary_size, ours.hidden_size) == (theirs.vocab_size, theirs.hidden_size)
    assert (ours.layers, ours.heads) == (theirs.num_hidden_layers, theirs.num_attention_heads)
    assert (ours.intermediate_size, ours.max_positions) == (theirs.intermediate_size, theirs.max_position_embeddings)
    assert (ours.epsilon, ours.activation) == (theirs.norm_eps, theirs.hidden_activation)
    assert (ours.dropout, ours.attention_dropout) == (theirs.mlp_dropout, theirs.attention_dropout)
    assert (ours.window, ours.embedding_dropout) == (theirs.sliding_window, theirs.embedding_dropout)
    assert [kind == "sliding_attention" for kind in theirs.layer_types] == list(ours.local)
    thetas = {"full_attention": ours.global_theta, "sliding_attention": ours.local_theta}
    assert {kind: values["rope_theta"] for kind, values in theirs.rope_parameters.items()} == thetas
