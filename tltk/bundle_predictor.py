"""What runs texts through a Bundle's model, made for an engine and a precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tltk.backbones import load_config
from tltk.backbones.preset_tokenizer import tokenizer_folder
from tltk.bundle_document import ENCODER
from tltk.data import FileTokenizer
from tltk.engines import Engine, EngineChoice
from tltk.predictor import Predictor
from tltk.text_embedder import Embedder

if TYPE_CHECKING:
    from tltk.bundle import Bundle


def make_predictor(bundle: Bundle, choice: EngineChoice) -> Predictor:
    """Return a predictor on an engine of its own; the engine's file is made first where it is not there."""
    encoder = bundle.path / ENCODER
    return Predictor(
        _make_engine(bundle, choice),
        bundle.task,
        FileTokenizer(tokenizer_folder(encoder), load_config(encoder)[1].inputs),
        text_columns=bundle.task.text_columns(bundle.recipe.data),
        max_length=bundle.recipe.backbone.max_length,
        batch_size=bundle.recipe.evaluate.batch_size,
    )


def make_embedder(predictor: Predictor, batch_size: int | None = None) -> Embedder:
    """Return what embeds single texts, on a predictor's engine."""
    return Embedder(
        predictor.engine,
        predictor.task,
        predictor.tokenizer,
        max_length=predictor.max_length,
        batch_size=batch_size or predictor.batch_size,
    )


def _make_engine(bundle: Bundle, choice: EngineChoice) -> Engine:
    if choice.engine == "onnx":
        from tltk.engines.onnx_engine import OnnxEngine

        return OnnxEngine(bundle.engine_file(choice.precision).path, choice.precision)
    from tltk.engines.keras_engine import KerasEngine

    built = bundle.built if choice.precision == "float32" else bundle.build(choice.precision)
    return KerasEngine(built.model, choice.precision)
