"""Rules of the data section. Sources that are not built in may use its fields as they like."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import PurePath

from tltk.recipe.data import DataSection
from tltk.recipe.paths import URL
from tltk.recipe.recipe import Recipe
from tltk.recipe.rules.rule import Finding, rule

FILES = ("csv", "tsv", "jsonl", "parquet", "squad", "conll")
DELIMITED = ("csv", "tsv")
TEXT_FILES = ("csv", "tsv", "jsonl", "squad", "conll")
NAMED = ("asset", "tfds")
WITH_SPLITS = ("tfds", "hf_disk")
BUILT_IN = (*FILES, *NAMED, "hf_disk", "memory", "auto")

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".conll": "conll",
    ".bio": "conll",
    ".iob": "conll",
}


def source_of(data: DataSection) -> str:
    """Return the source, with `auto` settled by the file's suffix where that is possible."""
    if data.source != "auto" or data.path is None:
        return data.source
    suffixes = [suffix.lower() for suffix in PurePath(data.path).suffixes if suffix.lower() != ".gz"]
    return _SUFFIXES.get(suffixes[-1], "auto") if suffixes else "auto"


@rule
def files_need_a_path(recipe: Recipe) -> Iterator[Finding]:
    source = recipe.data.source
    if source in (*FILES, "hf_disk") and recipe.data.path is None:
        what = "folder" if source == "hf_disk" else "file"
        yield Finding(
            ("data", "source"),
            f"Source {source!r} needs data.path, the {what} to read.",
            "Set data.path.",
            also=(("data", "path"),),
        )


@rule
def named_sources_need_a_name(recipe: Recipe) -> Iterator[Finding]:
    source = recipe.data.source
    if source in NAMED and recipe.data.name is None:
        example = "movie-snippets" if source == "asset" else "glue/sst2"
        yield Finding(
            ("data", "source"),
            f"Source {source!r} needs data.name, the name of the dataset.",
            f"Set data.name, for example {example}.",
            also=(("data", "name"),),
        )


@rule
def auto_goes_by_the_path(recipe: Recipe) -> Iterator[Finding]:
    data = recipe.data
    if data.source != "auto" or data.path is not None:
        return
    for field in ("validation_path", "test_path"):
        if getattr(data, field) is not None:
            yield Finding(
                ("data", field),
                "There is no data.path with the training rows.",
                "Set data.path.",
                also=(("data", "path"), ("data", "source")),
            )
    if data.name is not None:
        yield Finding(
            ("data", "name"),
            f"A name ({data.name!r}) says nothing to source 'auto', which goes by the suffix of data.path.",
            "Set data.source to asset or tfds.",
            also=(("data", "path"), ("data", "source")),
        )


@rule
def fields_belong_to_their_sources(recipe: Recipe) -> Iterator[Finding]:
    data, source = recipe.data, source_of(recipe.data)
    if source not in BUILT_IN or (data.source == "auto" and data.path is None):
        return
    users = {
        "path": (*FILES, "hf_disk", "auto"),
        "validation_path": (*FILES, "auto"),
        "test_path": (*FILES, "auto"),
        "name": NAMED,
        "train_split": WITH_SPLITS,
        "validation_split": WITH_SPLITS,
        "test_split": WITH_SPLITS,
        "data_dir": ("tfds",),
        "columns": (*DELIMITED, "asset", "auto"),
        "delimiter": (*DELIMITED, "conll", "asset", "auto"),
        "quoting": (*DELIMITED, "asset", "auto"),
    }
    for field, sources in users.items():
        if getattr(data, field) is not None and source not in sources:
            allowed = [name for name in sources if name != "auto" and not (name == "asset" and "csv" in sources)]
            yield Finding(
                ("data", field),
                f"data.{field} says nothing to source {source!r}; it is for {_listed(allowed)}.",
                f"Remove data.{field}, or set another data.source.",
                also=(("data", "source"), ("data", "path")),
            )


@rule
def only_text_files_have_an_encoding(recipe: Recipe) -> Iterator[Finding]:
    data, source = recipe.data, source_of(recipe.data)
    if source not in BUILT_IN or source in (*TEXT_FILES, "asset", "auto"):
        return
    for field, usual in (("encoding", "utf-8"), ("compression", "auto")):
        value = getattr(data, field)
        if value not in (usual, "none"):
            yield Finding(
                ("data", field),
                f"Got {value!r}, but source {source!r} is no text file.",
                f"Remove data.{field}.",
                also=(("data", "source"), ("data", "path")),
            )


@rule
def the_encoding_is_known(recipe: Recipe) -> Iterator[Finding]:
    encoding = recipe.data.encoding
    if encoding in ("auto", "detect"):
        return
    try:
        known = codecs.lookup(encoding)._is_text_encoding
    except (LookupError, ValueError):
        known = False
    if not known:
        yield Finding(
            ("data", "encoding"),
            f"Got {encoding!r}, which is no text encoding that Python knows.",
            "Write for example utf-8, latin-1, cp1252, utf-16 or gb18030.",
        )


