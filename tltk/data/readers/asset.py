"""Datasets of the catalog of assets, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from tltk.data.clean import Cleaner
from tltk.data.reader import Part, Reader, create_reader, register_reader
from tltk.errors import DataError
from tltk.recipe.data import DataSection


@register_reader("asset")
class AssetReader(Reader):
    """Fetches a dataset of the catalog (once) and reads its file with the reader for its format."""

    def __init__(self, section: DataSection, *, memory: Mapping[str, Any] | None = None) -> None:
        super().__init__(section, memory=memory)
        if section.name is None:
            raise DataError(
                "Got source 'asset' and no name.", where="data.name", hint="Set data.name, for example movie-snippets."
            )
        from tltk.assets import resolve_dataset

        file = resolve_dataset(section.name)
        self._file_reader = create_reader(section.model_copy(update={"source": "auto", "path": str(file)}))
        self.counts_lines = self._file_reader.counts_lines  # type: ignore[misc]

    def splits(self) -> tuple[str, ...]:
        return self._file_reader.splits()

    def parts(self, split: str) -> list[Part]:
        return self._file_reader.parts(split)

    def content_hash(self, split: str) -> str:
        return self._file_reader.content_hash(split)

    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        return self._file_reader.batches(part, cleaner)

    def encodings(self) -> list[str]:
        return self._file_reader.encodings()
