"""ONNX files of every family, from our own kernels and through tf2onnx."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import onnx
import pytest

from tltk.backbones import find_family
from tltk.backbones.family import Family
from tltk.engines.convert import is_ours, write_engine_file
from tltk.engines.engine_file import weight_kind
from tltk.engines.keras_engine import KerasEngine
from tltk.engines.onnx_engine import OnnxEngine
from tltk.exporting.probes import probe_batches
from tltk.heads import LinearHead, attach

BOUNDS = {"float32": 1e-4, "int8": 0.5, "int7": 0.7}
"""Largest difference from Keras, by kind of weights."""

HERE = ["float32", weight_kind("int8")]
"""The kinds that this processor is given: where it has no VNNI, it adds products of 8 bits wrongly."""

SMALL = {
    "albert": {
        "hidden_size": 16,
        "embedding_size": 16,
        "num_hidden_layers": 3,
        "num_hidden_groups": 2,
        "num_attention_heads": 2,
        "intermediate_size": 24,
    },
    "bert": {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24},
    "roberta": {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24},
    "mpnet": {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24},
    "distilbert": {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 24},
    "electra": {
        "hidden_size": 16,
        "embedding_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 24,
    },
}

# Built of layers that have no kernels here.
OTHERS = {
    "deberta-v2": {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 24,
        "relative_attention": True,
        "share_att_key": True,
        "position_biased_input": False,
        "type_vocab_size": 0,
        "pos_att_type": ["p2c", "c2p"],
        "norm_rel_ebd": "layer_norm",
        "position_buckets": 8,
    },
    "modernbert": {"hidden_size": 16, "num_hidden_layers": 4, "num_attention_heads": 2, "intermediate_size": 24},
    "mobilebert": {
        "hidden_size": 16,
        "embedding_size": 8,
        "intra_bottleneck_size": 8,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 24,
    },
}


def make(model_type: str, *, pooling: str = "mean", **changes: object) -> SimpleNamespace:
    """Return a small model of a family with large random weights, so that no mistake is too small to see."""
    raw = {
        "model_type": model_type,
        "vocab_size": 60,
        "max_position_embeddings": 40,
        **(SMALL | OTHERS)[model_type],
        **changes,
    }
    family = find_family(raw)
    config = family.read_config(raw)
    keras.utils.set_random_seed(0)
    backbone = family.build(config)
    head = LinearHead(3, pooling=pooling)
    model = attach(backbone, head)
    draw = np.random.default_rng(0)
    for variable in model.trainable_variables:
        variable.assign(draw.normal(0, 0.3, variable.shape) + ("gamma" in variable.path))
    return SimpleNamespace(model=model, backbone=backbone, head=head, family=family, config=config)


def largest_difference(parts: SimpleNamespace, path: Path) -> float:
    one, other = KerasEngine(parts.model), OnnxEngine(path)
    assert set(one.inputs) == set(other.inputs)
    batches = list(probe_batches(parts.config.vocabulary_size, one.inputs, 32))
    return max(float(np.abs(one(batch) - other(batch)).max()) for batch in batches)


def spread(parts: SimpleNamespace) -> float:
    """Return how far a model's outputs lie apart, and no less than 1: what 8 bits lose is a part of it."""
    engine = KerasEngine(parts.model)
    outputs = [engine(batch) for batch in probe_batches(parts.config.vocabulary_size, engine.inputs, 32)]
    return max(1.0, float(np.std(np.concatenate(outputs))))


@pytest.mark.parametrize("model_type", SMALL)
@pytest.mark.parametrize("weights", dict.fromkeys([*HERE, "int7"]))
def test_every_family(model_type: str, weights: str, tmp_path: Path) -> None:
    parts = make(model_type)
    assert is_ours(parts.family, parts.config)
    write_engine_file(tmp_path / "model.onnx", weights=weights, **vars(parts))
    assert 0 < largest_difference(parts, tmp_path / "model.onnx") < BOUNDS[weights]
    kinds = {node.op_type for node in onnx.load(tmp_path / "model.onnx").graph.node}
    assert ("DynamicQuantizeMatMul" in kinds) == (weights != "float32")


