"""Loading from every kind of source; overrides; paths; fuzzing."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tltk.errors import Problem, RecipeError
from tltk.recipe import Recipe, TrainSection, load_recipe, override, to_yaml

REVIEWS = """\
# A recipe.
name: reviews
data:
  path: reviews.csv
  label_names: {0: negative, 1: positive}
backbone: all-MiniLM-L6-v2
train:
  epochs: 2
  learning_rate: 5e-5
  early_stopping: {patience: 2}
tune:
  parameters:
    train.learning_rate: {log_range: [1e-5, 1e-4]}
"""


def write(folder: Path, text: str | bytes, name: str = "r.yaml") -> Path:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_file_text_mapping_and_recipe_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    from_file = load_recipe(write(tmp_path, REVIEWS))
    mapping = {
        "name": "reviews",
        "data": {"path": Path("reviews.csv"), "label_names": {0: "negative", 1: "positive"}},
        "backbone": "all-MiniLM-L6-v2",
        "train": TrainSection(epochs=2, learning_rate=5e-5, early_stopping={"patience": 2}),  # type: ignore[arg-type]
        "tune": {"parameters": {"train.learning_rate": {"log_range": (1e-5, 1e-4)}}},
    }
    assert from_file.train.learning_rate == 5e-5
    assert from_file.data.label_names == {"0": "negative", "1": "positive"}
    assert load_recipe(REVIEWS) == from_file
    assert load_recipe(mapping) == from_file
    assert load_recipe(from_file) == from_file
    assert load_recipe("r.yaml") == from_file


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, REVIEWS, "reviews.yaml")
    cases: list[tuple[Path, str]] = [
        (tmp_path / "review.yaml", "There is no such file. Did you mean 'reviews.yaml'?"),
        (tmp_path, "The file cannot be read: Is a directory."),
        (
            write(tmp_path, "name: réviews\n".encode("latin-1"), "latin.yaml"),
            "latin.yaml:1: Got the byte 0xe9, which is not UTF-8.",
        ),
        (
            write(tmp_path, "name: x\n".encode("utf-16"), "wide.yaml"),
            "wide.yaml:1: Got the byte 0xff, which is not UTF-8.",
        ),
        (write(tmp_path, b"#" * (2**20 + 1), "large.yaml"), "The file is larger than 1,048,576 bytes"),
        (write(tmp_path, "", "empty.yaml"), "Got nothing; a recipe is a mapping."),
        (write(tmp_path, "- a\n", "list.yaml"), "Got a list; a recipe is a mapping."),
    ]
    for file, message in cases:
        with pytest.raises(RecipeError) as caught:
            load_recipe(file)
        assert message in str(caught.value)
        assert str(file) in str(caught.value)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert load_recipe(write(tmp_path, b"\xef\xbb\xbfname: x\n")).name == "x"


@pytest.mark.parametrize("source", [3, None, ["a"], TrainSection()])
def test_sources_of_other_kinds_are_refused(source: Any) -> None:
    with pytest.raises(RecipeError, match="Pass"):
        load_recipe(source)


def test_overrides_from_texts_and_mappings() -> None:
    texts = ["train.epochs=1", "train.learning_rate=1e-4", "backbone.max_length=64", "data.text=[a, b]", "name=no"]
    recipe = load_recipe(REVIEWS, texts)
    assert (recipe.train.epochs, recipe.train.learning_rate, recipe.data.text, recipe.name) == (
        1,
        1e-4,
        ("a", "b"),
        "no",
    )
    assert recipe.backbone.name == "all-MiniLM-L6-v2"
    assert recipe.backbone.max_length == 64
    mapping = {
        "train.epochs": 1,
        "train.learning_rate": 1e-4,
        "backbone.max_length": 64,
        "data.text": ["a", "b"],
        "name": "no",
    }
    assert load_recipe(REVIEWS, mapping) == recipe


def test_sections_are_merged_and_mappings_replaced() -> None:
    recipe = load_recipe(REVIEWS, {"train": {"epochs": 1}, "data.label_names": {"0": "bad", "1": "good"}})
    assert recipe.train.epochs == 1
    assert recipe.train.early_stopping is not None
    assert recipe.data.label_names == {"0": "bad", "1": "good"}
    assert load_recipe(REVIEWS, ["train.early_stopping=null"]).train.early_stopping is None
    assert load_recipe({"train": TrainSection(epochs=7)}, ["train.batch_size=8"]).train.epochs == 7


def test_a_search_dimension_is_overridden_by_its_dotted_name() -> None:
    recipe = load_recipe(REVIEWS, ["tune.parameters.train.epochs={choice: [1, 2]}"])
    assert recipe.tune is not None
    assert sorted(recipe.tune.parameters) == ["train.epochs", "train.learning_rate"]


def test_later_overrides_win() -> None:
    assert load_recipe({}, ["train.epochs=1", "train.epochs=5"]).train.epochs == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train.epoch=1", "override train.epoch: There is no such field in a recipe. Did you mean 'train.epochs'?"),
        ("epochs=1", "override epochs: There is no such field in a recipe. Did you mean 'train.epochs'?"),
        ("train.num_train_epochs=1", "Did you mean 'train.epochs'?"),
        ("train.lr=1", "Did you mean 'train.learning_rate'?"),
        ("trian.epochs=1", "Did you mean 'train.epochs'?"),
        ("name.first=1", "override name.first: There is no such field"),
        ("train.=1", "override train.: There is no such field"),
        ("train.epochs", "override train.epochs: There is no '='. Write it as path=value, such as train.epochs=1."),
        ("train.epochs=many", "override train.epochs: Got 'many'; expected a whole number of at least 1."),
        ("train.epochs=", "override train.epochs: Got null; expected a whole number of at least 1."),
        ("data.text=[a", "override data.text=[a: The text is not valid YAML"),
        ("train={epochs: 0}", "override train.epochs: Got 0; expected a whole number of at least 1."),
        ("train=fast", "override train: Got 'fast'; expected a mapping with keys among epochs,"),
    ],
)
def test_wrong_overrides_are_named(text: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe({}, [text])
    assert message in str(caught.value)


def test_override_leaves_the_original_alone() -> None:
    recipe = Recipe(head={"options": {"units": 3}})  # type: ignore[arg-type]
    changed = override(recipe, {"head.options.units": 4, "head.options.more": [1]})
    assert changed.head.options == {"units": 4, "more": [1]}
    assert recipe.head.options == {"units": 3}


def test_numpy_scalars_are_numbers() -> None:
    import numpy as np

    changed = override(Recipe(), {"train.epochs": np.int64(4), "train.weight_decay": np.float32(0.5)})
    assert (changed.train.epochs, changed.train.weight_decay) == (4, 0.5)


def test_paths_are_relative_to_what_they_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, elsewhere = tmp_path / "recipes", tmp_path / "elsewhere"
    (folder / "my-bert").mkdir(parents=True)
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    file = write(
        folder, "data: {path: ../a.csv, test_path: /b.csv, validation_path: ~/c.csv}\noutput: run\nbackbone: my-bert\n"
    )
    recipe = load_recipe(file)
    assert recipe.data.path == str(tmp_path / "a.csv")
    assert recipe.data.test_path == "/b.csv"
    assert recipe.data.validation_path == str(tmp_path / "home" / "c.csv")
    assert recipe.output == str(folder / "run")
    assert recipe.backbone.name == str(folder / "my-bert")
    changed = load_recipe(file, ["output=run", "backbone=bert-base-uncased"])
    assert changed.output == str(elsewhere / "run")
    assert changed.backbone.name == "bert-base-uncased"
    assert load_recipe({"backbone": "./x"}).backbone.name == str(elsewhere / "x")
    assert load_recipe("../recipes/r.yaml") == recipe


def attempt(source: Any) -> tuple[Recipe | None, tuple[Problem, ...]]:
    """Load a recipe, or return the problems that it has; anything but a RecipeError fails the test."""
    try:
        return load_recipe(source), ()
    except RecipeError as error:
        return None, error.problems


# --- Anything at all ------------------------------------------------------------------------------------------------

texts = st.text(max_size=12) | st.sampled_from(
    ["5e-5", "no", "null", "0x1", "a: b", "- x", "#", "\u2028", "\x85", "é🙂", "'\"\\"]
)
names = texts.filter(bool)
plain_data = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
recipes = st.fixed_dictionaries(
    {},
    optional={
        "name": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True),
        "seed": st.integers(0, 2**31 - 1),
        "data": st.fixed_dictionaries(
            {},
            optional={
                "label_names": st.dictionaries(texts, texts, max_size=3),
                "options": st.dictionaries(texts, plain_data, max_size=3),
                "text": names.filter(lambda name: name != "label"),
            },
        ),
        "backbone": st.fixed_dictionaries(
            {},
            optional={
                "revision": texts,
                "max_length": st.integers(4, 10**6),
                "dropout": st.none() | st.floats(0, 0.99),
            },
        ),
        "task": st.fixed_dictionaries(
            {},
            optional={
                "labels": st.lists(names, min_size=2, max_size=4, unique=True),
                "options": st.dictionaries(texts, plain_data, max_size=3),
            },
        ),
        "train": st.fixed_dictionaries(
            {},
            optional={
                "learning_rate": st.floats(1e-300, 1e300),
                "weight_decay": st.floats(0, 1e9),
                "schedule": st.sampled_from(["linear", "cosine"]),
                "early_stopping": st.none() | st.just({"patience": 3}),
            },
        ),
        "tune": st.none()
        | st.just({"parameters": {"train.epochs": {"choice": [1, 2]}, "train.learning_rate": {"range": [0.1, 1]}}}),
        "export": st.fixed_dictionaries({"formats": st.lists(texts, unique=True, max_size=3)}),
    },
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(recipes)
def test_what_is_written_out_loads_as_the_same_recipe(values: dict[str, Any]) -> None:
    recipe, problems = attempt(values)
    if recipe is not None:
        assert load_recipe(to_yaml(recipe)) == recipe
    # Of what is drawn above, labels alone may contradict each other.
    assert all("label" in str(problem) for problem in problems)


SLIPS = ["yes", "-1", "1e999", "[]", "{}", "null", "[[1]]", "{a: {b: c}}", "!!set {a}"]


def mutate(text: str, chance: random.Random) -> str:
    """Change a recipe's text as a slip of the hand might."""
    lines = text.splitlines()
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        line = lines[at]
        column = chance.randrange(len(line) + 1)
        match chance.randrange(6):
            case 0:
                lines[at] = line[:column] + chance.choice("abz:{}[],#&*!|>'\"%@` \t-0.5~\\é") + line[column:]
            case 1:
                lines[at] = line[:column] + line[column + 1 :]
            case 2:
                lines.insert(at, chance.choice(lines))
            case 3 if len(lines) > 1:
                del lines[at]
            case 4:
                lines[at] = chance.choice(["  ", "\t", ""]) + line.lstrip()
            case _:
                key = line.partition(":")[0]
                lines[at] = f"{key}: {chance.choice(SLIPS)}"
    return "\n".join(lines) + "\n"


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_a_changed_text_gives_a_recipe_or_a_recipe_error(seed: int) -> None:
    text = mutate(chance_text(seed), random.Random(seed))
    recipe, problems = attempt(text)
    if recipe is not None:
        assert load_recipe(to_yaml(recipe)) == recipe
    assert all(problem.where and problem.where.startswith("<text>") for problem in problems)


