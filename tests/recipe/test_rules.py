"""Combinations that cannot work are refused, and their neighbours that can are not."""

from __future__ import annotations

import pytest

from tltk.errors import RecipeError
from tltk.recipe import Recipe, json_schema, load_recipe
from tltk.recipe.rules.tuning import searchable_fields

NO_VALIDATION = "data: {path: a.csv, split: {validation: null}}"


def search(name: str, dimension: str, rest: str = "") -> str:
    return f"{{tune: {{parameters: {{{name}: {{{dimension}}}}}}}{rest}}}"


REFUSED = [
    # Sources
    ("{data: {source: csv}}", "data.source: Source 'csv' needs data.path, the file to read. Set data.path."),
    ("{data: {source: hf_disk}}", "Source 'hf_disk' needs data.path, the folder to read."),
    ("{data: {source: asset}}", "Source 'asset' needs data.name, the name of the dataset."),
    ("{data: {source: tfds}}", "Set data.name, for example glue/sst2."),
    ("{data: {test_path: a.csv}}", "data.test_path: There is no data.path with the training rows."),
    ("{data: {name: movie-snippets}}", "Set data.source to asset or tfds."),
    ("{data: {source: asset, name: a, path: a.csv}}", "data.path says nothing to source 'asset'"),
    ("{data: {source: tfds, name: a, validation_path: a}}", "data.validation_path says nothing to source 'tfds'"),
    ("{data: {path: a.csv, name: b}}", "data.name says nothing to source 'csv'; it is for asset and tfds."),
    ("{data: {path: a.csv, train_split: b}}", "data.train_split says nothing to source 'csv'"),
    ("{data: {path: a.csv, data_dir: b}}", "data.data_dir says nothing to source 'csv'; it is for tfds."),
    ("{data: {path: a.parquet, delimiter: ';'}}", "data.delimiter says nothing to source 'parquet'"),
    ("{data: {path: a.jsonl.gz, quoting: true}}", "data.quoting says nothing to source 'jsonl'"),
    ("{data: {source: parquet, path: a, columns: [text, label]}}", "data.columns says nothing to source 'parquet'"),
    ("{data: {path: a.parquet, encoding: latin-1}}", "Got 'latin-1', but source 'parquet' is no text file."),
    ("{data: {path: a.parquet, compression: gzip}}", "Got 'gzip', but source 'parquet' is no text file."),
    ("{data: {path: a.csv, encoding: utf-99}}", "Got 'utf-99', which is no text encoding that Python knows."),
    ("{data: {path: a.csv, encoding: rot13}}", "Got 'rot13', which is no text encoding that Python knows."),
    ("{data: {path: 'https://x.org/a.csv'}}", "built-in sources read local files only. Download the file"),
    ("{data: {path: a.csv, test_path: a.csv}}", "data.test_path and data.path are the same file, 'a.csv'."),
    # Columns
    ("{data: {text: [a, b, c, d]}}", "data.text: Got 4 columns; expected one, two for a pair, or three."),
    ("{data: {text: []}}", "data.text: Got 0 columns"),
    ("{data: {text: [a, a]}}", "Got the column 'a' twice; a pair has two different ones."),
    ("{data: {text: [a, label]}}", "The column 'label' is the text already; it cannot be the label too."),
    ("{data: {path: a.csv, columns: [text, y]}}", "data.label is 'label', which is not among the columns text and y."),
    ("{data: {path: a.csv, columns: [text, label, label]}}", "Got label more than once"),
    ("{data: {path: a.csv, delimiter: '\"'}}", "which cannot separate fields."),
    ("{data: {split: {validation: 0.5, test: 0.5}}}", "together leave no rows to train on."),
    # Labels
    ("{task: {labels: [a]}}", "Got 1 label; there must be at least two to tell apart."),
    ("{task: {name: token-classification, labels: []}}", "Got 0 labels; there must be at least one."),
    ("{task: {labels: []}}", "Got 0 labels"),
    ("{task: {labels: [a, b, a]}}", "task.labels[2]: The label 'a' stands twice."),
    ("{task: {labels: [a, '']}}", "task.labels[1]: The label is empty."),
    ("{data: {binarize: {names: [a, a]}}}", "the two labels need different names."),
    ("{data: {binarize: {}, label_names: {0: a}}}", "Labels that data.binarize makes are named by"),
    ("{data: {binarize: {}}, task: {labels: [a, b]}}", "data.binarize makes the labels negative and positive."),
    ("{data: {label_names: {0: x}}, task: {labels: [a, b]}}", "data.label_names.0: '0' is renamed to 'x'"),
    # Training
    ("{train: {monitor: eval_loss}}", "Got 'eval_loss'; the history has no such name. Did you mean 'val_loss'?"),
    ("{train: {monitor: Val Loss}}", "the history's names are lower case with underscores."),
    (f"{{{NO_VALIDATION}, train: {{early_stopping: {{}}}}}}", "train.early_stopping: 'val_loss' needs validation rows"),
    (f"{{{NO_VALIDATION}, train: {{monitor: val_f1}}}}", "train.monitor: 'val_f1' needs validation rows"),
    ("{train: {tokens_per_batch: 127}}", "Got 127, less than one row of backbone.max_length (128) tokens."),
    ("{train: {tokens_per_batch: 512, group_by_length: false}}", "batches of mixed lengths cannot keep a budget"),
    ("{distribute: {devices: 2}}", "Got 2 devices, but distribute.strategy is none, which trains on one."),
    ("{distribute: {strategy: mirrored, devices: 4}, train: {batch_size: 3}}", "Got 3 rows for 4 devices"),
    ("{train: {jit_compile: true}, distribute: mirrored}", "Got true with distribute.strategy mirrored"),
    ("{train: {jit_compile: 1}}", "train.jit_compile: Got 1"),
    ("{backbone: {name: ./x, revision: main}}", "which has no revisions. Remove backbone.revision."),
    ("{backbone: {provider: keras_hub}}", "backbone.preset: Provider keras_hub needs a preset."),
    ("{backbone: {provider: keras_hub, preset: x, revision: main}}", "A KerasHub preset has no revision."),
    ("{backbone: {provider: keras_hub, preset: x, attention_dropout: 0.1}}", "have one rate of dropout for all."),
    ("{backbone: {preset: x}}", "backbone.preset is for provider keras_hub. Set backbone.provider to keras_hub"),
    ("{backbone: {name: x, tokenizer: y}}", "backbone.tokenizer is for provider keras_hub."),
    ("{data: {path: a.csv, split: {group: label}}}", "data.split.group: The column 'label' is the label"),
    ("{data: {source: squad}}", "Source 'squad' needs data.path, the file to read."),
    ("{export: {formats: [onnx, onnx]}}", "export.formats[1]: The format 'onnx' stands twice."),
    # Search
    (search("train.epoch", "choice: [1]"), "There is no such field in a recipe. Did you mean 'train.epochs'?"),
    (search("learning_rate", "choice: [1]"), "There is no such field in a recipe. Did you mean 'train.learning_rate'?"),
    (search("seed", "choice: [1]"), "seed cannot be searched. Search fields of augment, backbone, head, task, train."),
    (search("train.resume", "choice: [auto]"), "train.resume cannot be searched."),
    (search("train.jit_compile", "choice: [true]"), "train.jit_compile cannot be searched."),
    (search("data.label", "choice: [a]"), "data.label cannot be searched."),
    (search("augment.copies", "choice: [1, 3]"), "tune.parameters.augment.copies: The recipe augments nothing."),
    (search("head.options", "choice: [1]"), "head.options is a mapping. Name one of its keys"),
    (search("train.epochs", "range: [0, 3]"), "train.epochs.range[0]: Got 0; expected a whole number of at least 1."),
    (search("train.epochs", "range: [1, 2.5]"), "train.epochs.range[1]: Got 2.5; expected a whole number"),
    (search("head.pooling", "choice: [cls, avg]"), "head.pooling.choice[1]: Got 'avg'; expected family, cls, mean"),
    (search("head.pooling", "range: [1, 2]"), "head.pooling is no number, so it has no range."),
    (search("train.early_stopping", "choice: [{patience: -1}, null]"), "Got -1; expected a whole number of at"),
    (search("train.learning_rate", "log_range: [1e-5, 1e-4], step: 1"), "A step goes with a range."),
    (search("train.epochs", "range: [1, 3], step: 3"), "The step 3 is wider than the range 1 to 3."),
    (search("train.epochs", "choice: [1, 2, 1]"), "The value 1 stands twice."),
    ("{tune: {tuner: hyperband, parameters: {train.epochs: {choice: [1]}}}}", "Hyperband decides the epochs"),
    (search("train.batch_size", "choice: [8]", ", train: {tokens_per_batch: 512}"), "The batch size has no effect"),
    (search("train.epochs", "choice: [1]", f", {NO_VALIDATION}"), "tune.objective: 'val_accuracy'"),
    ("{tune: {objective: test_f1, parameters: {train.epochs: {choice: [1]}}}}", "Did you mean 'val_f1'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_cannot_work_is_refused(text: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe(text + "\n")
    (problem,) = caught.value.problems
    assert message in str(problem)
    assert str(problem).startswith("<text>:1:")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{data: {source: csv, path: a.parquet}}",
        "{data: {path: a.csv, delimiter: ';', columns: [text, label, more], encoding: gb18030, compression: gzip}}",
        "{data: {path: folder, delimiter: ';'}}",
        "{data: {source: my-own, name: a, path: b, train_split: c, delimiter: d}}",
        "{data: {source: tfds, name: a, data_dir: b, split: {validation: null}}, train: {early_stopping: {}}}",
        f"{{{NO_VALIDATION}}}",
        "{data: {path: a.csv, split: {validation: null}}, train: {monitor: loss, early_stopping: {}}}",
        "{data: {path: a.csv, validation_path: b.csv, split: {validation: null}}, train: {early_stopping: {}}}",
        "{data: {text: [premise, hypothesis]}}",
        "{data: {path: a.csv, split: {group: author}}}",
        "{data: {source: squad, path: a.json, validation_path: b.json, encoding: latin-1, split: {group: title}}}",
        "{data: {binarize: {}}, task: {labels: [positive, negative]}}",
        "{task: {labels: [0, 1, true, 2.0]}}",
        "{train: {tokens_per_batch: 128}}",
        "{train: {tokens_per_batch: 4096, batch_size: 1}, distribute: {strategy: mirrored, devices: 2}}",
        "{distribute: mirrored}",
        "{distribute: mirrored, train: {jit_compile: auto}}",
        "{distribute: {strategy: mirrored, devices: 1}, train: {jit_compile: true}}",
        "{train: {jit_compile: false}}",
        "{distribute: {devices: 1}}",
        "{backbone: {name: org/model, revision: main}}",
        "{backbone: {provider: keras_hub, preset: bert_tiny_en_uncased, dropout: 0.2}}",
        search("head.options.units", "choice: [1, 2.5, [1], null]"),
        search("train.early_stopping", "choice: [null, {patience: 2}]"),
        search("train.early_stopping.patience", "range: [1, 3]"),
        search("train.epochs", "range: [1, 4], step: 1"),
        search("backbone.name", "choice: [a, b]"),
    ],
)
def test_what_can_work_is_let_through(text: str) -> None:
    load_recipe(text + "\n")


def test_labels_are_spelled_as_readers_spell_them() -> None:
    assert load_recipe({"task": {"labels": [0, 1.0, True, 0.5, "2.0", "2.10"]}}).task.labels == (
        *("0", "1", "true", "0.5", "2", "2.10"),
    )


def test_every_searchable_field_is_a_field_of_the_recipe_and_of_the_schema() -> None:
    properties = json_schema()["$defs"]["TuneSection"]["properties"]["parameters"]["properties"]
    assert "train.learning_rate" in properties
    for name in searchable_fields():
        section: object = Recipe(train={"early_stopping": {}}, augment={"methods": ["typos"]})  # type: ignore[arg-type]
        for part in name.split("."):
            section = getattr(section, part)
        assert name in properties or name.endswith((".options", ".methods"))


@pytest.mark.parametrize("task", ["token-classification", "multi-label-classification"])
def test_one_label_is_enough_where_a_row_may_lack_it(task: str) -> None:
    assert Recipe(task={"name": task, "labels": ["PER"]}).task.labels == ("PER",)
