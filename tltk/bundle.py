"""The trained model as one relocatable, hash-checked, pickle-free folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tltk.backend import require_tensorflow
from tltk.build import Built, restore_model
from tltk.bundle_document import DOCUMENT, ENCODER, HEAD, read_document, write_document
from tltk.bundle_embedding import EmbeddingBundle
from tltk.bundle_predictor import make_predictor
from tltk.console import say
from tltk.engines import EngineChoice, EngineFile, choose_engine, engine_folder, open_engine_file
from tltk.manifest import check_files, checksum
from tltk.predictor import Predictor
from tltk.recipe import Recipe
from tltk.tasks import Task, restore_task

if TYPE_CHECKING:
    from tltk.metric_drop import MetricDrop


class Bundle(EmbeddingBundle):
    """A trained model with all it needs to predict: encoder, head, tokenizer, labels, recipe, figures.

    The folder holds `tltk.json` (task, labels, head, recipe, data fingerprint, metrics, versions, and the sha256 of
    every file), `encoder/` (a Hugging Face model folder) and, unless the encoder's own Hugging Face class holds the
    head too, `head.safetensors`. It contains no pickle and no absolute path and opens wherever it is moved.

    Use `Bundle.load(path)` (or `tltk.load(path)`).

    Example:
        >>> bundle = tltk.load("runs/quickstart/bundle")  # doctest: +SKIP
        >>> bundle.predict(["A quiet masterpiece.", "Two hours I want back."])  # doctest: +SKIP
    """

    def __init__(self, path: Path, document: Mapping[str, Any], choice: EngineChoice | None = None) -> None:
        self.path = path
        self.document = dict(document)
        self.choice = choice or EngineChoice()
        self._predictors: dict[EngineChoice, Predictor] = {}

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, engine: str | None = None, precision: str = "float32") -> Bundle:
        """Open a Bundle, or the Bundle of a Run's folder, after checking every file against its sha256.

        Args:
            path: the folder.
            engine: what predicts and evaluates: "keras" or "onnx" (Keras when not given; onnxruntime for int8).
            precision: in which number format: "float32", "bfloat16" (keras) or "int8" (onnx).

        Raises:
            EngineError: no such engine or precision, or not together.
            BundleError: it is no Bundle, a file is missing or damaged (named), or the format is newer than this tltk.
        """
        choice = choose_engine(engine, precision)
        folder = Path(path)
        if not (folder / DOCUMENT).is_file() and (folder / "bundle" / DOCUMENT).is_file():
            folder = folder / "bundle"
        document = read_document(folder)
        check_files(folder, document["files"])
        return cls(folder, document, choice)

    @cached_property
    def task(self) -> Task:
        """The fitted task."""
        return restore_task(self.document["task"])

    @property
    def labels(self) -> list[str]:
        """Label names in the order of the model's outputs."""
        return list(self.document["labels"])

    @property
    def metrics(self) -> dict[str, dict[str, float]]:
        """The figures measured when it was made, by split."""
        return self.document["metrics"]

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe it was made by; its paths are bare names."""
        return Recipe.model_validate(self.document["recipe"])

    @cached_property
    def built(self) -> Built:
        """The model with its parts, in float32."""
        return self.build()

    def build(self, precision: str = "float32") -> Built:
        """Return the model built anew, the encoder's weights in float32 or bfloat16, the head's in float32.

        Raises:
            EnvironmentProblem: Keras does not run on TensorFlow.
        """
        require_tensorflow()
        from tltk.engines.keras_engine import weights_in
        from tltk.heads import head_from_config

        head = head_from_config(self.document["head"])
        with weights_in(precision):
            return restore_model(
                self.path / ENCODER,
                head=head,
                head_file=None if self.document["encoder"]["holds_head"] else self.path / HEAD,
            )

    @property
    def model(self) -> Any:
        """The model, a plain `keras.Model` that computes in float32: token ids in, raw outputs out."""
        return self.built.model

    @cached_property
    def tokenizer(self) -> Any:
        """The tokenizer, of `transformers`."""
        from tltk.backbones import load_tokenizer

        return load_tokenizer(self.path / ENCODER)

    @property
    def identity(self) -> str:
        """Hash of all that its predictions depend on; figures may be added without changing it."""
        return checksum({name: self.document[name] for name in ("task", "head", "encoder", "recipe", "files")})

    @property
    def predictor(self) -> Predictor:
        """What runs texts through the model, on the engine and in the precision that the Bundle was loaded for."""
        return self.predictor_for(*self.choice)

    def predictor_for(self, engine: str | None = None, precision: str = "float32") -> Predictor:
        """Return what runs texts through the model on another engine or in another precision.

        The first time a precision other than float32 is asked for, what it costs is measured on the validation rows
        and kept; every process prints it once.

        Args:
            engine: "keras" or "onnx"; Keras when not given, onnxruntime for int8.
            precision: "float32", "bfloat16" (keras) or "int8" (onnx).

        Raises:
            EngineError: no such engine or precision, or not together.

        Example:
            >>> bundle.predictor_for(precision="int8").predict("A quiet masterpiece.")  # doctest: +SKIP
        """
        choice = choose_engine(engine, precision)
        told = choice in self._predictors
        predictor = self.quiet_predictor(choice)
        if choice.precision != "float32" and not told:
            say(str(self.metric_drop(*choice)))
        return predictor

    def quiet_predictor(self, choice: EngineChoice) -> Predictor:
        """Return the same without measuring or printing anything."""
        if choice not in self._predictors:
            self._predictors[choice] = make_predictor(self, choice)
        return self._predictors[choice]

    def metric_drop(self, engine: str | None = None, precision: str = "float32") -> MetricDrop:
        """Return what a precision costs on the validation rows; measured once, then kept in the cache.

        The rows are read again by the recipe of the Run that the Bundle lies in, or by its own, and count only if
        they are the very rows of its training. Where they cannot be had, the result says why.
        """
        from tltk.metric_drop import metric_drop

        return metric_drop(self, choose_engine(engine, precision))

    def engine_file(self, precision: str) -> EngineFile:
        """Return the ONNX file that the onnx engine runs, from the cache; made first where it is not there."""
        return open_engine_file(
            engine_folder(self.identity),
            precision,
            model=lambda: self.built,
            activation=self.task.comparable_activation,
            max_length=self.recipe.backbone.max_length,
        )

    def predict(self, texts: Any) -> Any:
        """Predict one text, many, a stream, or a file.

        Args:
            texts: a text (or a tuple or mapping of two for a pair task); a list, array or column of texts; any other
                iterable, consumed lazily; or a `pathlib.Path` to a file (csv, tsv, jsonl, parquet, txt), read lazily.

        Returns:
            One prediction, a list, or an iterator in input order. For classification a prediction is
            `{"text": ..., "label": ..., "score": ..., "scores": {label: probability}}`.

        Raises:
            DataError: an item is not a text, or the file lacks the text column.
        """
        if isinstance(texts, os.PathLike):
            return self.predict_file(texts)
        return self.predictor.predict(texts)

    def predict_file(self, path: str | os.PathLike[str], **columns: Any) -> Iterator[dict[str, Any]]:
        """Yield a prediction for every row of a file, in order and in constant memory.

        Args:
            path: the file; `.txt` (or a suffix that no reader knows) is read as one text a line.
            **columns: fields of the recipe's `data` section that differ in this file (`text`, `delimiter`, ...).
        """
        from tltk.prediction_input import file_texts

        return self.predictor.stream(file_texts(Path(path), self.recipe.data, self.task, columns))

    def evaluate(self, data: Any, **columns: Any) -> Any:
        """Score the model on labelled rows.

        Args:
            data: a file, or rows in memory (DataFrame, Arrow table, dict of columns).
            **columns: fields of the recipe's `data` section that differ here (`text`, `label`, `delimiter`, ...).

        Returns:
            An `Evaluation`: `metrics`, `per_class`, `confusion_matrix`, `notes`, `labels`, `n`.

        Raises:
            DataError: columns are missing or a label is unknown to the model.
        """
        from tltk.prediction_input import labelled_rows

        return self.predictor.evaluate(labelled_rows(data, self.recipe, self.task, columns))

    def record_metrics(self, metrics: Mapping[str, Any]) -> None:
        """Write figures into `tltk.json`."""
        self.document = write_document(self.path, {**self.document, "metrics": dict(metrics)})

    def record_task(self) -> None:
        """Write the task into `tltk.json` as it is now, with thresholds chosen since."""
        self.document = write_document(self.path, {**self.document, "task": self.task.get_config()})

    def export(self, format: str, path: str | os.PathLike[str], **options: Any) -> Path:
        """Write the model in another format, compared with `predict` before it counts as done.

        Args:
            format: a registered exporter: savedmodel, onnx.
            path: folder to write (replaced if it holds an export).
            **options: the exporter's own; `tolerance` is the largest difference of a probability accepted
                (of a number in standard deviations).

        Raises:
            ExportError: unknown format, or the export differs from the model.
        """
        from tltk.exporting import write_export

        folder = Path(path)
        write_export(
            format,
            folder,
            model=self.model,
            probabilities=self.task.probabilities(),
            tokenizer=self.tokenizer,
            labels=self.labels,
            max_length=self.recipe.backbone.max_length,
            comparable=self.task.comparable,
            **options,
        )
        return folder

    def __repr__(self) -> str:
        return f"Bundle({str(self.path)!r}, task={self.document['task']['name']!r}, labels={self.labels})"
