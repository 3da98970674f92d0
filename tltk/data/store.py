"""The cache of tables: every source once through its reader into an Arrow file, then memory-mapped."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pyarrow as pa

from tltk.assets import is_full, locked
from tltk.data.broken import BrokenRows
from tltk.data.clean import Cleaner
from tltk.data.dataset import Source
from tltk.data.kinds import LabelKind, label_columns
from tltk.data.reader import Reader
from tltk.data.report import SourceReport
from tltk.data.split_groups import stored_group
from tltk.data.whole_file import whole_file, write_json
from tltk.errors import DataError

FORMAT = 5
"""Raised when what is stored changes, so that older tables are read anew."""

_OPTIONS = {
    *("source", "text", "label", "label_names", "binarize", "columns", "delimiter", "quoting"),
    *("encoding", "compression", "on_error", "options"),
}


def store(reader: Reader, split: str, cache: Path, *, kind: LabelKind) -> tuple[Source, SourceReport]:
    """Return a split of the source's own as a memory-mapped table, read now or before.

    The table lies in `cache` under a fingerprint of the content and of the options. It is written batch by batch into
    a temporary file, renamed when it is whole; a second process waits for the first. Memory stays constant.

    Args:
        reader: the reader of the source.
        split: which of its splits.
        cache: folder of tables.
        kind: what stands in the label column(s).

    Raises:
        DataError: broken rows (`on_error: raise`), or no room on the disk.
    """
    fingerprint = _fingerprint(reader, split, kind)
    table_path, facts_path = cache / f"{fingerprint}.arrow", cache / f"{fingerprint}.json"
    try:
        with locked(table_path, what="the same rows", doing="reading"):
            seconds = 0.0
            if not (facts_path.is_file() and table_path.is_file()):
                started = time.perf_counter()
                _fill(reader, split, table_path, facts_path, kind)
                seconds = time.perf_counter() - started
            facts = json.loads(facts_path.read_text("utf-8"))
            table = pa.ipc.open_file(pa.memory_map(str(table_path))).read_all()
    except OSError as error:
        full = is_full(error)
        raise DataError(
            "There is no room left on the disk." if full else f"The cache cannot be used ({error.strerror or error}).",
            where=str(cache),
            hint="Make room, or set TLTK_CACHE to a folder on another disk.",
        ) from error
    origins = [part.origin for part in reader.parts(split)]  # the same content may lie elsewhere today
    source = Source(
        name=split,
        table=table,
        text=text_columns(reader.section.text),
        label=", ".join(_labels(reader, kind)) or None,
        kind=kind,
        fingerprint=fingerprint,
        parts=tuple(zip(facts["starts"], origins, strict=True)),
        counts_lines=reader.counts_lines,
        labels=_labels(reader, kind),
    )
    return source, SourceReport(**facts["report"], origins=origins, seconds=seconds)


def text_columns(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return a recipe's text column(s) as a tuple."""
    return (text,) if isinstance(text, str) else tuple(text)


def _fill(reader: Reader, split: str, table_path: Path, facts_path: Path, kind: LabelKind) -> None:
    section = reader.section
    skipped_path = table_path.with_suffix(".skipped.jsonl")
    broken = BrokenRows(section.on_error, skipped_path)
    labels = _labels(reader, kind)
    group = stored_group(section, split)
    cleaner = Cleaner(text_columns(section.text), labels, kind, broken, counts_lines=reader.counts_lines, group=group)
    starts, rows = [], 0
    try:
        with (
            whole_file(table_path) as partial,
            pa.OSFile(str(partial), "wb") as sink,
            pa.ipc.new_file(sink, cleaner.schema) as writer,
        ):
            for part in reader.parts(split):
                starts.append(rows)
                for batch in reader.batches(part, cleaner):
                    if batch.num_rows:
                        writer.write_batch(batch)
                    rows += batch.num_rows
    finally:
        broken.close()
    report = {
        "reader": section.source,
        "rows": rows,
        "skipped": broken.count,
        "skipped_reasons": dict(broken.reasons),
        "first_skipped": broken.first,
        "skipped_file": str(skipped_path) if broken.count else None,
        "empty_texts": cleaner.empty_texts,
        "mended": dict(cleaner.mended),
        "first_mended": cleaner.first_mended,
        "encodings": reader.encodings(),
    }
    write_json(facts_path, {"starts": starts, "report": report})


def _labels(reader: Reader, kind: LabelKind) -> tuple[str, ...]:
    return label_columns(reader.section) if kind.most != 0 else ()


def _fingerprint(reader: Reader, split: str, kind: LabelKind) -> str:
    section = reader.section.model_dump(mode="json", include=_OPTIONS)
    facts = {
        "format": FORMAT,
        "reader": type(reader).__qualname__,
        "content": reader.content_hash(split),
        "kind": [kind.name, kind.config()],
        "section": section,
    }
    if group := stored_group(reader.section, split):
        facts["group"] = group
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
