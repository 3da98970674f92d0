"""The recipe written out: YAML with every default, JSON Schema, fingerprint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from tltk.errors import RecipeError
from tltk.recipe import Recipe, fingerprint, json_schema, load_recipe, override, to_yaml
from tltk.recipe.fields import fields, is_mapping

VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def plain(recipe: Recipe) -> Any:
    return recipe.model_dump(mode="json")


def test_every_field_stands_under_its_description() -> None:
    lines = to_yaml(load_recipe({"train": {"early_stopping": {}}, "augment": {"methods": ["typos"]}})).splitlines()
    for name, (_, field) in fields(Recipe).items():
        if name.startswith(("tune.", "data.binarize.")):
            continue
        assert field.description, name
        leaf = name.rpartition(".")[2]
        at = next(n for n, line in enumerate(lines) if line.strip().startswith(f"{leaf}:"))
        assert lines[at - 1].strip().startswith("# "), name


def test_another_yaml_1_2_reader_reads_the_same() -> None:
    recipe = load_recipe(
        {
            "data": {"label_names": {"no": "5e-5", "~": "", "0": "a: #b", "e\u0301": "\u2028 \x85 \x7f 🙂"}},
            "task": {"options": {"a": [1, 1e-7, -0.0, None, True, {"b": []}]}},
        }
    )
    # The oracle is ruamel's own constructor, where we build the data from its events ourselves.
    assert YAML(typ="safe", pure=True).load(to_yaml(recipe)) == plain(recipe)


def test_the_schema_is_draft_2020_12_and_says_what_it_is() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (schema["$id"], schema["title"]) == ("urn:tltk:schema:recipe", "tltk recipe")
    for name, definition in schema["$defs"].items():
        section = definition if "properties" in definition else (definition.get("anyOf") or [{}])[-1]
        for field, body in section.get("properties", {}).items():
            assert body.get("description"), f"{name}.{field}"


def test_the_schema_is_the_callers_own_copy() -> None:
    json_schema()["properties"].clear()
    assert json_schema()["properties"]


RIGHT: list[dict[str, Any]] = [
    {},
    {"backbone": "bert-base-uncased", "task": "text-classification", "head": "mlp", "distribute": "mirrored"},
    {"data": {"text": ["a", "b"], "label_names": {"0": "x"}, "split": {"validation": None}}},
    {"train": {"learning_rate": 1, "early_stopping": {"patience": 0}, "global_clipnorm": None}},
    {"tune": {"parameters": {"train.epochs": {"choice": [1, 2]}, "head.options.units": {"range": [1, 2], "step": 1}}}},
    {"task": {"labels": [0, "b", True]}},
]
WRONG: list[dict[str, Any]] = [
    {"epochs": 3},
    {"backbone": 3},
    {"backbone": ""},
    {"distribute": "many"},
    {"train": {"epochs": 0}},
    {"train": {"epochs": "3"}},
    {"train": {"epochs": True}},
    {"train": {"warmup_ratio": 1}},
    {"train": {"schedule": "fast"}},
    {"train": None},
    {"name": "../x"},
    {"seed": 2**31},
    {"data": {"text": [1]}},
    {"data": {"delimiter": "||"}},
    {"data": {"binarize": {"names": ["a"]}}},
    {"tune": {}},
    {"tune": {"parameters": {}}},
    {"tune": {"parameters": {"train.epoch": {"choice": [1]}}}},
    {"tune": {"parameters": {"train.resume": {"choice": ["auto"]}}}},
    {"tune": {"parameters": {"train.epochs": {}}}},
    {"tune": {"parameters": {"train.epochs": {"choice": [1], "range": [1, 2]}}}},
]


@pytest.mark.parametrize("values", RIGHT)
def test_editors_and_tltk_accept_the_same(values: dict[str, Any]) -> None:
    VALIDATOR.validate(values)
    load_recipe(values)


@pytest.mark.parametrize("values", WRONG)
def test_editors_and_tltk_refuse_the_same(values: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(values)
    with pytest.raises(RecipeError):
        load_recipe(values)


def test_what_is_written_out_keeps_to_the_schema() -> None:
    for values in RIGHT:
        VALIDATOR.validate(YAML(typ="safe", pure=True).load(to_yaml(load_recipe(values))))


def test_every_recipe_of_the_cookbook_keeps_to_the_schema() -> None:
    files = sorted((Path(__file__).parents[2] / "recipes").glob("*.yaml"))
    assert files
    for file in files:
        VALIDATOR.validate(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")))


def test_the_fingerprint_is_of_what_decides_the_model() -> None:
    recipe = load_recipe({"data": {"path": "a.csv"}})
    assert len(fingerprint(recipe)) == 64
    assert fingerprint(load_recipe(to_yaml(recipe))) == fingerprint(recipe)
    same: dict[str, Any] = {"name": "other", "output": "x", "export.formats": ["onnx"]}
    same["tune"] = {"parameters": {"train.epochs": {"choice": [1]}}}
    assert fingerprint(override(recipe, same)) == fingerprint(recipe)
    for path, value in {"seed": 1, "train.epochs": 9, "data.path": "b.csv", "head.options.units": 3}.items():
        assert fingerprint(override(recipe, {path: value})) != fingerprint(recipe), path


def test_mappings_of_the_users_own_are_known_as_such() -> None:
    mappings = {name for name, (_, field) in fields(Recipe).items() if is_mapping(field)}
    assert mappings == {
        *("task.options", "data.options", "data.label_names", "head.options", "tune.parameters"),
        "augment.methods",
    }
