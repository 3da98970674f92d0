"""What every head promises, written once: a new head is tested by naming it and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import pytest

from tltk.backbones import build_backbone, find_family
from tltk.heads import attach, build_head
from tltk.recipe import HeadSection

CONFIG = {
    "model_type": "bert",
    "vocab_size": 60,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 32,
}

# Its classes pool by the mean of all positions, and have a dense layer and a norm in front of their outputs.
MODERN_BERT = {**CONFIG, "model_type": "modernbert", "classifier_pooling": "mean", "local_attention": 4}


def inputs(rows: int = 3, length: int = 7, padding: int = 0, seed: int = 0) -> dict[str, np.ndarray]:
    """Return a batch of random ids, of which each row ends in at least `padding` masked positions."""
    generator = np.random.default_rng(seed)
    ids = generator.integers(1, 60, (rows, length + padding)).astype("int32")
    mask = np.ones((rows, length + padding), "int32")
    mask[:, length:] = 0
    mask[0, length - 2 :] = 0
    return {"input_ids": ids * mask, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}


class HeadContract:
    """Base class of the tests of one head; a subclass says which."""

    name: str
    options: ClassVar[dict[str, Any]] = {}
    pooling: str | None = "family"
    """How it pools; None for a head with outputs for every position."""
    units: int = 3
    drops_out = True
    """Whether it has dropout of its own."""
    pools_in = "bfloat16"
    """What it pools in under mixed precision."""

    def shape(self, rows: int, length: int) -> tuple[int, ...]:
        """Return the shape of the outputs."""
        return (rows, self.units)

    def at_tokens(self, outputs: Any, mask: np.ndarray) -> np.ndarray:
        """Return the outputs that have a meaning: those of a row, or of the positions that are no padding."""
        return np.asarray(outputs) if self.pooling is not None else np.asarray(outputs)[mask != 0]

    def loss(self, labels: np.ndarray, outputs: Any) -> Any:
        """Return the loss of labels [rows] by Keras's own loss; of every token where there are outputs for each."""
        if self.pooling is None:
            labels = np.repeat(labels[:, None], outputs.shape[1], axis=1)
        return keras.losses.sparse_categorical_crossentropy(labels, outputs, from_logits=True)

    @pytest.fixture
    def section(self) -> HeadSection:
        pooling = {} if self.pooling is None else {"pooling": self.pooling}
        dropout = {"dropout": 0.3} if self.drops_out else {}
        return HeadSection(name=self.name, options=self.options, **dropout, **pooling)

    @pytest.fixture
    def model(self, section: HeadSection) -> keras.Model:
        keras.utils.set_random_seed(1)
        return self.build(section)

    def build(self, section: HeadSection, raw: dict[str, Any] = CONFIG) -> keras.Model:
        family = find_family(raw)
        head = build_head(section, units=self.units, family=family, config=family.read_config(raw))
        return attach(build_backbone(raw), head, units=self.units)

    def test_gives_float32_logits_of_the_wanted_shape(self, model: keras.Model) -> None:
        logits = model(inputs())
        assert logits.shape == self.shape(3, 7)
        assert keras.backend.standardize_dtype(logits.dtype) == "float32"
        assert np.isfinite(np.asarray(logits)).all()

    def test_survives_saving_and_safe_loading(self, model: keras.Model, tmp_path: Path) -> None:
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
        np.testing.assert_allclose(loaded(inputs()), model(inputs()), atol=1e-6)

    def test_can_be_cloned(self, model: keras.Model) -> None:
        clone = keras.models.clone_model(model)
        clone.set_weights(model.get_weights())
        np.testing.assert_allclose(clone(inputs()), model(inputs()), atol=1e-6)

    def test_keeps_its_constructor_arguments(self, model: keras.Model, section: HeadSection) -> None:
        head = model.get_layer("head")
        config = head.get_config()
        assert type(head).from_config(config).get_config() == config
        assert config["units"] == self.units
        assert config.get("pooling") == self.pooling
        assert config.get("dropout") == section.dropout

    @pytest.mark.parametrize("raw", [CONFIG, MODERN_BERT], ids=lambda raw: raw["model_type"])
    def test_padding_never_changes_the_logits(self, section: HeadSection, raw: dict[str, Any]) -> None:
        keras.utils.set_random_seed(1)
        model = self.build(section, raw)
        short, padded = ({name: inputs(padding=size)[name] for name in model.input} for size in (0, 5))
        for name in short:
            padded[name][:, :7] = short[name]
        padded["input_ids"][:, 7:] = 59  # whatever stands there
        found = self.at_tokens(model(padded), padded["attention_mask"])
        np.testing.assert_allclose(found, self.at_tokens(model(short), short["attention_mask"]), atol=2e-6)

    def test_what_stands_in_masked_positions_never_changes_the_logits(self, model: keras.Model) -> None:
        head = model.get_layer("head")
        states = np.random.default_rng(0).normal(size=(2, 6, 16)).astype("float32")
        mask = np.array([[1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0]], "int32")
        expected = self.at_tokens(head(states, attention_mask=mask), mask)
        states[mask == 0] = np.inf
        np.testing.assert_array_equal(self.at_tokens(head(states, attention_mask=mask), mask), expected)

    def test_a_row_without_any_position_stays_finite(self, model: keras.Model) -> None:
        states = np.random.default_rng(0).normal(size=(2, 6, 16)).astype("float32")
        mask = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0]], "int32")
        assert np.isfinite(np.asarray(model.get_layer("head")(states, attention_mask=mask))).all()

    def test_drops_out_in_training_only(self, model: keras.Model) -> None:
        if not self.drops_out:
            return
        head = model.get_layer("head")
        states = np.random.default_rng(0).normal(size=(4, 6, 16)).astype("float32")
        mask = np.ones((4, 6), "int32")
        quiet = head(states, attention_mask=mask, training=False)
        np.testing.assert_array_equal(quiet, head(states, attention_mask=mask))
        assert not np.allclose(quiet, head(states, attention_mask=mask, training=True))

    def test_learns_under_mixed_precision(self, section: HeadSection) -> None:
        keras.config.set_dtype_policy("mixed_bfloat16")
        try:
            model = self.build(section)
        finally:
            keras.config.set_dtype_policy("float32")
        assert all(variable.dtype == "float32" for variable in model.get_layer("head").trainable_variables)
        head = model.get_layer("head")
        assert (head.dropout if self.pooling is None else head.pool).compute_dtype == self.pools_in
        model.compile(keras.optimizers.Adam(1e-2), self.loss, run_eagerly=True)  # tracing costs seconds a head
        batch, labels = inputs(8), np.arange(8) % self.units
        before = [np.array(variable) for variable in model.get_layer("head").trainable_variables]
        losses = [model.train_on_batch(batch, labels) for _ in range(3)]
        assert np.isfinite(losses).all()
        assert model(batch).dtype == "float32"
        moved = [
            not np.array_equal(old, new)
            for old, new in zip(before, model.get_layer("head").trainable_variables, strict=True)
        ]
        assert all(moved)

    def test_gives_the_same_logits_rebuilt_in_float32(self, section: HeadSection) -> None:
        keras.config.set_dtype_policy("mixed_bfloat16")
        try:
            trained = self.build(section)
        finally:
            keras.config.set_dtype_policy("float32")
        rebuilt, again = self.build(section), self.build(section)
        rebuilt.set_weights(trained.get_weights())
        again.set_weights(trained.get_weights())
        np.testing.assert_array_equal(rebuilt(inputs()), again(inputs()))
        np.testing.assert_allclose(rebuilt(inputs()), trained(inputs()), atol=0.05)
