"""What every family of encoders must keep; a family's own test is a subclass of a few lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import pytest
from scipy.special import erf

import tltk.backbones.layers
from tests.backbones import oracle
from tltk.backbones import BackboneConfig, build_backbone, find_family, load_backbone, write_backbone
from tltk.backbones.encoder import first_position
from tltk.backbones.weights import encoder_tensors, find_variable
from tltk.build import Built, restore_model
from tltk.engines.keras_engine import KerasEngine, weights_in
from tltk.errors import DataError
from tltk.heads import attach, build_head, heads, load_huggingface_head
from tltk.recipe import HeadSection

TOLERANCE = 1e-4
SEEDS = (0, 1, 2)


def small_config(model_type: str, seed: int) -> dict[str, Any]:
    """Return a random small config with the keys that BERT, RoBERTa and ELECTRA share."""
    random = np.random.default_rng(seed)
    heads = int(random.integers(1, 5))
    return {
        "model_type": model_type,
        "vocab_size": int(random.integers(50, 120)),
        "hidden_size": heads * int(random.integers(2, 12)),
        "num_hidden_layers": int(random.integers(1, 4)),
        "num_attention_heads": heads,
        "intermediate_size": int(random.integers(8, 64)),
        "hidden_act": str(random.choice(["gelu", "gelu_new", "relu"])) if seed else "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.2,
        "max_position_embeddings": 40,
        "type_vocab_size": 2,
        "layer_norm_eps": float(random.choice([1e-12, 1e-5])),
        "initializer_range": 0.1,
        "pad_token_id": 0,
    }


class BackboneContract:
    """Set `model_type`; override `config` where the family's keys differ from BERT's."""

    model_type: ClassVar[str]
    pretraining: ClassVar[str] = "AutoModelForPreTraining"
    # Whether the last layer can compute the first position alone; a family of other layers gives all of them.
    shortens: ClassVar[bool] = True

    def config(self, seed: int) -> dict[str, Any]:
        return small_config(self.model_type, seed)

    # -- parity with PyTorch ------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("padding", ["none", "right", "left", "ragged"])
    @pytest.mark.parametrize("seed", SEEDS)
    def test_hidden_states_equal_pytorch(self, seed: int, padding: str, tmp_path: Path) -> None:
        raw = self.config(seed)
        theirs = oracle.random_model(raw, seed=seed)
        theirs.save_pretrained(tmp_path)
        ours = load_backbone(tmp_path)
        inputs = self.inputs(raw, padding=padding, seed=seed)
        expected = oracle.answer(theirs, inputs)
        assert expected.std() > 0.1
        np.testing.assert_allclose(ours.model(inputs), expected, rtol=0, atol=TOLERANCE)

    def test_inputs_up_to_the_last_position_equal_pytorch(self, tmp_path: Path) -> None:
        raw = self.config(0)
        theirs = oracle.random_model(raw)
        theirs.save_pretrained(tmp_path)
        ours = load_backbone(tmp_path)
        for length in (ours.config.max_positions - 1, ours.config.max_positions):
            inputs = self.inputs(raw, length=length)
            np.testing.assert_allclose(ours.model(inputs), oracle.answer(theirs, inputs), rtol=0, atol=TOLERANCE)
        with pytest.raises(DataError, match=f"positions for {ours.config.max_positions}"):
            ours.model(self.inputs(raw, length=ours.config.max_positions + 1))

    def test_gradients_equal_pytorch(self, tmp_path: Path) -> None:
        import tensorflow as tf

        torch = oracle.torch_or_skip()
        raw = self.config(1)
        theirs = oracle.random_model(raw, seed=1)
        theirs.save_pretrained(tmp_path)
        ours = load_backbone(tmp_path)
        inputs = self.inputs(raw, padding="right", seed=1)
        weights = np.random.default_rng(0).normal(size=(*inputs["input_ids"].shape, ours.config.hidden_size))
        weights = (weights * inputs["attention_mask"][..., None]).astype("float32")

        given = {name: torch.tensor(value, dtype=torch.long) for name, value in inputs.items()}
        (theirs(**given).last_hidden_state * torch.tensor(weights)).sum().backward()
        expected = {name: parameter.grad for name, parameter in theirs.named_parameters()}
        names = ours.family.tensor_names(ours.config)
        variables = {row.variable: find_variable(ours.model, row.variable) for row in names}
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(ours.model(inputs) * weights)
        found = tape.gradient(loss, {name: variable.value for name, variable in variables.items()})
        for row in names:
            gradient = np.split(tf.convert_to_tensor(found[row.variable]).numpy(), row.parts, axis=-1)[row.part]
            gradient = gradient.T if row.transpose else gradient
            reference = expected[row.tensor].numpy()
            # PyTorch keeps the gradient of the padding id's embedding at zero; here only masked positions read that
            # row, and what they yield has weight 0, so it is zero as well.
            np.testing.assert_allclose(gradient, reference, rtol=1e-3, atol=2e-4, err_msg=row.tensor)

    def test_own_classification_class_gives_the_logits_of_its_description(self, tmp_path: Path) -> None:
        raw = {**self.config(0), "num_labels": 3}
        theirs = oracle.random_model(raw, kind="AutoModelForSequenceClassification")
        theirs.save_pretrained(tmp_path / "theirs")
        ours = load_backbone(tmp_path / "theirs")
        head = ours.family.classification_head
        assert set(ours.head_tensors) == set(head.tensors)
        assert ours.report.initialised == ()
        inputs = self.inputs(raw, padding="right")
        expected = oracle.answer(theirs, inputs, "logits")
        np.testing.assert_allclose(logits(ours, inputs), expected, rtol=0, atol=TOLERANCE)

        write_backbone(ours.model, ours.family, ours.config, None, tmp_path / "ours", head_tensors=ours.head_tensors)
        again, info = oracle.open_folder(tmp_path / "ours", "AutoModelForSequenceClassification")
        assert not any(info.values()), info
        assert type(again).__name__ == ours.family.class_name("ForSequenceClassification")
        np.testing.assert_array_equal(oracle.answer(again, inputs, "logits"), expected)

    @pytest.mark.parametrize("name", ["token-linear", "span"])
    def test_own_class_of_every_position_gives_our_heads_outputs(self, name: str, tmp_path: Path) -> None:
        part = heads.get(name)
        units = 2 if name == "span" else 3
        raw = {**self.config(0), "num_labels": units, "classifier_dropout": 0.3, "qa_dropout": 0.3}
        raw["classifier_dropout_prob"] = 0.3
        family = find_family(raw)
        if getattr(family, part.family_head) is None:
            pytest.skip(f"{family.name} has another {part.family_head}")
        kind = f"AutoModel{part.huggingface_class}"
        theirs = oracle.random_model(raw, kind=kind)
        theirs.save_pretrained(tmp_path / "theirs")
        ours = load_backbone(tmp_path / "theirs")
        head = build_head(HeadSection(name=name), units=units, family=family, config=ours.config)
        dropouts = [module.p for name, module in theirs.named_children() if "dropout" in name or name == "drop"]
        assert head.dropout_rate == pytest.approx(dropouts[0] if dropouts else 0.0)
        model = attach(ours.model, head, units=units)
        assert load_huggingface_head(head, ours.head_tensors, family, architectures=[type(theirs).__name__])
        inputs = self.inputs(raw, padding="right")
        tokens = inputs["attention_mask"] != 0
        expected = positions(theirs, inputs)[tokens]
        np.testing.assert_allclose(np.asarray(model(inputs))[tokens], expected, rtol=0, atol=TOLERANCE)

        labels = () if name == "span" else ("O", "B", "I")
        built = Built(model, ours.model, head, family, ours.config)
        assert built.write(tmp_path / "ours", None, labels=labels, problem_type="single_label_classification")
        again, info = oracle.open_folder(tmp_path / "ours", kind)
        assert not any(info.values()), info
        assert type(again) is type(theirs)
        assert list(again.config.id2label.values()) == list(labels or ("LABEL_0", "LABEL_1"))
        np.testing.assert_array_equal(positions(again, inputs)[tokens], expected)
        unbuilt = type(head).from_config(head.get_config())
        restored = restore_model(tmp_path / "ours", head=unbuilt, head_file=None).model
        np.testing.assert_array_equal(restored(inputs), model(inputs))

    def test_folder_written_here_opens_in_pytorch(self, tmp_path: Path) -> None:
        raw = self.config(2)
        model = build_backbone(raw)
        family = find_family(raw)
        config = family.read_config(raw)
        write_backbone(model, family, config, None, tmp_path)
        theirs, info = oracle.open_folder(tmp_path)
        assert type(theirs).__name__ == family.class_name()
        assert not info["unexpected_keys"]
        assert not info["mismatched_keys"]
        assert set(info["missing_keys"]) <= set(family.pooler)
        inputs = self.inputs(raw, padding="ragged")
        np.testing.assert_allclose(model(inputs), oracle.answer(theirs, inputs), rtol=0, atol=TOLERANCE)

    def test_pretraining_checkpoint_opens_without_its_head(self, tmp_path: Path) -> None:
        raw = self.config(0)
        theirs = oracle.random_model(raw, kind=self.pretraining)
        theirs.save_pretrained(tmp_path)
        ours = load_backbone(tmp_path)
        assert ours.report.ignored
        inputs = self.inputs(raw, padding="right")
        expected = oracle.answer(theirs.base_model, inputs)
        np.testing.assert_allclose(ours.model(inputs), expected, rtol=0, atol=TOLERANCE)

    @pytest.mark.parametrize("half", ["bfloat16", "float16"])
    def test_half_precision_checkpoint_becomes_float32(self, half: str, tmp_path: Path) -> None:
        torch = oracle.torch_or_skip()
        raw = self.config(0)
        theirs = oracle.random_model(raw).to(getattr(torch, half))
        theirs.save_pretrained(tmp_path)
        ours = load_backbone(tmp_path)
        inputs = self.inputs(raw, padding="right")
        assert {variable.dtype for variable in ours.model.trainable_variables} == {"float32"}
        # Opened anew: `to` rounds what follows from the config alone (rotary angles) too.
        theirs = oracle.open_folder(tmp_path)[0].float()
        np.testing.assert_allclose(ours.model(inputs), oracle.answer(theirs, inputs), rtol=0, atol=TOLERANCE)

    # -- the name table ----------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("seed", SEEDS)
    def test_name_table_covers_every_variable_once(self, seed: int) -> None:
        raw = self.config(seed)
        model = build_backbone(raw)
        family = find_family(raw)
        names = family.tensor_names(family.read_config(raw))
        assert len({row.tensor for row in names}) == len(names)
        assert len({(row.variable, row.part) for row in names}) == len(names)
        covered = {id(find_variable(model, row.variable)) for row in names}
        assert covered == {id(variable) for variable in model.trainable_variables}

    @pytest.mark.parametrize("seed", SEEDS)
    def test_weights_survive_writing_and_reading(self, seed: int, tmp_path: Path) -> None:
        raw = self.config(seed)
        model = randomised(build_backbone(raw), seed)
        family = find_family(raw)
        config = family.read_config(raw)
        write_backbone(model, family, config, None, tmp_path)
        again = load_backbone(tmp_path)
        assert again.config == config
        for name, value in encoder_tensors(again.model, family, config).items():
            np.testing.assert_array_equal(value, encoder_tensors(model, family, config)[name], err_msg=name)
        for before, after in zip(model.trainable_variables, again.model.trainable_variables, strict=True):
            np.testing.assert_array_equal(before, after, err_msg=before.path)

    # -- a plain Keras object ----------------------------------------------------------------------------------------

    def test_is_saved_loaded_and_cloned_by_keras(self, tmp_path: Path) -> None:
        raw = self.config(0)
        model = randomised(build_backbone(raw), 0)
        inputs = self.inputs(raw, padding="ragged")
        expected = model(inputs)
        model.save(tmp_path / "model.keras")
        loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
        np.testing.assert_array_equal(loaded(inputs), expected)
        clone = keras.models.clone_model(model)
        clone.set_weights(model.get_weights())
        np.testing.assert_array_equal(clone(inputs), expected)
        assert clone.get_config() == model.get_config()

    def test_compiled_graphs_equal_eager(self) -> None:
        import tensorflow as tf

        raw = self.config(0)
        model = randomised(build_backbone(raw), 0)
        inputs = self.inputs(raw, padding="ragged")
        expected = model(inputs)
        graph = tf.function(lambda batch: model(batch))
        compiled = tf.function(lambda batch: model(batch), jit_compile=True)
        np.testing.assert_allclose(graph(inputs), expected, rtol=0, atol=1e-5)
        np.testing.assert_allclose(compiled(inputs), expected, rtol=0, atol=1e-5)

    def test_savedmodel_takes_any_batch_and_length(self, tmp_path: Path) -> None:
        import tensorflow as tf

        raw = self.config(1)
        model = randomised(build_backbone(raw), 1)
        model.export(tmp_path / "saved", format="tf_saved_model", verbose=False)
        reloaded = tf.saved_model.load(tmp_path / "saved")
        for batch, length in ((1, 3), (5, 17), (2, 30)):
            inputs = self.inputs(raw, batch=batch, length=length)
            given = {name: tf.constant(value) for name, value in inputs.items()}
            np.testing.assert_allclose(reloaded.serve(given), model(inputs), rtol=0, atol=1e-5)

    def test_onnx_takes_any_batch_and_length(self) -> None:
        import onnxruntime
        import tensorflow as tf
        import tf2onnx

        raw = self.config(2)
        model = randomised(build_backbone(raw), 2)
        signature = [{tensor.name: tf.TensorSpec((None, None), tf.int32, name=tensor.name) for tensor in model.inputs}]
        graph = tf.function(lambda batch: model(batch), input_signature=signature)
        proto, _ = tf2onnx.convert.from_function(graph, input_signature=signature, opset=17)
        session = onnxruntime.InferenceSession(proto.SerializeToString())
        for batch, length in ((1, 3), (5, 17)):
            inputs = self.inputs(raw, batch=batch, length=length, padding="right")
            np.testing.assert_allclose(session.run(None, inputs)[0], model(inputs), rtol=0, atol=1e-5)

    @pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
    def test_mixed_precision_is_close_and_keeps_float32_weights(self, policy: str) -> None:
        raw = self.config(0)
        model = randomised(build_backbone(raw), 0)
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy(policy)
        try:
            mixed = build_backbone(raw)
        finally:
            keras.config.set_dtype_policy(before)
        weights = {variable.path: variable for variable in model.trainable_variables}
        for variable in mixed.trainable_variables:
            assert variable.dtype == "float32"
            variable.assign(weights[variable.path])
        inputs = self.inputs(raw, padding="ragged")
        inputs["attention_mask"][0] = 0
        output = mixed(inputs)
        assert output.dtype == policy.removeprefix("mixed_")
        output, expected = np.asarray(output, "float32")[1:], np.asarray(model(inputs))[1:]
        assert np.isfinite(output).all()
        assert np.abs(output - expected).mean() < 0.02 * expected.std()
        assert np.abs(output - expected).max() < 0.15 * expected.std()

    def test_weights_in_bfloat16_are_close_in_the_engine_and_by_a_plain_call(self) -> None:
        raw = self.config(0)
        model = randomised(build_backbone(raw), 0)
        with weights_in("bfloat16"):
            narrow = build_backbone(raw)
        for ours, theirs in zip(narrow.trainable_variables, model.trainable_variables, strict=True):
            ours.assign(theirs)
        inputs = self.inputs(raw, padding="right")
        tokens = inputs["attention_mask"] != 0
        expected = np.asarray(model(inputs))[tokens]
        for found in (KerasEngine(narrow, "bfloat16")(inputs), narrow(inputs)):
            assert found.dtype == "bfloat16"
            differences = np.abs(np.asarray(found, "float32")[tokens] - expected)
            assert differences.mean() < 0.03 * expected.std()
            assert differences.max() < 0.2 * expected.std()

    def test_rows_of_padding_alone_are_finite_and_leave_the_others_be(self) -> None:
        raw = self.config(0)
        model = randomised(build_backbone(raw), 0)
        inputs = self.inputs(raw, padding="right")
        expected = np.asarray(model(inputs))
        inputs = {name: np.concatenate([value, np.zeros_like(value[:1])]) for name, value in inputs.items()}
        output = np.asarray(model(inputs))
        assert np.isfinite(output).all()
        np.testing.assert_allclose(output[:-1], expected, rtol=0, atol=1e-5)

    def test_padding_does_not_change_the_tokens(self) -> None:
        raw = self.config(0)
        model = randomised(build_backbone(raw), 0)
        inputs = self.inputs(raw, length=9)
        padded = self.pad(raw, inputs, 7)
        np.testing.assert_allclose(np.asarray(model(padded))[:, :9], model(inputs), rtol=0, atol=1e-5)

    def test_dropout_acts_in_training_alone_and_at_the_configured_rates(self) -> None:
        raw = self.config(0)
        config = find_family(raw).read_config(raw)
        model = randomised(build_backbone(raw), 0)
        inputs = self.inputs(raw)
        np.testing.assert_array_equal(model(inputs), model(inputs))
        assert np.abs(np.asarray(model(inputs, training=True)) - np.asarray(model(inputs))).max() > 0.01
        rates = sorted(layer.rate for layer in model._flatten_layers() if isinstance(layer, keras.layers.Dropout))
        assert rates == sorted(self.dropout_rates(config))
        still = build_backbone(raw, dropout=0, attention_dropout=0)
        np.testing.assert_allclose(still(inputs, training=True), still(inputs), rtol=0, atol=1e-5)

    def dropout_rates(self, config: BackboneConfig) -> list[float]:
        """Return the rate of every dropout there should be, in any order."""
        return [config.dropout] * (1 + 2 * config.layers) + [config.attention_dropout] * config.layers

    @pytest.mark.parametrize("training", [False, True])
    def test_the_first_position_by_itself_is_the_encoders(self, training: bool) -> None:
        import tensorflow as tf

        raw = self.config(0)
        encoder = randomised(build_backbone(raw, dropout=0, attention_dropout=0), 0)
        inputs = self.inputs(raw, padding="ragged")
        weights = np.random.default_rng(0).normal(size=(len(inputs["input_ids"]), encoder.output.shape[-1]))
        found = []
        for model in (first_position(encoder), encoder):
            with tf.GradientTape() as tape:
                states = model(inputs, training=training)
                loss = tf.reduce_sum(states[:, 0] * weights)
            found.append((states, tape.gradient(loss, [variable.value for variable in encoder.trainable_variables])))
        (first, slopes), (every, expected) = found
        length = 1 if self.shortens else inputs["input_ids"].shape[1]
        assert first.shape == (len(weights), length, weights.shape[1])
        np.testing.assert_allclose(first[:, 0], every[:, 0], rtol=0, atol=1e-5)
        for variable, ours, reference in zip(encoder.trainable_variables, slopes, expected, strict=True):
            ours, reference = map(tf.convert_to_tensor, (ours, reference))
            scale = max(1.0, float(tf.reduce_max(tf.abs(reference))))
            np.testing.assert_allclose(ours, reference, rtol=0, atol=1e-5 * scale, err_msg=variable.path)

    # -- inputs ------------------------------------------------------------------------------------------------------

    def inputs(
        self, raw: dict[str, Any], *, batch: int = 4, length: int = 12, padding: str = "none", seed: int = 0
    ) -> dict[str, np.ndarray]:
        """Return a random batch: ids, mask and, where the family takes them, token types."""
        random = np.random.default_rng(seed)
        config = find_family(raw).read_config(raw)
        pad = raw["pad_token_id"]
        lengths = random.integers(2, length, batch) if padding != "none" else np.full(batch, length)
        lengths[0] = length
        position = np.arange(length)
        mask = position < lengths[:, None]
        if padding == "left":
            mask = mask[:, ::-1]
        if padding == "ragged":  # holes, as in masks made by hand
            mask = (random.random((batch, length)) < 0.6) | (position == 0)
        ids = np.where(mask, random.integers(pad + 1, config.vocabulary_size, mask.shape), pad)
        inputs = {"input_ids": ids, "attention_mask": mask}
        if config.takes_token_types:
            inputs["token_type_ids"] = random.integers(0, config.token_types, mask.shape)
        return {name: value.astype("int32") for name, value in inputs.items()}

    def pad(self, raw: dict[str, Any], inputs: dict[str, np.ndarray], more: int) -> dict[str, np.ndarray]:
        """Return the batch with `more` positions of padding on the right."""
        fill = {"input_ids": raw["pad_token_id"]}
        return {
            name: np.pad(value, ((0, 0), (0, more)), constant_values=fill.get(name, 0))
            for name, value in inputs.items()
        }


def randomised(model: keras.Model, seed: int) -> keras.Model:
    """Give every weight a random value, biases and norms too."""
    random = np.random.default_rng(seed)
    for variable in model.trainable_variables:
        centre = 1.0 if variable.path.endswith("gamma") else 0.0
        variable.assign(random.normal(centre, 0.1, variable.shape))
    return model


def positions(model: Any, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Return the outputs of every position of a PyTorch model: its logits, or its start and its end logits."""
    if "ForQuestionAnswering" in type(model).__name__:
        return np.stack([oracle.answer(model, inputs, f"{end}_logits") for end in ("start", "end")], axis=-1)
    return oracle.answer(model, inputs, "logits")


def logits(loaded: Any, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Compute a classification head in numpy, from its description alone."""
    head, tensors = loaded.family.classification_head, loaded.head_tensors
    activations = {
        "tanh": np.tanh,
        "relu": lambda x: np.maximum(x, 0),
        "gelu": lambda x: 0.5 * x * (1 + erf(x / np.sqrt(2))),
    }
    states, counts = np.asarray(loaded.model(inputs)), inputs["attention_mask"][..., None]
    mean = (states * counts).sum(1) / counts.sum(1)
    pooled = {"cls": states[:, 0], "mean": mean}[head.pooling(loaded.config.raw)]
    dense = pooled
    if head.dense:
        dense = activations[head.activation](
            pooled @ tensors[f"{head.dense}.weight"].T + tensors.get(f"{head.dense}.bias", 0)
        )
    if head.norm:
        centred = dense - dense.mean(-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + loaded.config.epsilon)
        dense = centred / deviation * tensors[f"{head.norm}.weight"]
    return dense @ tensors[f"{head.output}.weight"].T + tensors[f"{head.output}.bias"]


assert tltk.backbones.layers  # registers the layers, which loading a .keras archive needs
