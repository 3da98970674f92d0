"""Where the rows come from and which columns matter."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from tltk.recipe.kinds import ColumnName, Columns, LabelText, Options, PathText
from tltk.recipe.section import Section

Fraction = Annotated[float, Field(gt=0, lt=1)]


class SplitSection(Section):
    """How rows are divided when the source has no splits of its own for them."""

    validation: Fraction | None = 0.1
    """Share of the training rows held out to choose epochs and settings; null for none."""

    test: Fraction | None = 0.1
    """Share of the training rows held out for the final figure; null for none."""

    stratify: bool = True
    """Keep the label shares equal across splits."""

    group: ColumnName | None = None
    """Column whose equal values stay together, as the context or the title of questions: no value stands in two
    splits. Each split's rows are then as near to its share as whole groups come; labels do not keep their shares. Of
    question-answering the context, where none is given."""

    seed: int | None = Field(default=None, ge=0)
    """Seed of the division; the recipe's `seed` when not given. Give one to keep the split over several seeds."""

    duplicates: Literal["warn", "error", "drop", "allow"] = "warn"
    """What to do with rows whose text stands in an earlier split too (`drop` removes them from training)."""


class BinarizeSection(Section):
    """Turns a numeric column into two labels."""

    threshold: float = 0.0
    """Values above it take the second name, the others the first."""

    names: Annotated[tuple[LabelText, LabelText], Strict(False)] = ("negative", "positive")
    """The two label names."""


class DataSection(Section):
    """The source of the rows, its columns and its splits."""

    source: str = "auto"
    """Registered reader: csv, tsv, jsonl, parquet, conll, squad, memory, tfds, hf_disk or asset; `auto` goes by the
    file's suffix (.json is JSON Lines: of SQuAD's files say squad)."""

    path: PathText | None = None
    """File or folder of the training rows, or of all rows to be split. Relative to the recipe file."""

    validation_path: PathText | None = None
    """File of the validation rows."""

    test_path: PathText | None = None
    """File of the test rows."""

    name: str | None = None
    """Name of the dataset, for `asset` (movie-snippets) and `tfds` (glue/sst2)."""

    train_split: str | None = None
    """Name of the source's own split to train on, for `tfds` and `hf_disk` (default: train)."""

    validation_split: str | None = None
    """Name of the source's own split to validate on (default: validation, where the source has one)."""

    test_split: str | None = None
    """Name of the source's own split to test on (default: test, where the source has one with labels)."""

    data_dir: PathText | None = None
    """Folder where `tfds` keeps prepared datasets. Relative to the recipe file."""

    text: ColumnName | Columns = "text"
    """Column of the text, or two columns for a pair, or as many as the task takes."""

    label: ColumnName | Columns = "label"
    """Column of the label, or several columns for a task with several labels or numbers a row."""

    label_names: dict[LabelText, LabelText] | None = None
    """New names for the labels as they stand in the data, for example {"0": negative, "1": positive}."""

    binarize: BinarizeSection | None = None
    """Make two labels of a numeric label column."""

    columns: Columns | None = None
    """Names of the columns of a file without a header row, in order."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """Field separator of a delimited file; a comma for csv, a tab for tsv when not given."""

    quoting: bool | None = None
    """Whether double quotes enclose fields; true for csv, false for tsv when not given."""

    encoding: str = "utf-8"
    """Text encoding of the files."""

    compression: Literal["auto", "none", "gzip"] = "auto"
    """Compression of the files; `auto` goes by the suffix .gz."""

    on_error: Literal["raise", "skip"] = "raise"
    """What to do with a broken row: stop and name it, or skip it, count it and write it to a file."""

    limit: int | None = Field(default=None, ge=1)
    """Use this many rows of each split of the source at the most, for a quick trial; drawn by the seed of the split,
    the labels' shares kept. Validation and test rows that the source does not give are held out of them."""

    split: SplitSection = SplitSection()
    """How to hold out validation and test rows that the source does not give."""

    options: Options = Field(default_factory=dict)
    """Settings of a registered reader's own."""
