"""What a Bundle promises: checked, relocatable, honest about Hugging Face, and safe."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

import tltk
from tests.reviews import make_reviews, tiny_recipe
from tltk.errors import BundleError
from tltk.manifest import checksum

TEXTS = ["a gripping story", "the worst movie of the year with a boring plot", "naïve café 北京"]


def fit(checkpoint, output, *, head=None, **changes):
    return tltk.fit(tiny_recipe(checkpoint, train__epochs=1, **changes), data=make_reviews(), output=output, head=head)


@pytest.fixture(scope="module")
def bundle_folder(tiny_bert_folder, tmp_path_factory):
    return fit(tiny_bert_folder, tmp_path_factory.mktemp("runs") / "tiny").path / "bundle"


@pytest.fixture
def copied(bundle_folder, tmp_path):
    import shutil

    shutil.copytree(bundle_folder, tmp_path / "bundle")
    return tmp_path / "bundle"


def bundle_files(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def test_one_flipped_byte_in_any_file_is_refused_by_name(copied):
    for relative in bundle_files(copied):
        path = copied / relative
        whole = path.read_bytes()
        flipped = bytearray(whole)
        flipped[len(flipped) // 2] ^= 1
        path.write_bytes(bytes(flipped))
        with pytest.raises(BundleError, match=relative.name):
            tltk.load(copied)
        path.write_bytes(whole)
    assert tltk.load(copied).labels == ["negative", "positive"]


def test_missing_and_cut_files_are_named(copied):
    weights = copied / "encoder" / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:100])
    with pytest.raises(BundleError, match=r"encoder/model.safetensors has 100 bytes instead of"):
        tltk.load(copied)
    weights.unlink()
    with pytest.raises(BundleError, match=r"encoder/model.safetensors is missing"):
        tltk.load(copied)


def test_a_list_that_reaches_outside_is_refused(copied):
    path = copied / "tltk.json"
    document = json.loads(path.read_text())
    document["files"]["../../secret"] = {"sha256": "0" * 64, "bytes": 1}
    document["checksum"] = checksum(document)
    path.write_text(json.dumps(document))
    with pytest.raises(BundleError, match="outside"):
        tltk.load(copied)


def test_a_newer_format_is_refused(copied):
    path = copied / "tltk.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "format_version": 99}))
    with pytest.raises(BundleError, match="99"):
        tltk.load(copied)


@pytest.mark.parametrize(("field", "value"), [("files", None), ("format_version", "1"), ("encoder", [])])
def test_a_record_that_lacks_what_it_must_hold(copied, field, value):
    from tltk.manifest import checksum

    path = copied / "tltk.json"
    document = {**json.loads(path.read_text()), field: value}
    path.write_text(json.dumps({**document, "checksum": checksum(document)}))
    with pytest.raises(BundleError, match=rf"tltk.json: The file lacks {field}"):
        tltk.load(copied)


def test_a_folder_that_is_no_bundle(tmp_path):
    with pytest.raises(BundleError, match=r"no tltk\.json"):
        tltk.load(tmp_path)


def torch_logits(folder, texts):
    torch = pytest.importorskip("torch", reason="PyTorch (torch) is the oracle of this test and is not installed")
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model, info = AutoModelForSequenceClassification.from_pretrained(folder, output_loading_info=True)
    inputs = AutoTokenizer.from_pretrained(folder)(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        return model(**inputs).logits.numpy(), model, info


def our_logits(bundle, texts):
    return bundle.predictor.raw(bundle.predictor.text_encoder.encode(texts))


def test_pytorch_opens_the_encoder_and_gives_the_same_logits(bundle_folder):
    logits, model, info = torch_logits(bundle_folder / "encoder", TEXTS)
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    assert type(model).__name__ == "BertForSequenceClassification"
    assert model.config.id2label == {0: "negative", 1: "positive"}
    np.testing.assert_allclose(our_logits(tltk.load(bundle_folder), TEXTS), logits, atol=1e-4)


@pytest.mark.parametrize("changes", [{"head__pooling": "mean"}, {"head__name": "mlp"}, {"head__pooling": "attention"}])
def test_another_head_does_not_pretend(tiny_bert_folder, tmp_path, changes):
    run = fit(tiny_bert_folder, tmp_path / "run", **changes)
    config = json.loads((run.path / "bundle/encoder/config.json").read_text())
    assert config["architectures"] == ["BertModel"]
    assert (run.path / "bundle/head.safetensors").is_file()
    assert "id2label" not in config
    before = run.predict(TEXTS)
    assert tltk.load(run.path).predict(TEXTS) == before


@tltk.register_head("both-ends")
class BothEnds(keras.layers.Layer):
    """A head from outside: the first and the last position side by side, then a dense layer."""

    def __init__(self, units, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.units, self.rate = units, rate
        self.dropout = keras.layers.Dropout(rate)
        self.dense = keras.layers.Dense(units)

    def build(self, shape):
        self.dense.build((None, 2 * shape[-1]))

    def call(self, hidden_states, training=None):
        both = keras.ops.concatenate([hidden_states[:, 0], hidden_states[:, -1]], axis=-1)
        return self.dense(self.dropout(both, training=training))

    def get_config(self):
        return {**super().get_config(), "units": self.units, "rate": self.rate}


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_head_of_ones_own_by_name_and_as_object(tiny_bert_folder, tmp_path, precision):
    named = fit(
        tiny_bert_folder,
        tmp_path / "named",
        head__name="both-ends",
        head__options={"rate": 0.2},
        train__precision=precision,
    )
    assert named.model.get_layer("head").rate == 0.2
    given = fit(tiny_bert_folder, tmp_path / "given", head=BothEnds(2, name="mine"), train__precision=precision)
    for run in (named, given):
        assert tltk.load(run.path).predict(TEXTS[:2]) == run.predict(TEXTS[:2])
        assert all(layer.compute_dtype == "float32" for layer in run.model._flatten_layers(include_self=False))


def test_a_head_with_a_lambda_is_refused(tiny_bert_folder, tmp_path):
    head = keras.Sequential([keras.layers.Lambda(lambda x: x[:, 0]), keras.layers.Dense(2)])
    with pytest.raises(tltk.TltkError, match="lambda"):
        fit(tiny_bert_folder, tmp_path / "run", head=head)
    assert not (tmp_path / "run" / "checkpoints").exists(), "refused only after it was trained"


def test_a_head_of_ones_own_is_left_as_it_was_given(tiny_bert_folder, tmp_path):
    head = BothEnds(2)
    runs = [fit(tiny_bert_folder, tmp_path / name, head=head) for name in ("one", "two")]
    assert runs[0].history == runs[1].history
    assert not head.built
    again = fit(tiny_bert_folder, tmp_path / "one", head=BothEnds(2))  # Keras gives it another name
    assert again.metrics == runs[0].metrics


def test_a_bundle_imports_nothing_for_its_head(copied, tmp_path, monkeypatch):
    (tmp_path / "trap.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    path = copied / "tltk.json"
    document = json.loads(path.read_text())
    for module, name in [("trap", "Head"), ("keras.layers", "TFSMLayer"), ("keras.utils", "get_file")]:
        document["head"] = {"module": module, "class_name": name, "config": {}, "registered_name": None}
        path.write_text(json.dumps({**document, "checksum": checksum(document)}))
        with pytest.raises(BundleError, match=f"{name}.*nor registered"):
            _ = tltk.load(copied).model


def test_a_head_with_the_wrong_units_is_refused(tiny_bert_folder, tmp_path):
    with pytest.raises(tltk.TltkError, match="units"):
        fit(tiny_bert_folder, tmp_path / "run", head=BothEnds(3))


class TestPlainKeras:
    """DESIGN: everything public is a plain Keras object underneath."""

    def inputs(self, model):
        draw = np.random.default_rng(0)
        ids = draw.integers(5, 90, (4, 12)).astype("int32")
        return {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}

    def test_save_load_safely_and_clone(self, bundle_folder, tmp_path):
        model = tltk.load(bundle_folder).model
        inputs = self.inputs(model)
        expected = model.predict(inputs, verbose=0)
        model.save(tmp_path / "m.keras")
        loaded = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
        np.testing.assert_array_equal(loaded.predict(inputs, verbose=0), expected)
        clone = keras.models.clone_model(model)
        clone.set_weights(model.get_weights())
        np.testing.assert_array_equal(clone.predict(inputs, verbose=0), expected)
        assert "bert" in {layer.name for layer in model.layers}
        model.summary(print_fn=lambda text: None)

    def test_own_compile_and_fit(self, bundle_folder):
        model = tltk.load(bundle_folder).model
        keras.utils.set_random_seed(0)
        model.compile(
            keras.optimizers.SGD(0.1),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        before = [np.array(weight) for weight in model.trainable_weights]
        history = model.fit(self.inputs(model), np.array([0, 1, 0, 1]), epochs=8, verbose=0)
        assert history.history["loss"][-1] < history.history["loss"][0]
        assert any(np.any(old != np.array(new)) for old, new in zip(before, model.trainable_weights, strict=True))
