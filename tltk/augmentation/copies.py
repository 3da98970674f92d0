"""Makes the changed copies of a split's rows: a table of their own, in the cache, memory-mapped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tltk.assets import is_full, locked
from tltk.augmentation.labels import SpanLabels
from tltk.augmentation.method import Augmentation, augmentations
from tltk.augmentation.rows import change_rows
from tltk.data import Rows
from tltk.data.files import sha256_of
from tltk.data.progress import rows_bar
from tltk.data.whole_file import whole_file, write_json
from tltk.errors import EnvironmentProblem
from tltk.recipe import AugmentSection

ORIGINAL = "__original__"
"""Column of the row of the source's table that a copy was made of."""

FORMAT = 3
"""Raised when the same rows would be changed otherwise, so that older tables are made anew."""

EXAMPLES = 8
"""How many changed rows the report shows."""

_BATCH_ROWS = 1024
_CHOICE, _CHANGE = 0, 1  # keep the random numbers that choose rows apart from those that change them

Methods = list[tuple[Augmentation, float]]


@dataclass(frozen=True)
class CopiesReport:
    """What was made, for the console, `data.json` and `report.html`.

    Args:
        methods: the augmentations and their strengths, in the order in which they were applied.
        copies: copies asked for of each chosen row.
        share: share of the rows that were chosen.
        seed: seed of the changes.
        rows: copies that were made.
        unchanged: copies left out since nothing in them could be changed.
        examples: a few copies: `where` the row stands, and its texts `before` and `after`, lists of strings.
    """

    methods: dict[str, float]
    copies: int
    share: float
    seed: int
    rows: int
    unchanged: int
    examples: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain dicts, lists, strings and numbers."""
        return asdict(self)


def make_copies(
    rows: Rows, section: AugmentSection, *, seed: int, checkpoint: Path, cache: Path, progress: bool = True
) -> tuple[Rows, CopiesReport]:
    """Return changed copies of rows, with their labels, made now or before.

    They lie in `cache` under a fingerprint of the rows and of the settings, in a table with the columns of the rows'
    own and `ORIGINAL`. It is written batch by batch; memory stays constant. The same rows, settings and seed give the
    same copies.

    Args:
        rows: the training rows.
        section: the recipe's `augment` section.
        seed: the recipe's seed, which counts where the section has none.
        checkpoint: folder of the pretrained checkpoint, for augmentations that ask it.
        cache: folder of tables.
        progress: whether to draw a progress bar.

    Raises:
        RecipeError: an augmentation is not registered, or cannot do with this checkpoint.
        EnvironmentProblem: the disk is full, or the cache cannot be written.
    """
    seed = seed if section.seed is None else section.seed
    methods = create_methods(section, checkpoint)
    fingerprint = _fingerprint(rows, section, methods, seed)
    table_path, facts_path = cache / f"{fingerprint}.arrow", cache / f"{fingerprint}.json"
    with _usable(cache), locked(table_path, what="the same rows", doing="augmenting"):
        if not (facts_path.is_file() and table_path.is_file()):
            chosen = _chosen(rows, section.share, seed)
            with rows_bar("Augmenting", len(chosen) * section.copies, shown=progress) as advance:
                batches = _batches(rows, chosen, section.copies, methods, seed)
                made = _write(table_path, _schema(rows.table.schema), batches, advance)
            settings = {"copies": section.copies, "share": section.share, "seed": seed}
            names = {method.name: strength for method, strength in methods}
            write_json(facts_path, {"methods": names, **settings, **made})
        facts = json.loads(facts_path.read_text("utf-8"))
        table = pa.ipc.open_file(pa.memory_map(str(table_path))).read_all()
    copies = replace(
        rows.source,
        name=f"changed copies of {rows.source.name}",
        table=table,
        fingerprint=fingerprint,
        parts=(),
        counts_lines=False,
    )
    # Where a row stands is told anew: the same content may lie elsewhere today.
    examples = [{"where": rows.source.where(example.pop("row")), **example} for example in facts.pop("examples")]
    return Rows(copies), CopiesReport(**facts, examples=examples)


def originals_of(copies: Rows, rows: Rows) -> np.ndarray:
    """Return for each copy the position, in the rows it was made of, of its original; int64.

    Args:
        copies: what `make_copies` returned.
        rows: what it was given.
    """
    numbers = copies.column(ORIGINAL).to_numpy()
    if rows.indices is None:
        return numbers
    order = np.argsort(rows.indices)
    return order[np.searchsorted(rows.indices, numbers, sorter=order)]


def create_methods(section: AugmentSection, checkpoint: Path) -> Methods:
    """Return the augmentations of a recipe with their strengths: those that ask the checkpoint first, then by name.

    Raises:
        RecipeError: one is not registered, or cannot do with this checkpoint.
    """
    methods = [
        (augmentations.get(name, where="augment.methods")(checkpoint), strength)
        for name, strength in section.methods.items()
    ]
    for method, _ in methods:
        method.check()
    return sorted(methods, key=lambda pair: (not pair[0].needs_checkpoint, pair[0].name))


@dataclass
class _Batch:
    """Copies, how many there could have been, and a few of them before and after."""

    table: pa.RecordBatch
    tried: int
    examples: list[dict[str, Any]]


def _batches(rows: Rows, chosen: np.ndarray, copies: int, methods: Methods, seed: int) -> Iterator[_Batch]:
    spans = SpanLabels(rows.table.schema.field(rows.source.label).type if rows.source.label else None)
    for copy in range(copies):
        for start in range(0, len(chosen), _BATCH_ROWS):
            numbers = chosen[start : start + _BATCH_ROWS]
            rngs = [np.random.default_rng([seed, _CHANGE, copy, int(number)]) for number in numbers]
            yield _changed(rows, numbers, rngs, methods, spans)


def _changed(
    rows: Rows, numbers: np.ndarray, rngs: Sequence[np.random.Generator], methods: Methods, spans: SpanLabels
) -> _Batch:
    source = rows.source
    batch = source.take(numbers, source.table.column_names).combine_chunks()
    texts = list(zip(*(batch.column(name).to_pylist() for name in source.text), strict=True))
    labels = batch.column(source.label).to_pylist() if source.label and spans.any else [None] * len(texts)
    changed = change_rows(texts, labels, rngs, methods, spans)
    kept = [place for place, row in enumerate(changed) if row.changed]
    columns = {name: batch.column(name).take(pa.array(kept, pa.int64())) for name in batch.column_names}
    for place, name in enumerate(source.text):
        columns[name] = pa.array([changed[row].texts[place] for row in kept], batch.schema.field(name).type)
    if source.label and spans.any:
        columns[source.label] = pa.array([changed[row].label for row in kept], batch.schema.field(source.label).type)
    columns[ORIGINAL] = pa.array(numbers[kept], pa.int64())
    table = pa.table(columns, schema=_schema(batch.schema)).combine_chunks()
    examples = [
        {"row": int(numbers[row]), "before": list(texts[row]), "after": changed[row].texts} for row in kept[:EXAMPLES]
    ]
    made = table.to_batches()[0] if kept else pa.RecordBatch.from_pylist([], schema=table.schema)
    return _Batch(made, len(changed), examples)


def _schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema of copies of rows of a table."""
    return schema.append(pa.field(ORIGINAL, pa.int64()))