def chance_text(seed: int) -> str:
    return REVIEWS if seed % 3 else to_yaml(load_recipe(REVIEWS))


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*Recipe.model_fields, "x"]) | st.none() | st.integers(),
        plain_data | st.builds(object) | st.binary(),
    )
)
@example({"train": {1: 2}, "data": {"label_names": {None: "x"}}})
def test_any_mapping_gives_a_recipe_or_a_recipe_error(values: dict[Any, Any]) -> None:
    recipe, problems = attempt(values)
    assert (recipe is None) == bool(problems)


def test_values_that_hold_themselves_are_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(RecipeError, match=r"head\.options: The value is nested more than 32 levels deep"):
        load_recipe({"head": {"options": {"a": endless}}})
    data: dict[str, Any] = {}
    data["split"] = data
    with pytest.raises(RecipeError):
        load_recipe({"data": data})


def test_a_list_of_augmentations_is_a_mapping_to_their_strengths() -> None:
    recipe = load_recipe({"augment": {"methods": ["deletion", "typos"]}}, ["augment.methods.typos=0.3"])
    assert recipe.augment.methods == {"deletion": 0.1, "typos": 0.3}
    assert load_recipe("augment: {methods: [swap]}\n", ["augment.methods.casing=1"]).augment.methods == {
        "swap": 0.1,
        "casing": 1.0,
    }
    assert load_recipe({}, ["augment.methods=[swap]"]).augment.methods == {"swap": 0.1}
    assert load_recipe(to_yaml(recipe)) == recipe
