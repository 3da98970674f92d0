"""Recipes that cannot be read, or ask for what is not allowed."""

from __future__ import annotations

from functools import partial

from tests.wrong_inputs.case import Case, wrong
from tests.wrong_inputs.workplace import Workplace

CASES: list[Case] = []
recipe = partial(wrong, CASES)


@recipe("The recipe file is not there", where="quickstrat.yaml", what="no such file", advice="Did you mean")
def missing_recipe(place: Workplace):
    place.write("quickstart.yaml", "name: quick\n")
    return ["check", "quickstrat.yaml"]


@recipe("The recipe is not YAML", where="recipe.yaml:3:5", what="not valid YAML", advice="Check indentation")
def bad_yaml(place: Workplace):
    return ["check", place.recipe("name: quick", "train: {epochs: 3", "seed: 1")]


@recipe("The recipe is not UTF-8", where="recipe.yaml", what="UTF-8", advice="Save")
def recipe_in_latin_1(place: Workplace):
    return ["check", place.write("recipe.yaml", "name: quick\n# caf\u00e9\n".encode("latin-1"))]


@recipe(
    "Aliases that multiply (an alias bomb)",
    where="recipe.yaml:6",
    what="more than 50,000 values",
    advice="Use fewer aliases",
)
def alias_bomb(place: Workplace):
    doubled = [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 10)]
    return ["check", place.recipe("x0: &x0 [lol]", *doubled)]


@recipe(
    "A YAML tag that would run code", where="recipe.yaml:1:7 name", what="the tag !!python/", advice="Leave the tag out"
)
def code_in_a_tag(place: Workplace):
    return ["check", place.recipe('name: !!python/object/apply:os.system ["echo owned"]')]


@recipe("A key twice", where="recipe.yaml:3:3 train.epochs", what="stands at line 2", advice="Keep one")
def duplicate_key(place: Workplace):
    return ["check", place.recipe("train:", "  epochs: 3", "  epochs: 4")]


@recipe("An unknown key", where="recipe.yaml:2:3 train.epoch", what="Unknown key 'epoch'", advice="Did you mean")
def unknown_key(place: Workplace):
    return ["check", place.recipe("train:", "  epoch: 3")]


@recipe("A value of another type", where="recipe.yaml:1", what="Got 'three'", advice="expected a whole number")
def wrong_type(place: Workplace):
    return ["check", place.recipe("train: {epochs: three}")]


@recipe("A number out of its range", where="train.warmup_ratio", what="Got 1.5", advice="below 1")
def out_of_range(place: Workplace):
    return ["check", place.recipe("train: {warmup_ratio: 1.5}")]


@recipe("Several things at once", where="recipe.yaml:2", what="3 problems", advice="Did you mean")
def several_problems(place: Workplace):
    return ["check", place.recipe("seed: -1", "train: {precision: bf16}", "dataa: {path: reviews.csv}")]


@recipe("Fields that exclude each other", where="data.split", what="no rows to train on", advice="less than 1")
def impossible_combination(place: Workplace):
    return ["check", place.good_recipe("data: {path: reviews.csv, split: {validation: 0.6, test: 0.5}}")]


@recipe(
    "An override of a field that does not exist",
    where="train.epoch",
    what="no such field",
    advice="Did you mean 'train.epochs'?",
)
def unknown_override(place: Workplace):
    return ["check", place.good_recipe(), "train.epoch=1"]


@recipe("An override without a value", where="train.epochs", what="no '='", advice="such as train.epochs=1")
def override_without_value(place: Workplace):
    return ["check", place.good_recipe(), "train.epochs"]


@recipe("An unknown task", where="task.name", what="'text-clasification'", advice="Did you mean 'text-classification'?")
def unknown_task(place: Workplace):
    return ["check", place.good_recipe("task: {name: text-clasification}")]


@recipe("An unknown head", where="head.name", what="'lineer'", advice="Did you mean 'linear'?")
def unknown_head(place: Workplace):
    return ["check", place.good_recipe("head: {name: lineer}")]


@recipe(
    "A head whose outputs the task cannot read",
    where="head.name",
    what="Head 'crf' gives edges between the tags of positions; task 'text-classification' takes outputs for each row",
    advice="Take linear or mlp",
)
def head_of_another_task(place: Workplace):
    return ["check", place.good_recipe("head: crf")]


