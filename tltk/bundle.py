"""The trained model as one relocatable, hash-checked, pickle-free folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tltk import __version__
from tltk.backbones import load_config
from tltk.backend import require_tensorflow
from tltk.build import Built, restore_model
from tltk.console import say
from tltk.data import FileTokenizer
from tltk.engines import Engine, EngineChoice, EngineFile, choose_engine, engine_folder, open_engine_file
from tltk.errors import BundleError
from tltk.folders import atomic_folder, write_json
from tltk.manifest import check_files, checksum, list_files
from tltk.predictor import Predictor
from tltk.recipe import Recipe
from tltk.tasks import Task, restore_task

if TYPE_CHECKING:
    from tltk.metric_drop import MetricDrop

DOCUMENT, ENCODER, HEAD = "tltk.json", "encoder", "head.safetensors"
FORMAT, FORMAT_VERSION = "tltk-bundle", 1
_FIELDS = {"format_version": int, "task": dict, "head": dict, "encoder": dict, "recipe": dict, "files": dict}


class Bundle:
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
        document = _read_document(folder)
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
            self._predictors[choice] = self._make_predictor(choice)
        return self._predictors[choice]

    def metric_drop(self, engine: str | None = None, precision: str = "float32") -> MetricDrop:
        """Return what a precision costs on the validation rows; measured once, then kept in the cache.

        The rows are read again by the recipe of the Run that the Bundle lies in, or by its own, and count only if
        they are the very rows of its training. Where they cannot be had, the result says why.
        """
        from tltk.metric_drop import metric_drop

        return metric_drop(self, choose_engine(engine, precision))

    def _make_predictor(self, choice: EngineChoice) -> Predictor:
        max_length = self.recipe.backbone.max_length
        return Predictor(
            self._make_engine(choice, max_length),
            self.task,
            FileTokenizer(self.path / ENCODER, load_config(self.path / ENCODER)[1].inputs),
            text_columns=self.task.text_columns(self.recipe.data),
            max_length=max_length,
            batch_size=self.recipe.evaluate.batch_size,
        )

    def _make_engine(self, choice: EngineChoice, max_length: int) -> Engine:
        if choice.engine == "onnx":
            from tltk.engines.onnx_engine import OnnxEngine

            return OnnxEngine(self.engine_file(choice.precision).path, choice.precision)
        from tltk.engines.keras_engine import KerasEngine

        built = self.built if choice.precision == "float32" else self.build(choice.precision)
        return KerasEngine(built.model, choice.precision)

    def engine_file(self, precision: str) -> EngineFile:
        """Return the ONNX file that the onnx engine runs, from the cache; made first where it is not there."""
        return open_engine_file(
            engine_folder(self.identity),
            precision,
            model=lambda: self.built,
            activation=self.task.activation,
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

        return self.predictor.stream(file_texts(Path(path), self.recipe.data, columns))

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

        rows = labelled_rows(data, self.recipe, self.task, columns)
        encoded = self.predictor.encode(rows.source.table)
        targets = self.task.targets(rows, encoded)
        return self.task.evaluate(targets, self.predictor.raw(encoded), rows=rows, encoded=encoded)

    def record_metrics(self, metrics: Mapping[str, Any]) -> None:
        """Write figures into `tltk.json`."""
        self.document["metrics"] = dict(metrics)
        self.document["checksum"] = checksum(self.document)
        write_json(self.path / DOCUMENT, self.document)

    def export(self, format: str, path: str | os.PathLike[str], **options: Any) -> Path:
        """Write the model in another format, compared with `predict` before it counts as done.

        Args:
            format: a registered exporter: savedmodel, onnx.
            path: folder to write (replaced if it holds an export).
            **options: the exporter's own; `tolerance` is the largest difference of a probability accepted.

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
            **options,
        )
        return folder

    def __repr__(self) -> str:
        return f"Bundle({str(self.path)!r}, task={self.document['task']['name']!r}, labels={self.labels})"


