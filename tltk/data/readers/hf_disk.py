"""A Hugging Face dataset as `save_to_disk` leaves it, read with pyarrow alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from tltk.data.arrow import all_withheld, clean_batches
from tltk.data.clean import Cleaner
from tltk.data.files import sha256_of
from tltk.data.own_splits import own_splits
from tltk.data.reader import Part, Reader, register_reader, require_columns
from tltk.errors import DataError
from tltk.recipe.data import DataSection


@register_reader("hf_disk")
class HuggingFaceDiskReader(Reader):
    """Reads the Arrow files that `Dataset.save_to_disk` or `DatasetDict.save_to_disk` wrote.

    Integers of a `ClassLabel` column become their names, also in lists.
    """

    def __init__(self, section: DataSection, *, memory: Mapping[str, Any] | None = None) -> None:
        super().__init__(section, memory=memory)
        if section.path is None:
            raise DataError("Got source 'hf_disk' and no path.", where="data.path", hint="Set data.path to the folder.")
        folder = Path(section.path).expanduser()
        self._folders = _split_folders(folder)
        self._splits = own_splits(section, list(self._folders), where=str(folder))

    def splits(self) -> tuple[str, ...]:
        return tuple(self._splits)

    def parts(self, split: str) -> list[Part]:
        folder = self._folders[self._splits[split]]
        return [Part(str(file), file) for file in _arrow_files(folder)]

    def content_hash(self, split: str) -> str:
        folder = self._folders[self._splits[split]]
        return sha256_of([folder / "dataset_info.json", *_arrow_files(folder)])

    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        names = _class_names(part.handle.parent, self.only_label)
        yield from clean_batches(_record_batches(part, cleaner.fields), cleaner, part.origin, label_names=names)

    def hides_labels(self, split: str) -> bool:
        folder = self._folders[self._splits[split]]
        label = self.only_label
        if label is None or _class_names(folder, label) is None:
            return False
        return all_withheld(batch.column(0) for part in self.parts(split) for batch in _record_batches(part, [label]))


def _split_folders(folder: Path) -> dict[str, Path]:
    """Return the folder of each split; a dataset without splits is its own "train"."""
    if not folder.is_dir():
        raise DataError(
            "There is no such folder.", where=f"data.path {folder}", hint="Name the folder that save_to_disk wrote."
        )
    if (folder / "dataset_dict.json").is_file():
        names = _json(folder / "dataset_dict.json").get("splits", [])
        return {name: folder / _plain_name(name, folder / "dataset_dict.json") for name in names}
    if (folder / "state.json").is_file():
        return {"train": folder}
    raise DataError(
        "The folder has neither dataset_dict.json nor state.json; expected what save_to_disk writes.",
        where=f"data.path {folder}",
        hint="Save the dataset there (dataset.save_to_disk(folder)), or set another data.source.",
    )


def _arrow_files(folder: Path) -> list[Path]:
    state_file = folder / "state.json"
    state = _json(state_file)
    if state.get("_indices_files") or state.get("_indices_data_files"):
        raise DataError(
            "The dataset keeps a mapping of its rows beside them, as old releases of datasets did.",
            where=str(folder),
            hint="Load it and call save_to_disk again with a release of datasets of today.",
        )
    try:
        return [folder / _plain_name(entry["filename"], state_file) for entry in state["_data_files"]]
    except (KeyError, TypeError):
        raise DataError(
            "The file does not list the data files.",
            where=str(state_file),
            hint="Write the data set anew with save_to_disk.",
        ) from None


def _plain_name(name: Any, file: Path) -> str:
    """Return a name that stays in its folder; anything else is refused."""
    if not isinstance(name, str) or not name or Path(name).name != name:
        raise DataError(
            f"Got {name!r}; expected the plain name of a file or folder.",
            where=str(file),
            hint="Write the data set anew with save_to_disk.",
        )
    return name


def _class_names(folder: Path, label: str | None) -> list[str] | None:
    """Return the names of a column of `ClassLabel`s, or of lists of them; None for any other column."""
    features = _json(folder / "dataset_info.json").get("features") or {}
    feature = features.get(label or "")
    if isinstance(feature, dict) and feature.get("_type") in ("Sequence", "List", "LargeList"):
        feature = feature.get("feature")
    if isinstance(feature, list) and len(feature) == 1:  # how older releases write lists
        (feature,) = feature
    if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and feature.get("names"):
        return [str(name) for name in feature["names"]]
    return None


def _record_batches(part: Part, columns: list[str]) -> Iterator[pa.RecordBatch]:
    try:
        with pa.memory_map(str(part.handle)) as mapped, pa.ipc.open_stream(mapped) as stream:
            require_columns(columns, stream.schema.names, where=part.origin)
            for batch in stream:
                yield batch.select(columns)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(
            f"The Arrow file cannot be read ({reason}).",
            where=part.origin,
            hint="Write the data set anew with save_to_disk.",
        ) from error


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"The file cannot be read ({error}).",
            where=str(path),
            hint="Check that it is a file and that you may read it.",
        ) from error
    if not isinstance(content, dict):
        raise DataError(
            f"Got a JSON {type(content).__name__}; expected an object.",
            where=str(path),
            hint="Write the data set anew with save_to_disk.",
        )
    return content