@recipe("An option that the head does not have", where="head.options", what="no option 'layer'", advice="Known: ")
def unknown_head_option(place: Workplace):
    return ["fit", place.good_recipe("head: {name: mlp, options: {layer: 2}}")]


@recipe("An unknown export format", where="export.formats", what="'onx'", advice="Did you mean 'onnx'?")
def unknown_exporter(place: Workplace):
    return ["fit", place.good_recipe("export: {formats: [onx]}")]


@recipe(
    "A value to monitor that no history has",
    where="train.monitor",
    what="'val_acuracy'",
    advice="Did you mean 'val_accuracy'?",
)
def unknown_monitor(place: Workplace):
    return ["check", place.good_recipe("train: {monitor: val_acuracy}")]


@recipe("A search of a recipe that names no values", where="tune", what="no search", advice="parameters")
def tune_without_a_section(place: Workplace):
    return ["tune", place.good_recipe()]


@recipe("A search without parameters", where="tune.parameters", what="no keys", advice="at least 1 key")
def tune_without_parameters(place: Workplace):
    return ["tune", place.good_recipe("tune: {trials: 2, parameters: {}}")]


@recipe("A search over an unknown field", where="train.learning_rat", what="no such field", advice="Did you mean")
def tune_unknown_field(place: Workplace):
    return ["tune", place.good_recipe("tune: {parameters: {train.learning_rat: {log_range: [1e-5, 1e-4]}}}")]


@recipe(
    "A search for a value that cannot be measured",
    where="tune.objective",
    what="needs validation rows",
    advice="Hold out",
)
def unreachable_objective(place: Workplace):
    return [
        "tune",
        place.good_recipe(
            "data: {path: reviews.csv, split: {validation: null}}",
            "tune: {parameters: {train.learning_rate: {log_range: [1e-5, 1e-4]}}}",
        ),
    ]


@recipe(
    "A search for a value that no history has",
    where="tune.objective",
    what="'val_acc'",
    advice="Did you mean 'val_accuracy'?",
)
def unknown_objective(place: Workplace):
    return [
        "tune",
        place.good_recipe("tune: {objective: val_acc, parameters: {train.learning_rate: {choice: [1e-5, 1e-4]}}}"),
    ]


@recipe("An unknown augmentation", where="augment.methods", what="'typo'", advice="Did you mean 'typos'?")
def unknown_augmentation(place: Workplace):
    return ["check", place.good_recipe("augment: {methods: [typo]}")]


@recipe("Augmentation without methods", where="augment.methods", what="Nothing is given", advice="a list with at least")
def augmentation_without_methods(place: Workplace):
    return ["check", place.good_recipe("augment: {copies: 2}")]


@recipe("An augmentation twice", where="augment", what="'typos' twice", advice="name it once")
def augmentation_twice(place: Workplace):
    return ["check", place.good_recipe("augment: {methods: [typos, swap, typos]}")]


@recipe("An augmentation of no strength", where="augment.methods.typos", what="Got 0", advice="above 0 and at most 1")
def augmentation_without_strength(place: Workplace):
    return ["check", place.good_recipe("augment: {methods: {typos: 0}}")]


@recipe("An augmentation stronger than the text", where="augment.methods.typos", what="Got 5", advice="at most 1")
def augmentation_too_strong(place: Workplace):
    return ["check", place.good_recipe("augment: {methods: {typos: 5}}")]


@recipe("No changed copies", where="augment.copies", what="Got 0", advice="at least 1")
def no_copies(place: Workplace):
    return ["check", place.good_recipe("augment: {methods: [typos], copies: 0}")]


@recipe("Changed copies of more rows than there are", where="augment.share", what="Got 1.5", advice="at most 1")
def share_above_one(place: Workplace):
    return ["check", place.good_recipe("augment: {methods: [typos], share: 1.5}")]


@recipe(
    "Marks of capitals without pieces to spare for them",
    where="backbone.case_markup",
    what="has no [unused1] and no [unused2], which would be the marks",
    advice="Remove backbone.case_markup, or take a checkpoint",
)
def marks_without_unused_pieces(place: Workplace):
    return ["fit", place.good_recipe("backbone: {name: ./tiny-bert, case_markup: true}")]


@recipe(
    "Synonyms from a checkpoint that can guess no words",
    where="augment.methods",
    what="without the head of its masked language model",
    advice="Leave synonyms out, or choose a backbone",
)
def synonyms_without_the_head(place: Workplace):
    return ["fit", place.good_recipe("augment: {methods: [synonyms]}")]
