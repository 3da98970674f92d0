"""What every exporter must do, written once: a test class names its format and how its users run it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import pytest
from transformers import AutoTokenizer

import tltk
from tests.backbones.test_deberta_v2 import PUBLISHED
from tests.reviews import make_reviews
from tltk.backbones import build_backbone
from tltk.errors import ExportError
from tltk.exporting import Exporter, exporters, write_export
from tltk.run import Run

Runner = Callable[[Mapping[str, np.ndarray]], np.ndarray]

SHAPE = {
    "vocab_size": 100,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 40,
}
DISTILBERT = {
    "model_type": "distilbert",
    "vocab_size": 100,
    "dim": 16,
    "n_layers": 2,
    "n_heads": 2,
    "hidden_dim": 32,
    "max_position_embeddings": 40,
}
MOBILEBERT = {
    "model_type": "mobilebert",
    "embedding_size": 8,
    "intra_bottleneck_size": 8,
    "num_feedforward_networks": 1,
    **SHAPE,
}
FAMILIES = {
    "bert": {"model_type": "bert", "type_vocab_size": 2, **SHAPE},
    "roberta": {"model_type": "roberta", "type_vocab_size": 1, "pad_token_id": 1, **SHAPE},
    "distilbert": DISTILBERT,
    "electra": {"model_type": "electra", "type_vocab_size": 2, "embedding_size": 8, **SHAPE},
    "albert": {"model_type": "albert", "type_vocab_size": 2, "embedding_size": 8, **SHAPE},
    "mpnet": {"model_type": "mpnet", "pad_token_id": 1, **SHAPE},
    "mobilebert": MOBILEBERT,
    "modernbert": {"model_type": "modernbert", "local_attention": 8, "pad_token_id": 0, **SHAPE},
    "deberta-v2": {"model_type": "deberta-v2", "position_buckets": 8, **PUBLISHED, **SHAPE},
}


@keras.saving.register_keras_serializable(package="tests")
class LastAndFirst(keras.layers.Layer):
    """A user's head: the first and the last token, two layers."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.hidden = keras.layers.Dense(8, activation="gelu")
        self.out = keras.layers.Dense(units)

    def call(self, hidden_states: Any, attention_mask: Any = None) -> Any:
        last = keras.ops.sum(keras.ops.cast(attention_mask, "int32"), axis=1) - 1
        picked = keras.ops.take_along_axis(hidden_states, last[:, None, None], axis=1)[:, 0]
        return self.out(self.hidden(keras.ops.concatenate([hidden_states[:, 0], picked], axis=-1)))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


class ExporterContract:
    """Base of every exporter's tests."""

    format: ClassVar[str]

    def open(self, folder: Path) -> Runner:
        """Return the export as its users open it: by the format's own engine, without tltk."""
        raise NotImplementedError

    @pytest.mark.parametrize("trained", ["run", "bf16_run"])
    def test_the_whole_test_split_as_predict_has_it(
        self, trained: str, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        """Texts -> the exported tokenizer -> the exported graph -> argmax -> export.json's labels."""
        run: Run = request.getfixturevalue(trained)
        folder = run.export(self.format, tmp_path / "export")
        texts = make_reviews(150, seed=3)["text"]
        expected = run.predict(texts)
        described = json.loads((folder / "export.json").read_text())
        tokenizer = AutoTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
        call = self.open(folder)
        found = []
        for start in range(0, len(texts), 17):
            encoded = tokenizer(
                texts[start : start + 17],
                padding=True,
                truncation=True,
                max_length=described["max_length"],
                return_tensors="np",
            )
            found.append(call({name: encoded[name].astype(np.int32) for name in described["inputs"]}))
        probabilities = np.concatenate(found)
        wanted = np.array([[row["scores"][label] for label in described["labels"]] for row in expected])
        np.testing.assert_allclose(probabilities, wanted, rtol=0, atol=1e-5)
        labels = [described["labels"][index] for index in probabilities.argmax(axis=1)]
        assert labels == [row["label"] for row in expected]
        assert described["largest_difference"] <= described["tolerance"] == 1e-5
        assert described["format"] == self.format

    @pytest.mark.parametrize("family", FAMILIES)
    def test_every_family_with_its_own_inputs(self, family: str, tmp_path: Path, run: Run) -> None:
        keras.utils.set_random_seed(0)
        backbone = build_backbone(FAMILIES[family])
        outputs = keras.layers.Dense(3)(keras.layers.GlobalAveragePooling1D()(backbone.output))
        model = keras.Model(backbone.input, outputs, name=family)
        self.export(model, tmp_path / "export", run, labels=["a", "b", "c"], tokenizer=SmallTokenizer())
        names = {tensor.name for tensor in model.inputs}
        assert ("token_type_ids" in names) == (family in ("bert", "electra", "albert", "mobilebert"))
        call = self.open(tmp_path / "export")
        draw = np.random.default_rng(1)
        for batch, length in ((1, 1), (2, 31), (5, 38)):
            ids = draw.integers(2, 100, (batch, length), dtype=np.int32)
            given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            inputs = {name: given[name] for name in names}
            expected = keras.ops.softmax(model(inputs, training=False))
            np.testing.assert_allclose(call(inputs), np.asarray(expected), rtol=0, atol=1e-5)

    def test_a_head_of_the_users_own(self, tiny_bert_folder: Path, tmp_path: Path) -> None:
        from tests.reviews import tiny_recipe

        recipe = tiny_recipe(tiny_bert_folder, train__epochs=1, export__formats=[self.format])
        run = tltk.fit(recipe, data=make_reviews(60), head=LastAndFirst(2), output=tmp_path / "run")
        folder = run.path / "exports" / self.format
        described = json.loads((folder / "export.json").read_text())
        assert described["labels"] == ["negative", "positive"]
        tokens = run.bundle.tokenizer(["a dull film"], return_tensors="np")
        found = self.open(folder)({name: tokens[name].astype(np.int32) for name in described["inputs"]})
        expected = run.predict("a dull film")["scores"]
        np.testing.assert_allclose(found[0], list(expected.values()), rtol=0, atol=1e-5)

    def test_an_export_that_differs_leaves_nothing_behind(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.spoil(monkeypatch)
        with pytest.raises(ExportError, match=r"differs from the model by 0\.01; accepted are 1e-05"):
            run.export(self.format, tmp_path / "export")
        assert list(tmp_path.iterdir()) == []

    def test_a_failed_export_keeps_the_one_before(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = run.export(self.format, tmp_path / "export")
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        self.spoil(monkeypatch)
        with pytest.raises(ExportError):
            run.export(self.format, folder)
        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
        assert list(tmp_path.iterdir()) == [folder]

    def spoil(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have what is loaded back give probabilities that are off by a hundredth."""
        kind = exporters.get(self.format)
        load: Callable[[Exporter, Path], Runner] = kind.load
        monkeypatch.setattr(kind, "load", lambda self, folder: _off(load(self, folder)))

    def export(self, model: keras.Model, path: Path, run: Run, *, labels: list[str], tokenizer: Any) -> None:
        write_export(
            self.format,
            path,
            model=model,
            probabilities=keras.layers.Softmax(name="probabilities"),
            tokenizer=tokenizer,
            labels=labels,
            max_length=38,
        )


class SmallTokenizer:
    """Stands in for a tokenizer of 100 words, of which exporting asks the size and the files."""

    def __len__(self) -> int:
        return 100

    def save_pretrained(self, folder: Path) -> None:
        folder.mkdir()


def _off(call: Runner) -> Runner:
    def spoilt(inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        return call(inputs) + 0.01

    return spoilt
