"""From a recipe's data section to a Dataset: read, check, split."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tltk.data import checks
from tltk.data.broken import BrokenRows
from tltk.data.clean import Cleaner
from tltk.data.dataset import Dataset, Rows, Source
from tltk.data.duplicates import find_duplicates
from tltk.data.kinds import ClassKind, LabelKind, label_columns
from tltk.data.rare_labels import keep_in_training
from tltk.data.reader import Reader, create_reader
from tltk.data.report import ReadReport
from tltk.data.sample import sample
from tltk.data.split_groups import group_codes, warn_of_divided_texts, with_group_of
from tltk.data.splits import hold_out, hold_out_groups
from tltk.data.store import store, text_columns
from tltk.recipe.data import DataSection


def read(
    section: DataSection,
    *,
    seed: int = 0,
    memory: Any | None = None,
    cache: Path | None = None,
    kind: LabelKind | None = None,
    training: bool = True,
    labels: Sequence[str] | None = None,
) -> Dataset:
    """Read the rows a recipe's data section asks for, and split them.

    Every source is streamed once into an Arrow file in the cache and memory-mapped; splits are index arrays. Labels
    are kept as their kind says (classes as strings, "1" or "positive"); the task makes codes or numbers of them.

    Args:
        section: the recipe's data section.
        seed: seed of the division into splits, where the section gives none.
        memory: data for `source: memory`: a pandas, pyarrow or polars table, a dict of lists, a list of dicts or a
            (texts, labels) tuple, or a dict of those by split.
        cache: folder for the Arrow files; `data` in tltk's cache folder when not given.
        kind: what stands in the label column(s): one class a row when not given. Only rows of one class each are
            divided by label.
        training: a model is to be trained on the rows, so that there must be two classes; false to score a model.
        labels: all labels, where the recipe names them (`task.labels`): one that no training row has is then told and
            not refused.

    Raises:
        DataError: a file, column, row or label that does not fit; names it.

    Example:
        >>> import tempfile
        >>> rows = {"text": ["good", "bad", "fine", "poor"] * 5, "label": [1, 0, 1, 0] * 5}
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     dataset = read(DataSection(split={"duplicates": "allow"}), memory=rows, cache=Path(folder))
        >>> {name: len(split) for name, split in dataset.splits.items()}
        {'train': 16, 'validation': 2, 'test': 2}
    """
    kind = kind or ClassKind.of(section)
    checks.check_section(section, kind)
    folder = cache if cache is not None else _default_cache()
    reader = create_reader(section, memory=memory)
    report = ReadReport()
    sources: dict[str, Source] = {}
    for split in _labelled(reader, report):
        source, source_report = store(reader, split, folder, kind=kind)
        checks.check_rows(source, source_report)
        sources[split], report.sources[split] = source, source_report
    split_seed = seed if section.split.seed is None else section.split.seed
    given = {name: Rows(source) for name, source in sources.items()}
    if section.limit is not None:
        given = sample(given, section.limit, seed=split_seed, by_label=kind.exclusive)
    remarks = _remarks(given["train"]) if training else []
    report.warnings.extend(f"train: {remark}" for remark in remarks)
    section = with_group_of(kind, section, given)
    splits = _split(given, section, split_seed, kind.exclusive, report)
    drawn = [name for name in splits if name not in sources]
    splits = keep_in_training(splits, drawn, section, report)
    if kind.shares_texts and section.split.group is None:
        warn_of_divided_texts(splits, drawn, report)
    splits, report.duplicates = find_duplicates(splits, section.split.duplicates)
    if report.duplicates.dropped:
        splits = keep_in_training(splits, drawn, section, report)
    if training:
        checks.warn_of_unmeasured_labels(splits, drawn, report, kind)
    checks.check_splits(splits, section, report, kind=kind, training=training, labels=labels)
    return Dataset(sources, splits, report, _fingerprint(sources, section, seed))


def stream(
    section: DataSection,
    *,
    memory: Any | None = None,
    split: str = "train",
    kind: LabelKind | None = None,
    label: bool = False,
) -> Iterator[pa.RecordBatch]:
    """Yield the text column(s) of a source, and `__row__`, batch by batch and in order, with nothing cached.

    Meant for prediction on files: no labels are needed, nothing is split, memory is constant.

    Args:
        section: where the rows are; with `on_error: skip` broken ones are left out.
        memory: data for `source: memory`.
        split: split of the source's own.
        kind: what stands in the label column(s), and what counts as text; one class a row when not given.
        label: yield the label column too.

    Raises:
        DataError: the source cannot be read, or has a broken row.
    """
    reader = create_reader(section, memory=memory)
    cleaner = Cleaner(
        text_columns(section.text),
        label_columns(section) if label else (),
        kind or ClassKind.of(section),
        BrokenRows(section.on_error),
        counts_lines=reader.counts_lines,
    )
    for part in reader.parts(split):
        yield from reader.batches(part, cleaner)


def _default_cache() -> Path:
    from tltk.assets import cache_folder

    return cache_folder() / "data"


def _labelled(reader: Reader, report: ReadReport) -> Iterator[str]:
    """Yield the source's own splits, but for those whose labels are withheld."""
    splits = reader.splits()
    checks.check_has_training(splits)
    for split in splits:
        if reader.hides_labels(split):
            checks.check_labels_hidden(split, report)
        else:
            yield split


def _split(
    given: dict[str, Rows], section: DataSection, seed: int, by_label: bool, report: ReadReport
) -> dict[str, Rows]:
    wanted = {"validation": section.split.validation, "test": section.split.test}
    shares = {name: share for name, share in wanted.items() if share is not None and name not in given}
    if not shares:
        return given
    train = given["train"]
    if section.split.group is None:
        parts = _drawn_by_rows(train, section, shares, seed, by_label, report)
    else:
        groups = group_codes(train, section)
        checks.check_enough_groups(len(np.unique(groups)), section.split.group, shares)
        parts = hold_out_groups(groups, shares, seed=seed)
    held_out = {name: train.take(rows) for name, rows in parts.items()}
    return {name: (held_out | given | {"train": held_out["train"]})[name] for name in _ordered(held_out | given)}


def _drawn_by_rows(
    train: Rows, section: DataSection, shares: Mapping[str, float], seed: int, by_label: bool, report: ReadReport
) -> dict[str, np.ndarray]:
    codes = None
    if section.split.stratify and by_label:
        counts = train.label_counts()
        checks.check_stratification(counts, shares, report)
        codes = train.codes(list(counts))
    checks.check_enough_rows(len(train), shares, report.warnings)
    return hold_out(len(train), shares, seed=seed, codes=codes)


def _remarks(rows: Rows) -> list[str]:
    """Return what looks wrong about the form of the labels, as whole sentences after the name of the split."""
    if rows.source.label is None:
        return []
    return rows.source.kind.remarks(rows.column(rows.source.label), rows.label_counts())


def _ordered(splits: Mapping[str, Rows]) -> list[str]:
    return [name for name in ("train", "validation", "test") if name in splits]


def _fingerprint(sources: dict[str, Source], section: DataSection, seed: int) -> str:
    facts = {
        "sources": {name: source.fingerprint for name, source in sources.items()},
        "split": section.split.model_dump(mode="json"),
        "limit": section.limit,
        "seed": seed if section.split.seed is None else section.split.seed,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
