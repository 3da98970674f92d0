"""TensorFlow Datasets: prepared ones from `data_dir`, others downloaded where that can be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tltk.data.arrow import all_withheld, clean_batches
from tltk.data.clean import Cleaner
from tltk.data.files import sha256_of
from tltk.data.own_splits import own_splits
from tltk.data.reader import BATCH_ROWS, Part, Reader, register_reader, require_columns
from tltk.errors import DataError, EnvironmentProblem
from tltk.recipe.data import DataSection


@register_reader("tfds")
class TfdsReader(Reader):
    """Reads a dataset of `tensorflow_datasets` by name (`glue/sst2`, `imdb_reviews`, `name:1.2.0`).

    Integers of a `ClassLabel` become their names, also in lists and mappings. A sequence of mappings, as
    the answers of SQuAD or marked entities are, is a list of them. Rows are read in the order they are stored in.
    """

    def __init__(self, section: DataSection, *, memory: Mapping[str, Any] | None = None) -> None:
        super().__init__(section, memory=memory)
        if section.name is None:
            raise DataError("Got source 'tfds' and no name.", where="data.name", hint="Set data.name, as glue/sst2.")
        self._builder = _builder(section.name, section.data_dir)
        self._splits = own_splits(section, list(self._builder.info.splits), where=section.name)

    def splits(self) -> tuple[str, ...]:
        return tuple(self._splits)

    def parts(self, split: str) -> list[Part]:
        name = self._splits[split]
        return [Part(f"{self.section.name}, split {name}", name)]

    def content_hash(self, split: str) -> str:
        folder = Path(self._builder.data_path)
        files = sorted(file for file in folder.iterdir() if file.is_file())
        return hashlib.sha256(f"{self._splits[split]} {sha256_of(files)}".encode()).hexdigest()

    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        require_columns(cleaner.fields, list(self._features()), where=part.origin)
        if not cleaner.kind.takes_words:
            for name in cleaner.text:
                self._require_text(name, part.origin)
        names = self._class_names() if cleaner.labels else None
        batches = self._record_batches(part.handle, cleaner.fields)
        yield from clean_batches(batches, cleaner, part.origin, label_names=names)

    def hides_labels(self, split: str) -> bool:
        label = self.only_label
        if label is None or self._class_names() is None:
            return False
        return all_withheld(batch.column(0) for batch in self._record_batches(self._splits[split], [label]))

    def _features(self) -> dict[str, Any]:
        features = self._builder.info.features
        return dict(features.items()) if hasattr(features, "items") else {}

    def _class_names(self) -> list[str] | None:
        feature = self._features().get(self.only_label or "")
        names = getattr(feature, "names", None) or getattr(getattr(feature, "feature", None), "names", None)
        return None if names is None else [str(name) for name in names]

    def _require_text(self, name: str, origin: str) -> None:
        feature = self._features()[name]
        if getattr(feature, "shape", None) != () or np.dtype(feature.np_dtype).kind not in "OSU":
            raise DataError(
                f"Column {name!r} is a {type(feature).__name__}; expected text.",
                where=origin,
                hint="Set data.text to a column of text.",
            )

    def _record_batches(self, split: str, columns: list[str]) -> Iterator[pa.RecordBatch]:
        import tensorflow_datasets as tfds

        features = self._features()
        for name in columns:
            if isinstance(features[name], tfds.features.Dataset):
                raise DataError(
                    f"Column {name!r} is a data set of its own in every row; expected text, numbers, classes, or lists "
                    "or mappings of them.",
                    where=str(self.section.name),
                    hint="Set data.text and data.label to other columns.",
                )
        decoders = tfds.decode.PartialDecoding(dict.fromkeys(columns, True))
        # One shard after another, so that the order is that of the files.
        order = tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False, skip_prefetch=True)
        data = self._builder.as_dataset(split=split, shuffle_files=False, decoders=decoders, read_config=order)
        lists = any(features[name].shape != () for name in columns)
        for rows in (data.ragged_batch if lists else data.batch)(BATCH_ROWS).as_numpy_iterator():
            yield pa.RecordBatch.from_arrays([_arrow(rows[name], features[name]) for name in columns], names=columns)


def _arrow(values: Any, feature: Any) -> pa.Array:
    """Return a column of a batch: of numbers or text, of lists of them at any depth, or of mappings or lists of those.

    Args:
        values: an array, which holds arrays where lists differ in length; of mappings, one such array for each key.
        feature: what tfds says of the column.
    """
    if isinstance(values, Mapping):
        return _mappings(values, feature)
    if values.ndim == 1 and values.dtype != object:
        return pa.array(values)
    if values.ndim == 1 and not any(isinstance(value, np.ndarray) for value in values):
        return pa.array(values, pa.binary()).cast(pa.string())
    lists = pa.array(_lists(values))
    return lists.cast(_of_text(lists.type))


def _mappings(values: Mapping[str, Any], feature: Any) -> pa.Array:
    """Return mappings, or lists of them, which tfds gives as one column for each key; classes by their names."""
    inner = getattr(feature, "feature", feature)
    columns = [_arrow(column, inner[key]) for key, column in values.items()]
    in_lists = inner is not feature and all(pa.types.is_list(column.type) for column in columns)
    parts = [column.flatten() for column in columns] if in_lists else columns
    named = [_named(part, inner[key]) for part, key in zip(parts, values, strict=True)]
    mappings = pa.StructArray.from_arrays(named, names=list(values))
    return pa.ListArray.from_arrays(columns[0].offsets, mappings) if in_lists else mappings


def _named(codes: pa.Array, feature: Any) -> pa.Array:
    """Return the integers of a class in a mapping as names, -1 as missing; other values as they are."""
    names = getattr(feature, "names", None)
    if names is None or not pa.types.is_integer(codes.type):
        return codes
    numbers = codes.to_numpy(zero_copy_only=False)
    return pa.array(list(names), pa.string()).take(pa.array(numbers, mask=numbers < 0))


def _lists(values: np.ndarray) -> list[Any]:
    if values.dtype != object:
        return values.tolist()
    return [_lists(value) if isinstance(value, np.ndarray) else value for value in values]


def _of_text(kind: pa.DataType) -> pa.DataType:
    """Return the type of lists with text for bytes."""
    if pa.types.is_list(kind):
        return pa.list_(_of_text(kind.value_type))
    return pa.string() if pa.types.is_binary(kind) else kind


def _builder(name: str, data_dir: str | None) -> Any:
    """Return a builder whose data are on disk."""
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise EnvironmentProblem(
            "tensorflow_datasets is not installed.",
            where="data.source",
            hint="Install it: pip install tensorflow-datasets.",
        ) from error
    tfds.disable_progress_bar()
    place = f"data.name {name}"
    prepared = data_dir if data_dir is not None else "~/tensorflow_datasets"
    try:
        # try_gcs=False: a question to the network is asked only when the data are not here.
        builder = tfds.builder(name, data_dir=data_dir, try_gcs=False)
    except Exception as error:  # tfds raises many kinds, some for a name, some for a broken folder
        raise DataError(
            f"tensorflow_datasets has no such dataset, here or in its catalog ({_first_line(error)}).",
            where=place,
            hint=f"Check data.name, and that a dataset prepared by hand lies in {prepared}/{name}/<version>.",
        ) from error
    if not builder.is_prepared():
        _download(builder, place, prepared)
    return builder


def _download(builder: Any, place: str, prepared: str) -> None:
    from tltk.assets import offline

    hint = f"Prepare it on a machine with a network, and copy its folder into {prepared} (data.data_dir)."
    if offline():
        raise DataError(f"The dataset is not in {prepared}, and downloads are switched off.", where=place, hint=hint)
    try:
        with _few_retries():
            builder.download_and_prepare()
    except Exception as error:
        raise DataError(
            f"The dataset is not in {prepared}, and could not be downloaded ({_first_line(error)}).",
            where=place,
            hint=hint,
        ) from error


@contextmanager
def _few_retries() -> Iterator[None]:
    """Let tfds ask a host that is not there twice, not ten times: that takes over three minutes."""
    from tensorflow_datasets.core.download import downloader

    before = downloader.MAX_RETRIES
    downloader.MAX_RETRIES = 2
    try:
        yield
    finally:
        downloader.MAX_RETRIES = before


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__