@pytest.mark.parametrize("weights", HERE)
@pytest.mark.parametrize(("model_type", "layers"), [("bert", 1), ("bert", 2), ("albert", 3), ("mpnet", 2)])
def test_the_last_layer_gives_the_first_position_alone_to_heads_that_read_no_other(
    weights: str, model_type: str, layers: int, tmp_path: Path
) -> None:
    parts = make(model_type, pooling="cls", num_hidden_layers=layers)
    write_engine_file(tmp_path / "model.onnx", weights=weights, **vars(parts))
    assert 0 < largest_difference(parts, tmp_path / "model.onnx") < BOUNDS[weights]
    # Query, key and value at once; in the last layer key and value alone.
    nodes = onnx.load(tmp_path / "model.onnx").graph.node
    assert [len(node.output) for node in nodes if node.op_type == "Split"] == [*[3] * (layers - 1), 2]


@pytest.mark.parametrize("weights", ["float32", "int8"])
def test_a_layer_that_computes_at_many_depths_is_written_once(weights: str, tmp_path: Path) -> None:
    sizes = []
    for depths in (2, 12):
        parts = make("albert", num_hidden_layers=depths, num_hidden_groups=1, hidden_size=64, intermediate_size=256)
        write_engine_file(tmp_path / "model.onnx", weights=weights, **vars(parts))
        sizes.append((tmp_path / "model.onnx").stat().st_size)
    # The nodes of a depth take some 3 kB; its weights, were they written again, 200 kB, or 50 kB as bytes.
    assert sizes[1] - sizes[0] < 10 * 10_000


def test_positions_far_apart_are_biased_as_in_keras(tmp_path: Path) -> None:
    parts = make("mpnet", max_position_embeddings=300)
    write_engine_file(tmp_path / "model.onnx", weights="float32", **vars(parts))
    random = np.random.default_rng(0)
    batch = {
        "input_ids": random.integers(2, 60, (2, 298)).astype("int32"),
        "attention_mask": np.ones((2, 298), "int32"),
    }
    expected = KerasEngine(parts.model)(batch)
    np.testing.assert_allclose(OnnxEngine(tmp_path / "model.onnx")(batch), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("activation", ["gelu_new", "relu", "quick_gelu", "tanh"])
def test_other_activations_have_kernels_too(activation: str, tmp_path: Path) -> None:
    parts = make("bert", hidden_act=activation)
    write_engine_file(tmp_path / "model.onnx", weights="float32", **vars(parts))
    assert largest_difference(parts, tmp_path / "model.onnx") < 1e-4


@pytest.mark.parametrize("weights", HERE)
@pytest.mark.parametrize(
    ("model_type", "changes"),
    [
        ("bert", {"hidden_act": "silu"}),
        ("modernbert", {"local_attention": 8}),
        ("modernbert", {"pooling": "cls"}),
        ("deberta-v2", {}),
        ("deberta-v2", {"pooling": "cls"}),
        ("mobilebert", {}),
    ],
    ids=str,
)
def test_an_encoder_that_has_no_kernels_here_is_converted_whole(
    model_type: str, changes: dict, weights: str, tmp_path: Path
) -> None:
    parts = make(model_type, **changes)
    assert not is_ours(parts.family, parts.config)
    write_engine_file(tmp_path / "model.onnx", weights=weights, **vars(parts))
    bound = BOUNDS[weights] * (1 if weights == "float32" else spread(parts))
    assert largest_difference(parts, tmp_path / "model.onnx") < bound
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]


@pytest.mark.parametrize("model_type", ["bert", "mobilebert"])
def test_the_highest_scores_reach_no_padding(model_type: str, tmp_path: Path) -> None:
    parts = make(model_type)
    for layer in ("layer_0", "layer_1"):
        parts.backbone.get_layer(layer).norm.gamma.assign_add([1000.0] * 16)
    assert 300 < spread(parts) < np.inf
    write_engine_file(tmp_path / "model.onnx", weights="float32", **vars(parts))
    assert largest_difference(parts, tmp_path / "model.onnx") < 1e-5 * spread(parts)


def test_a_family_that_builds_its_own_encoder_is_not_ours() -> None:
    class Other(type(find_family({"model_type": "bert"}))):
        def build(self, config):
            return super().build(config)

    parts = make("bert")
    assert type(parts.family).build is Family.build
    assert not is_ours(Other("bert"), parts.config)
