"""YAML 1.2: what scalars stand for, positions, and text that must be refused."""

from __future__ import annotations

import contextlib
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tltk.errors import RecipeError
from tltk.recipe.parsing import MAX_BYTES, parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5e-5", 5e-5),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("-.inf", -math.inf),
        ("0o17", 15),
        ("0x1F", 31),
        ("012", 12),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("Null", None),
        ("~", None),
        ("", None),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2024-01-31", "2024-01-31"),
        ("'5e-5'", "5e-5"),
        ("!!str 5e-5", "5e-5"),
        ("! 7", "7"),
        ("!!float 1", 1.0),
        ("e5", "e5"),
        ("NaN", "NaN"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    parsed = parse_yaml(f"a: {text}\n", "r.yaml").value["a"]
    assert parsed == value
    assert type(parsed) is type(value)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    # YAML 1.2 allows keys of 1,024 characters on one line, escapes included, and JSON any number.
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=80), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(json_values)
def test_json_is_yaml(value: object) -> None:
    # The oracle is json: YAML 1.2 was made so that every JSON text (with unique keys) means the same in it.
    assert parse_yaml(json.dumps({"a": value}), "r.yaml").value == {"a": json.loads(json.dumps(value))}


def test_positions_of_keys_and_values() -> None:
    document = parse_yaml("# comment\ntrain:\n  epochs:  3\ntask: {labels: [a, b]}\n", "r.yaml")
    assert document.keys["train", "epochs"] == (3, 3)
    assert document.values["train", "epochs"] == (3, 12)
    assert document.values["task", "labels", 1] == (4, 20)


def test_aliases_are_copied_and_stand_where_they_are_used() -> None:
    document = parse_yaml("a: &x {b: [1]}\nc: *x\n", "r.yaml")
    assert document.value == {"a": {"b": [1]}, "c": {"b": [1]}}
    assert document.value["a"]["b"] is not document.value["c"]["b"]
    assert document.values["c",] == (2, 4)


def test_keys_stay_as_they_are_written() -> None:
    assert parse_yaml("{0: a, true: b, 1.0: c, ~: d}", "r.yaml").value == {"0": "a", "true": "b", "1.0": "c", "~": "d"}


def bomb(levels: int) -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1, 2\n", r"r\.yaml:2:1: The text is not valid YAML: .*the end of the file"),
        ("a: 1\n\tb: 2\n", r"r\.yaml:2:\d+: .*Indent with spaces"),
        ("a: b: c\n", r"r\.yaml:1:5: .*mapping values are not allowed here.* quotes"),
        ("a: @x\n", r"r\.yaml:1:4: .*Put the value in quotes"),
        ("a: 'x\n", r"r\.yaml:\d:\d: .*not valid YAML"),
        ("a: 1\n---\nb: 2\n", r"r\.yaml:2:1: Got a second YAML document"),
        ("a: *x\n", r"r\.yaml:1:4: The alias \*x stands for an anchor that does not stand before it"),
        ("a: &x [*x]\n", r"r\.yaml:1:8: The alias \*x stands for itself"),
        ("a: \x01\n", r"r\.yaml:1: Got the character U\+0001"),
        (bomb(9), r"r\.yaml:\d:\d+: The recipe has more than 50,000 values once its aliases are written out"),
        ("a: " + "[" * 40 + "]" * 40, r"r\.yaml:1:\d+: The recipe is nested more than 32 levels deep"),
        ("a: 1 #" + "x" * MAX_BYTES, r"r\.yaml: Got 1,048,582 characters; a recipe has at most 1,048,576"),
    ],
)
def test_text_that_is_refused(text: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        parse_yaml(text, "r.yaml")


def test_depth_counts_through_aliases() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60))
    with pytest.raises(RecipeError, match="nested more than 32 levels deep"):
        parse_yaml(chain, "r.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "r.yaml:3:1 a: The key stands at line 1 already. Keep one of the two."),
        ("t: {a: 1, a: 2}", "r.yaml:1:11 t.a: The key stands at line 1 already. Keep one of the two."),
        (
            "a: !!python/object:os.system {}",
            "r.yaml:1:4 a: Got the tag !!python/object:os.system; a recipe is plain data.",
        ),
        ("a: !Point [1]", "r.yaml:1:4 a: Got the tag !Point; a recipe is plain data. Leave the tag out."),
        ("a: !!int x", "r.yaml:1:4 a: Got 'x', which is no int. Leave the tag out."),
        ("[a, b]: 1", "Got a key that is not plain text. Write the key as a word."),
        ("a: " + "9" * 5000, "r.yaml:1:4 a: The number has too many digits."),
    ],
)
def test_faults_that_do_not_stop_the_reading(text: str, message: str) -> None:
    (problem,) = parse_yaml(text, "r.yaml").problems
    assert message in str(problem)


@pytest.mark.parametrize("text", [r'a: "\ud83d"', r'"\ud83d": a'])
def test_half_a_surrogate_pair_is_no_text(text: str) -> None:
    (problem,) = parse_yaml(text, "r.yaml").problems
    assert "half of a surrogate pair" in str(problem)


@settings(deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,? \n\t0.~", max_size=60))
def test_any_text_is_a_document_or_a_recipe_error(text: str) -> None:
    with contextlib.suppress(RecipeError):
        parse_yaml(text, "r.yaml")
