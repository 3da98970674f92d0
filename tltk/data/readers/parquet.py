"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from tltk.data.arrow import clean_batches
from tltk.data.clean import Cleaner
from tltk.data.reader import BATCH_ROWS, FileReader, Part, register_reader, require_columns
from tltk.errors import DataError


@register_reader("parquet")
class ParquetReader(FileReader):
    """Reads the wanted columns of Parquet files, page by page; rows are numbered from 0."""

    suffixes = (".parquet", ".pq")

    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        try:
            # Buffering ahead would hold whole row groups in memory.
            with pq.ParquetFile(part.handle, memory_map=True, pre_buffer=False) as file:
                require_columns(cleaner.fields, file.schema_arrow.names, where=part.origin)
                batches = file.iter_batches(BATCH_ROWS, columns=cleaner.fields, use_threads=False)
                yield from clean_batches(batches, cleaner, part.origin)
        except (pa.ArrowException, OSError) as error:
            reason = str(error).splitlines()[0]
            raise DataError(
                f"The Parquet file cannot be read ({reason}).",
                where=part.origin,
                hint="Write or fetch it again; if it is of another format, set data.source.",
            ) from error
