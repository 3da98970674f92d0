"""Held against PyTorch's AutoModelForSequenceClassification, both ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tltk.backbones import LoadedBackbone, load_backbone, write_backbone
from tltk.errors import WeightsError
from tltk.heads import (
    LinearHead,
    MlpHead,
    TokenLinearHead,
    attach,
    build_head,
    huggingface_tensors,
    load_huggingface_head,
)
from tltk.heads.pooling import FamilyPooling
from tltk.recipe import HeadSection

torch = pytest.importorskip("torch", reason="torch is the oracle of the parity tests")

_BERT = {
    "vocab_size": 60,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 40,
    "max_position_embeddings": 40,
}
_DISTILBERT = {
    "vocab_size": 60,
    "dim": 24,
    "n_layers": 2,
    "n_heads": 3,
    "hidden_dim": 40,
    "max_position_embeddings": 40,
}
_MODERNBERT = {
    **{key: _BERT[key] for key in ("vocab_size", "hidden_size", "num_hidden_layers", "intermediate_size")},
    "num_attention_heads": 3,
    "local_attention": 6,
    **dict.fromkeys(("pad_token_id", "cls_token_id", "sep_token_id", "bos_token_id", "eos_token_id"), 1),
}
_DEBERTA = {
    "relative_attention": True,
    "share_att_key": True,
    "position_biased_input": False,
    "type_vocab_size": 0,
    "pos_att_type": ["p2c", "c2p"],
    "norm_rel_ebd": "layer_norm",
    "position_buckets": 8,
    "cls_dropout": 0.4,
}
CONFIGS: dict[str, dict[str, Any]] = {
    "bert": _BERT,
    "roberta": {**_BERT, "pad_token_id": 1, "type_vocab_size": 1},
    "xlm-roberta": {**_BERT, "pad_token_id": 1, "type_vocab_size": 1},
    "camembert": {**_BERT, "pad_token_id": 1, "type_vocab_size": 1},
    "distilbert": _DISTILBERT,
    "electra": {**_BERT, "embedding_size": 16},
    "deberta-v2": {**_BERT, **_DEBERTA},
    "modernbert": {**_MODERNBERT, "classifier_pooling": "cls"},
    "modernbert by the mean": {**_MODERNBERT, "classifier_pooling": "mean"},
}
LABELS = 3


@pytest.fixture(params=CONFIGS)
def oracle(request: pytest.FixtureRequest) -> Any:
    """A PyTorch classifier with random weights, biases included, so that no tensor can be forgotten unseen."""
    from transformers import AutoConfig, AutoModelForSequenceClassification

    config = AutoConfig.for_model(request.param.split()[0], num_labels=LABELS, **CONFIGS[request.param])
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_config(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    return model


def _inputs(model: keras.Model) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    ids = generator.integers(5, 60, (4, 12)).astype("int32")
    mask = (np.arange(12) < np.array([[12], [7], [3], [1]])).astype("int32")
    batch = {"input_ids": np.where(mask, ids, 1), "attention_mask": mask}
    if "token_type_ids" in model.input:
        batch["token_type_ids"] = (generator.integers(0, 2, (4, 12)) * mask).astype("int32")
    return {name: array.astype("int32") for name, array in batch.items()}


def _oracle_logits(oracle: Any, batch: dict[str, np.ndarray]) -> np.ndarray:
    with torch.no_grad():
        return oracle(**{name: torch.tensor(array).long() for name, array in batch.items()}).logits.numpy()


def _classifier(loaded: LoadedBackbone, units: int = LABELS, **section: Any) -> keras.Model:
    head = build_head(HeadSection(**section), units=units, family=loaded.family, config=loaded.config)
    return attach(loaded.model, head, units=units)


def test_a_classifier_saved_by_pytorch_gives_the_same_logits_here(oracle: Any, tmp_path: Path) -> None:
    oracle.save_pretrained(tmp_path)
    loaded = load_backbone(tmp_path)
    model = _classifier(loaded)
    weights = load_huggingface_head(model.get_layer("head"), loaded.head_tensors, loaded.family)
    assert weights
    assert sorted(weights.loaded) == sorted(loaded.family.classification_head.tensors)
    batch = _inputs(model)
    np.testing.assert_allclose(model(batch), _oracle_logits(oracle, batch), atol=1e-4, rtol=0)


def test_a_classifier_made_here_gives_the_same_logits_in_pytorch(oracle: Any, tmp_path: Path) -> None:
    from transformers import AutoModelForSequenceClassification

    oracle.save_pretrained(tmp_path / "start")
    loaded = load_backbone(tmp_path / "start")
    model = _classifier(loaded)  # the head keeps its own random weights
    for variable in model.get_layer("head").weights:
        variable.assign(np.random.default_rng(1).normal(size=variable.shape).astype("float32"))
    tensors = huggingface_tensors(model.get_layer("head"), loaded.family)
    write_backbone(loaded.model, loaded.family, loaded.config, None, tmp_path / "made", head_tensors=tensors)
    opened, info = AutoModelForSequenceClassification.from_pretrained(tmp_path / "made", output_loading_info=True)
    assert not any(info[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    batch = _inputs(model)
    np.testing.assert_allclose(model(batch), _oracle_logits(opened.eval(), batch), atol=1e-4, rtol=0)


def test_dropout_and_initial_weights_follow_the_checkpoint(oracle: Any, tmp_path: Path) -> None:
    oracle.config.initializer_range = 0.5
    oracle.config.update({"classifier_dropout": 0.4, "seq_classif_dropout": 0.4})
    oracle.save_pretrained(tmp_path)
    head = _classifier(load_backbone(tmp_path)).get_layer("head")
    assert head.dropout_rate == 0.4
    assert np.std(head.pool.dense.kernel) == pytest.approx(0.5, rel=0.2)
    before_dense = not type(oracle).__name__.startswith(("BertFor", "DistilBertFor", "ModernBertFor", "DebertaV2For"))
    assert head.pool.dropout_rate == (0.4 if before_dense else 0.0)


@pytest.mark.parametrize(
    "section",
    [
        {"pooling": "cls"},
        {"pooling": "mean"},
        {"pooling": "max"},
        {"pooling": "attention"},
        {"name": "mlp"},
        {"name": "mlp", "pooling": "mean"},
    ],
    ids=str,
)
def test_another_head_does_not_pretend(section: dict[str, Any], tiny_bert_folder: Path) -> None:
    loaded = load_backbone(tiny_bert_folder)
    head = _classifier(loaded, **section).get_layer("head")
    assert huggingface_tensors(head, loaded.family) is None


def test_a_subclass_and_a_layer_of_the_users_own_do_not_pretend(tiny_bert_folder: Path) -> None:
    class Scaled(LinearHead):
        def call(self, *args: Any, **kwargs: Any) -> Any:
            return 2 * super().call(*args, **kwargs)

    loaded = load_backbone(tiny_bert_folder)
    pooler = {"units": 32, "activation": "tanh"}
    assert huggingface_tensors(Scaled(2, family_pooler=pooler), loaded.family) is None
    assert huggingface_tensors(keras.layers.Dense(2), loaded.family) is None
    other = LinearHead(2, family_pooler={"units": 32, "activation": "relu"})
    assert huggingface_tensors(other, loaded.family) is None


@pytest.mark.parametrize("name", ["linear", "mlp"])
def test_a_bare_encoder_lends_its_pooler(name: str, tiny_bert_folder: Path) -> None:
    loaded = load_backbone(tiny_bert_folder)
    head = _classifier(loaded, name=name).get_layer("head")
    weights = load_huggingface_head(head, loaded.head_tensors, loaded.family)
    assert weights.loaded == ("bert.pooler.dense.weight", "bert.pooler.dense.bias")
    np.testing.assert_array_equal(head.pool.dense.kernel, loaded.head_tensors["bert.pooler.dense.weight"].T)
    others = ("hidden_0.kernel", "hidden_0.bias", "output.kernel", "output.bias")
    own = {"linear": ("classifier.weight", "classifier.bias"), "mlp": tuple(f"head.{other}" for other in others)}
    assert sorted(weights.initialised) == sorted(own[name])


def test_an_output_layer_for_other_labels_is_left_as_it_is(tiny_bert_folder: Path) -> None:
    loaded = load_backbone(tiny_bert_folder)
    head = _classifier(loaded, units=2).get_layer("head")
    before = np.array(head.output_layer.kernel)
    tensors = {**loaded.head_tensors, "classifier.weight": np.ones((5, 32)), "classifier.bias": np.ones(5)}
    weights = load_huggingface_head(head, tensors, loaded.family)
    assert not weights
    assert weights.initialised == ("classifier.weight", "classifier.bias")
    np.testing.assert_array_equal(head.output_layer.kernel, before)


def test_an_output_layer_of_another_class_is_left_alone(tiny_bert_folder: Path) -> None:
    loaded = load_backbone(tiny_bert_folder)
    head = _classifier(loaded).get_layer("head")
    tensors = {**loaded.head_tensors, "classifier.weight": np.ones((LABELS, 32)), "classifier.bias": np.ones(LABELS)}
    for architecture in ("BertForTokenClassification", "BertForMultipleChoice"):
        weights = load_huggingface_head(head, tensors, loaded.family, architectures=[architecture])
        assert weights.initialised == ("classifier.weight", "classifier.bias")
        assert weights.loaded == ("bert.pooler.dense.weight", "bert.pooler.dense.bias")
    for architectures in (None, ["BertModel"], ["BertForSequenceClassification"]):
        assert load_huggingface_head(head, tensors, loaded.family, architectures=architectures)


def test_a_head_that_pools_otherwise_takes_nothing(tiny_bert_folder: Path) -> None:
    loaded = load_backbone(tiny_bert_folder)
    head = _classifier(loaded, pooling="mean").get_layer("head")
    weights = load_huggingface_head(head, loaded.head_tensors, loaded.family)
    assert weights.loaded == ()
    assert weights.initialised == ("head.output.kernel", "head.output.bias")


def test_what_starts_anew_is_named_whatever_the_head_is(tiny_bert_folder: Path) -> None:
    loaded = load_backbone(tiny_bert_folder)
    head = _classifier(loaded, name="crf").get_layer("head")
    names = load_huggingface_head(head, loaded.head_tensors, loaded.family).initialised
    assert set(names) == {f"head.{part}" for part in ("transitions", "start", "output.kernel", "output.bias")}
    own = keras.layers.Dense(2, name="own")
    attach(loaded.model, own)
    assert load_huggingface_head(own, loaded.head_tensors, loaded.family).initialised == ("own.kernel", "own.bias")


def test_a_layer_that_is_there_in_part_is_named(tiny_bert_folder: Path) -> None:
    loaded = load_backbone(tiny_bert_folder)
    head = _classifier(loaded).get_layer("head")
    before = np.array(head.output_layer.kernel)
    tensors = {**loaded.head_tensors, "classifier.weight": np.ones((LABELS, 32))}
    with pytest.raises(WeightsError, match=r"lacks classifier\.bias; the rest of that layer is there"):
        load_huggingface_head(head, tensors, loaded.family)
    np.testing.assert_array_equal(head.output_layer.kernel, before)


def test_a_pooler_of_another_width_is_named(tiny_bert_folder: Path) -> None:
    loaded = load_backbone(tiny_bert_folder)
    head = _classifier(loaded).get_layer("head")
    tensors = {"pooler.dense.weight": np.ones((16, 16)), "pooler.dense.bias": np.ones(16)}
    with pytest.raises(WeightsError, match=r"pooler\.dense\.weight has shape \(16, 16\); expected \(32, 32\)"):
        load_huggingface_head(head, tensors, loaded.family)


@pytest.mark.parametrize(("name", "takes_the_output"), [("token-linear", True), ("crf", False)])
def test_heads_of_positions_take_the_layers_in_front_too(name: str, takes_the_output: bool, tmp_path: Path) -> None:
    from transformers import AutoConfig, AutoModelForTokenClassification

    config = AutoConfig.for_model("modernbert", num_labels=LABELS, **_MODERNBERT)
    AutoModelForTokenClassification.from_config(config).save_pretrained(tmp_path)
    loaded = load_backbone(tmp_path)
    head = _classifier(loaded, name=name).get_layer("head")
    weights = load_huggingface_head(
        head, loaded.head_tensors, loaded.family, architectures=["ModernBertForTokenClassification"]
    )
    assert set(weights.loaded) >= {"head.dense.weight", "head.norm.weight"}
    assert ("classifier.weight" in weights.loaded) == takes_the_output == (not weights.initialised)
    np.testing.assert_array_equal(head.dense.kernel, loaded.head_tensors["head.dense.weight"].T)


def test_a_head_without_the_layers_in_front_does_not_pretend(tmp_path: Path) -> None:
    from transformers import AutoConfig, AutoModelForTokenClassification

    config = AutoConfig.for_model("modernbert", num_labels=LABELS, **_MODERNBERT)
    AutoModelForTokenClassification.from_config(config).save_pretrained(tmp_path)
    loaded = load_backbone(tmp_path)
    head = TokenLinearHead(LABELS, name="head")
    attach(loaded.model, head)
    assert huggingface_tensors(head, loaded.family) is None
    weights = load_huggingface_head(head, loaded.head_tensors, loaded.family)
    assert (weights.loaded, weights.initialised) == ((), ("head.output.kernel", "head.output.bias"))


def test_an_unbuilt_head_is_refused(tiny_bert_folder: Path) -> None:
    loaded = load_backbone(tiny_bert_folder)
    head = MlpHead(2, family_pooler={"units": 32, "activation": "tanh"})
    assert isinstance(head.pool, FamilyPooling)
    with pytest.raises(ValueError, match="attach"):
        load_huggingface_head(head, loaded.head_tensors, loaded.family)
