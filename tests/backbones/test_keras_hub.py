"""KerasHub's encoders behind the contract of ours: ids in, what KerasHub itself computes out."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.keras_hub_preset import keras_hub_or_skip, write_preset
from tltk.backbones import LoadedBackbone, find_family, load_backbone, load_config, load_tokenizer
from tltk.backbones.preset_tokenizer import tokenizer_folder
from tltk.data import FileTokenizer
from tltk.errors import AssetError, WeightsError

keras_hub = keras_hub_or_skip()

KINDS = ("Bert", "DistilBert", "Electra", "Albert", "Roberta", "DebertaV3")
TEXTS = [
    "A gripping, funny film!",
    "naïve café 北京 2024",
    "ÀÉÎ the\tfilm\nthe end ...",
    "film" * 9,
    "",
    "(x) - it's 1,234.50 $",
]


def inputs(loaded: LoadedBackbone) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    mask = np.arange(12) < np.array([[12], [7], [2]])
    values = {
        "input_ids": random.integers(5, loaded.config.vocabulary_size, mask.shape) * mask,
        "attention_mask": mask,
        "token_type_ids": random.integers(0, 2, mask.shape) * mask,
    }
    return {name: values[name].astype("int32") for name in loaded.config.inputs}


def theirs(folder: Path, batch: dict[str, np.ndarray]) -> np.ndarray:
    names = {"input_ids": "token_ids", "attention_mask": "padding_mask", "token_type_ids": "segment_ids"}
    output = keras_hub.models.Backbone.from_preset(str(folder))({names[name]: batch[name] for name in batch})
    return np.asarray(output["sequence_output"] if isinstance(output, dict) else output)


@pytest.mark.parametrize("kind", KINDS)
def test_hidden_states_are_kerashubs_and_survive_writing(kind: str, tmp_path: Path) -> None:
    tokenizer = {"Albert": "Bert", "DebertaV3": "Bert"}.get(kind, kind)
    folder = write_preset(tmp_path / "preset", kind=kind) if tokenizer == kind else _bare(tmp_path / "preset", kind)
    loaded = load_backbone(folder)
    batch = inputs(loaded)
    expected = theirs(folder, batch)
    assert expected.std() > 0.1
    np.testing.assert_allclose(loaded.model(batch), expected, rtol=0, atol=1e-6)
    assert loaded.model.output.shape == (None, None, loaded.config.hidden_size)
    assert loaded.config.max_positions == 64
    for variable in loaded.model.trainable_variables:
        variable.assign_add(np.full(variable.shape, 0.01))
    changed = np.asarray(loaded.model(batch))
    loaded.family.write(loaded.model, loaded.config, None, tmp_path / "written")
    np.testing.assert_array_equal(load_backbone(tmp_path / "written").model(batch), changed)
    np.testing.assert_allclose(theirs(tmp_path / "written", batch), changed, rtol=0, atol=1e-6)
    assert load_config(tmp_path / "written")[1] == loaded.config


def _bare(folder: Path, kind: str) -> Path:
    """A preset whose own tokenizer, of SentencePiece, is not there."""
    write_preset(folder.parent / "words")
    sizes = {"num_layers": 2, "num_heads": 2, "hidden_dim": 32, "intermediate_dim": 48, "max_sequence_length": 64}
    more = {"embedding_dim": 16} if kind == "Albert" else {}
    getattr(keras_hub.models, f"{kind}Backbone")(vocabulary_size=90, **sizes, **more).save_to_preset(str(folder))
    return folder


def test_every_trainable_weight_has_a_gradient(tmp_path: Path) -> None:
    import tensorflow as tf

    loaded = load_backbone(write_preset(tmp_path / "preset"), dropout=0.0)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(loaded.model(inputs(loaded), training=True) ** 2)
    values = [variable.value for variable in loaded.model.trainable_variables]
    assert all(gradient is not None for gradient in tape.gradient(loss, values))
    rates = {layer.rate for layer in loaded.model._flatten_layers() if isinstance(layer, keras.layers.Dropout)}
    assert rates == {0.0}


def test_a_mixed_precision_model_is_written_in_float32(tmp_path: Path) -> None:
    folder = write_preset(tmp_path / "preset")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        loaded = load_backbone(folder)
    finally:
        keras.config.set_dtype_policy(before)
    assert loaded.model.output.dtype == "bfloat16"
    loaded.family.write(loaded.model, loaded.config, None, tmp_path / "written")
    batch = inputs(loaded)
    np.testing.assert_array_equal(theirs(tmp_path / "written", batch), theirs(folder, batch))


@pytest.mark.parametrize("kind", ["Bert", "DistilBert", "Electra", "Roberta"])
def test_the_tokenizer_gives_kerashubs_ids(kind: str, tmp_path: Path) -> None:
    folder = write_preset(tmp_path / "preset", kind=kind)
    tokenizer = load_tokenizer(folder)
    own = keras_hub.tokenizers.Tokenizer.from_preset(str(folder))
    for text in TEXTS:
        assert tokenizer(text, add_special_tokens=False)["input_ids"] == list(np.asarray(own(text))), text
    pair = tokenizer("a film", "the end")["input_ids"]
    assert pair[0] == tokenizer.cls_token_id
    assert pair.count(tokenizer.sep_token_id) == (3 if kind == "Roberta" else 2)


def test_accents_are_stripped_where_the_preset_says_so(tmp_path: Path) -> None:
    tokenizer = load_tokenizer(write_preset(tmp_path / "preset", strip_accents=True))
    own = keras_hub.tokenizers.Tokenizer.from_preset(str(tmp_path / "preset"))
    assert tokenizer.tokenize("Cafés") == tokenizer.tokenize("cafes")
    assert tokenizer("Cafés", add_special_tokens=False)["input_ids"] == list(np.asarray(own("Cafés")))


def test_the_tokenizer_lies_in_a_folder_of_its_own_within_a_written_preset(tmp_path: Path) -> None:
    loaded = load_backbone(write_preset(tmp_path / "preset"))
    tokenizer = load_tokenizer(tmp_path / "preset")
    loaded.family.write(loaded.model, loaded.config, tokenizer, tmp_path / "written")
    assert load_tokenizer(tmp_path / "written").get_vocab() == tokenizer.get_vocab()
    quick = FileTokenizer(tokenizer_folder(tmp_path / "written"), loaded.config.inputs)
    assert quick.backend_tokenizer.encode(TEXTS[0]).ids == tokenizer(TEXTS[0])["input_ids"]
    assert quick.pad_token_id == tokenizer.pad_token_id
    own = keras_hub.tokenizers.Tokenizer.from_preset(str(tmp_path / "written"))
    assert list(np.asarray(own(TEXTS[0]))) == tokenizer(TEXTS[0], add_special_tokens=False)["input_ids"]


def test_what_cannot_be_had_exactly_is_refused(tmp_path: Path) -> None:
    folder = write_preset(tmp_path / "preset")
    with pytest.raises(WeightsError, match="GPT2Backbone; expected one of BertBackbone"):
        find_family({"registered_name": "keras_hub>GPT2Backbone"}).read_config({"class_name": "GPT2Backbone"})
    with pytest.raises(WeightsError, match="one rate, backbone.dropout"):
        load_config(folder, attention_dropout=0.1)
    family, config = load_config(folder)
    with pytest.raises(WeightsError, match="written as presets"):
        family.tensor_names(config)
    description = json.loads((folder / "tokenizer.json").read_text())
    (folder / "tokenizer.json").write_text(json.dumps({**description, "class_name": "DebertaV3Tokenizer"}))
    with pytest.raises(AssetError, match=r"DebertaV3Tokenizer.*\n?.*backbone\.tokenizer"):
        load_tokenizer(folder)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(AssetError, match="tokenizer cannot be read"):
        load_tokenizer(folder)
    (folder / "model.weights.h5").write_bytes(b"cut off")
    with pytest.raises(WeightsError, match="cannot read the preset"):
        load_backbone(folder)
