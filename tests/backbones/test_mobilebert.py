from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.backbones import oracle
from tests.backbones.contract import TOLERANCE, BackboneContract, randomised
from tltk.backbones import BackboneConfig, build_backbone, find_family, load_backbone, write_backbone
from tltk.errors import WeightsError
from tltk.heads import attach, build_head, huggingface_tensors, load_huggingface_head
from tltk.recipe import HeadSection


class TestMobileBert(BackboneContract):
    model_type = "mobilebert"
    shortens = False

    def config(self, seed: int) -> dict[str, Any]:
        raw = super().config(seed)
        return {
            **raw,
            "embedding_size": 6,
            "intra_bottleneck_size": raw["num_attention_heads"] * (3 + seed),
            "num_feedforward_networks": 1 + seed,
            "classifier_activation": seed != 1,
        }

    def dropout_rates(self, config: BackboneConfig) -> list[float]:
        return [config.dropout] * (1 + config.layers) + [config.attention_dropout] * config.layers

    def test_padding_does_not_change_the_tokens(self) -> None:
        """It does, as in PyTorch: the last token reads the embedding of what follows it. Zeros are read at the end."""
        raw = self.config(0)
        model = randomised(build_backbone(raw), 0)
        inputs = self.inputs(raw, length=9)
        padded = self.pad(raw, inputs, 7)
        assert np.abs(np.asarray(model(padded))[:, :9] - model(inputs)).max() > 1e-3
        table = model.get_layer("embeddings").word.embeddings
        rows = np.array(table)
        rows[raw["pad_token_id"]] = 0
        table.assign(rows)
        np.testing.assert_allclose(np.asarray(model(padded))[:, :9], model(inputs), rtol=0, atol=1e-5)


@pytest.mark.parametrize("path", ["plain", "quick"])
@pytest.mark.parametrize("scale", [10.0, 100.0, 300.0])
def test_states_as_large_as_those_of_the_published_checkpoint_equal_pytorch(
    scale: float, path: str, tmp_path: Path
) -> None:
    """Nothing is normalised: states of google/mobilebert-uncased go up to 2e7, and scores grow with their square."""
    contract = TestMobileBert()
    raw = {**contract.config(0), "num_hidden_layers": 3, "hidden_size": 24, "intra_bottleneck_size": 12}
    theirs = oracle.random_model({**raw, "num_attention_heads": 3})
    for name, parameter in theirs.named_parameters():
        if name.endswith("output.bottleneck.LayerNorm.weight"):
            parameter.data.mul_(scale)
    theirs.save_pretrained(tmp_path)
    ours = load_backbone(tmp_path, dropout=0, attention_dropout=0).model
    inputs = contract.inputs(raw, padding="right")
    tokens = inputs["attention_mask"] != 0
    expected = oracle.answer(theirs, inputs)[tokens]
    found = np.asarray(ours(inputs, training=path == "quick"))[tokens]
    largest = np.abs(expected).max()
    assert largest > scale**2
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * largest)


@pytest.mark.parametrize("pooled", [True, False])
def test_the_classification_class_has_a_pooler_or_none(pooled: bool, tmp_path: Path) -> None:
    contract = TestMobileBert()
    raw = {**contract.config(0), "classifier_activation": pooled, "num_labels": 3}
    theirs = oracle.random_model(raw, kind="AutoModelForSequenceClassification")
    theirs.save_pretrained(tmp_path / "theirs")
    ours = load_backbone(tmp_path / "theirs")
    head = build_head(HeadSection(), units=3, family=ours.family, config=ours.config)
    model = attach(ours.model, head)
    assert load_huggingface_head(head, ours.head_tensors, ours.family)
    inputs = contract.inputs(raw, padding="right")
    expected = oracle.answer(theirs, inputs, "logits")
    np.testing.assert_allclose(model(inputs), expected, rtol=0, atol=TOLERANCE)

    tensors = huggingface_tensors(head, ours.family)
    assert len(tensors) == (4 if pooled else 2)
    write_backbone(ours.model, ours.family, ours.config, None, tmp_path / "ours", head_tensors=tensors)
    again, info = oracle.open_folder(tmp_path / "ours", "AutoModelForSequenceClassification")
    assert type(again) is type(theirs)
    assert not any(info.values()), info
    np.testing.assert_array_equal(oracle.answer(again, inputs, "logits"), expected)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"trigram_input": False}, "trigram_input"),
        ({"use_bottleneck": False}, "use_bottleneck"),
        ({"use_bottleneck_attention": True}, "use_bottleneck_attention"),
        ({"key_query_shared_bottleneck": False}, "key_query_shared_bottleneck"),
        ({"normalization_type": "layer_norm"}, "normalization_type"),
        ({"intra_bottleneck_size": 126}, "intra_bottleneck_size: Got 126; expected a multiple of 4 heads"),
        ({"type_vocab_size": 0}, "type_vocab_size"),
    ],
    ids=str,
)
def test_what_is_not_built_is_refused(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(WeightsError, match=named):
        find_family({"model_type": "mobilebert"}).read_config(changes)


def test_no_gradient_reaches_the_embedding_of_padding_through_its_neighbours() -> None:
    import tensorflow as tf

    raw = TestMobileBert().config(0)
    model = randomised(build_backbone(raw), 0)
    inputs = TestMobileBert().inputs(raw, padding="right")
    table = model.get_layer("embeddings").word.embeddings
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(inputs)[:, 0] ** 2)
    rows = tf.convert_to_tensor(tape.gradient(loss, table.value)).numpy()
    assert not rows[raw["pad_token_id"]].any()
    assert rows.any(axis=1).sum() > 5