def save_bundle(
    path: Path,
    *,
    built: Built,
    tokenizer: Any,
    task: Task,
    recipe: Recipe,
    data: Mapping[str, Any],
    metrics: Mapping[str, Any],
    environment: Mapping[str, Any],
) -> Bundle:
    """Write a Bundle in one step: either the whole of it is there afterwards or nothing has changed.

    Args:
        path: the folder; an older Bundle there is replaced.
        built: the trained model with its parts.
        tokenizer: the backbone's tokenizer.
        task: the fitted task.
        recipe: the recipe; its paths are cut to bare names.
        data: fingerprint and counts of the rows.
        metrics: figures by split.
        environment: versions, precision and the like.

    Raises:
        BundleError: the head cannot be described as data (a lambda, an unregistered class).
        EnvironmentProblem: the disk is full.
    """
    from tltk.heads import head_to_config

    head = head_to_config(built.head)
    labels = list(getattr(task, "labels_", ()))
    with atomic_folder(path) as folder:
        holds_head = built.write(folder / ENCODER, tokenizer, labels=labels)
        if not holds_head:
            built.write_head(folder / HEAD)
        document = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "tltk": __version__,
            "task": task.get_config(),
            "labels": labels,
            "head": head,
            "encoder": {"folder": ENCODER, "family": built.family.name, "holds_head": holds_head},
            "thresholds": None,
            "temperature": None,
            "recipe": relocatable(recipe).model_dump(mode="json"),
            "data": dict(data),
            "metrics": dict(metrics),
            "environment": dict(environment),
            "files": list_files(folder, skip=DOCUMENT),
        }
        write_json(folder / DOCUMENT, {**document, "checksum": checksum(document)})
    return Bundle(Path(path), _read_document(Path(path)))


def relocatable(recipe: Recipe) -> Recipe:
    """Return the recipe with every path cut to its last part, so that a Bundle betrays no folder of its maker."""
    data = {
        field: Path(value).name
        for field in ("path", "validation_path", "test_path", "data_dir")
        if (value := getattr(recipe.data, field)) is not None
    }
    backbone = {"name": Path(recipe.backbone.name).name} if Path(recipe.backbone.name).is_absolute() else {}
    return recipe.model_copy(
        update={
            "data": recipe.data.model_copy(update=data),
            "backbone": recipe.backbone.model_copy(update=backbone),
            "output": None if recipe.output is None else Path(recipe.output).name,
        }
    )


def _read_document(folder: Path) -> dict[str, Any]:
    path = folder / DOCUMENT
    if not path.is_file():
        raise BundleError(
            f"Found no {DOCUMENT}." if folder.is_dir() else "There is no such folder.",
            where=str(folder),
            hint="Give the folder of a Bundle, or of a Run (runs/<name>).",
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        is_bundle = document.get("format") == FORMAT
    except (ValueError, AttributeError) as error:
        raise BundleError(f"The file is damaged ({error}).", where=str(path), hint="Copy the Bundle again.") from error
    if not is_bundle:
        raise BundleError(f"Got format {document.get('format')!r}; expected {FORMAT!r}.", where=str(path))
    absent = [name for name, kind in _FIELDS.items() if not isinstance(document.get(name), kind)]
    if absent:
        raise BundleError(
            f"The file lacks {', '.join(absent)}, or holds something else there.",
            where=str(path),
            hint="Copy the Bundle again from where it came from, or train it anew.",
        )
    if document["format_version"] > FORMAT_VERSION:
        raise BundleError(
            f"Got format version {document['format_version']}; this tltk reads up to {FORMAT_VERSION}.",
            where=str(path),
            hint=f"Install tltk {document.get('tltk', '')} or newer.",
        )
    if checksum(document) != document.get("checksum"):
        raise BundleError(
            "The file is not what was saved: its checksum differs.", where=str(path), hint="Copy the Bundle again."
        )
    return document