@rule
def paths_are_local(recipe: Recipe) -> Iterator[Finding]:
    if recipe.data.source not in BUILT_IN:
        return
    for field in ("path", "validation_path", "test_path"):
        path = getattr(recipe.data, field)
        if path is not None and URL.match(path):
            yield Finding(
                ("data", field),
                f"Got {path!r}; built-in sources read local files only.",
                "Download the file and give its path.",
                also=(("data", "source"),),
            )


@rule
def splits_are_different_files(recipe: Recipe) -> Iterator[Finding]:
    fields = ("path", "validation_path", "test_path")
    for index, field in enumerate(fields):
        path = getattr(recipe.data, field)
        twin = next((other for other in fields[:index] if path and getattr(recipe.data, other) == path), None)
        if twin is not None:
            yield Finding(
                ("data", field),
                f"data.{field} and data.{twin} are the same file, {path!r}.",
                "Give rows of their own, or leave it out to have some held out.",
                also=(("data", twin),),
            )


@rule
def held_out_shares_leave_training_rows(recipe: Recipe) -> Iterator[Finding]:
    split = recipe.data.split
    total = (split.validation or 0) + (split.test or 0)
    if total >= 1:
        yield Finding(
            ("data", "split"),
            f"validation ({split.validation}) and test ({split.test}) together leave no rows to train on.",
            "Make their sum less than 1.",
            also=(("data", "split", "validation"), ("data", "split", "test")),
        )


@rule
def text_is_one_to_three_columns(recipe: Recipe) -> Iterator[Finding]:
    text = recipe.data.text
    columns = (text,) if isinstance(text, str) else text
    if not 1 <= len(columns) <= 3:
        yield Finding(("data", "text"), f"Got {len(columns)} columns; expected one, two for a pair, or three.")
    elif len(set(columns)) < len(columns):
        yield Finding(("data", "text"), f"Got the column {columns[0]!r} twice; a pair has two different ones.")
    for label in _labels(recipe):
        if label in columns:
            yield Finding(
                ("data", "label"),
                f"The column {label!r} is the text already; it cannot be the label too.",
                "Name the column of the label.",
                also=(("data", "text"),),
            )


@rule
def groups_are_no_labels(recipe: Recipe) -> Iterator[Finding]:
    group = recipe.data.split.group
    if group is not None and group in _labels(recipe):
        yield Finding(
            ("data", "split", "group"),
            f"The column {group!r} is the label; rows of a label that stay together could not be learned.",
            "Name another column, or leave data.split.group out.",
            also=(("data", "label"),),
        )


@rule
def label_columns_are_different(recipe: Recipe) -> Iterator[Finding]:
    labels = _labels(recipe)
    doubled = sorted({name for name in labels if labels.count(name) > 1})
    if doubled:
        yield Finding(("data", "label"), f"Got {_listed(doubled)} more than once; columns have different names.")
    if recipe.data.label == ():
        yield Finding(("data", "label"), "Got no column.", "Name one, or leave data.label out where there is none.")


@rule
def named_columns_hold_text_and_label(recipe: Recipe) -> Iterator[Finding]:
    data = recipe.data
    if data.columns is None:
        return
    doubled = sorted({name for name in data.columns if data.columns.count(name) > 1})
    if doubled:
        yield Finding(("data", "columns"), f"Got {_listed(doubled)} more than once; columns have different names.")
    wanted = [data.text] if isinstance(data.text, str) else list(data.text)
    for name in dict.fromkeys([*wanted, *_labels(recipe)]):
        if name not in data.columns:
            field = "text" if name in wanted else "label"
            yield Finding(
                ("data", "columns"),
                f"data.{field} is {name!r}, which is not among the columns {_listed(data.columns)}.",
                f"Name the columns in the file's order, or set data.{field} to one of them.",
                also=(("data", field),),
            )


@rule
def the_delimiter_separates(recipe: Recipe) -> Iterator[Finding]:
    delimiter = recipe.data.delimiter
    if delimiter is not None and delimiter in '"\r\n\0':
        yield Finding(("data", "delimiter"), f"Got {delimiter!r}, which cannot separate fields.")


def _labels(recipe: Recipe) -> tuple[str, ...]:
    """Return the label columns; none where a task that may learn without labels is given and none is named."""
    if "label" not in recipe.data.model_fields_set and "name" in recipe.task.model_fields_set:
        return ()
    return (recipe.data.label,) if isinstance(recipe.data.label, str) else recipe.data.label


def _listed(names: tuple[str, ...] | list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