def _write(path: Path, schema: pa.Schema, batches: Iterator[_Batch], advance: Any) -> dict[str, Any]:
    """Write the table, which appears only when it is whole, and return what was made."""
    made, unchanged = 0, 0
    examples: list[dict[str, Any]] = []
    with whole_file(path) as partial, pa.OSFile(str(partial), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for batch in batches:
            if batch.table.num_rows:
                writer.write_batch(batch.table)
            made += batch.table.num_rows
            unchanged += batch.tried - batch.table.num_rows
            examples += batch.examples[: EXAMPLES - len(examples)]
            advance(batch.tried)
    return {"rows": made, "unchanged": unchanged, "examples": examples}


def _chosen(rows: Rows, share: float, seed: int) -> np.ndarray:
    """Return the rows of the source's table that are copied, in its order, int64; at least one."""
    numbers = np.arange(len(rows)) if rows.indices is None else np.sort(rows.indices).astype(np.int64)
    if share == 1:
        return numbers
    count = max(1, round(share * len(numbers))) if len(numbers) else 0
    return np.sort(np.random.default_rng([seed, _CHOICE]).choice(numbers, size=count, replace=False))


def _fingerprint(rows: Rows, section: AugmentSection, methods: Methods, seed: int) -> str:
    numbers = np.sort(rows.indices).astype(np.int64).tobytes() if rows.indices is not None else b"all"
    facts = {
        "format": FORMAT,
        "source": rows.source.fingerprint,
        "rows": hashlib.sha256(numbers).hexdigest(),
        "methods": [[method.name, type(method).__qualname__, strength] for method, strength in methods],
        "settings": [section.copies, section.share, seed],
        "checkpoint": next((_content(method.checkpoint) for method, _ in methods if method.needs_checkpoint), None),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _content(checkpoint: Path | None) -> str | None:
    """Return one hash of a checkpoint's weights, config and tokenizer."""
    if checkpoint is None:
        return None
    files = (path for path in checkpoint.iterdir() if path.suffix in (".safetensors", ".json", ".txt", ".model"))
    return sha256_of(sorted(files))


@contextmanager
def _usable(cache: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = is_full(error)
        raise EnvironmentProblem(
            "There is no room left on the disk." if full else f"The cache cannot be used ({error.strerror or error}).",
            where=str(cache),
            hint="Make room, or set TLTK_CACHE to a folder on another disk.",
        ) from error
