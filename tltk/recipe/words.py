"""Says in words what a field allows, from its JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def expected(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    """Return in words what a JSON Schema allows.

    Example:
        >>> expected({"anyOf": [{"type": "number", "minimum": 0, "exclusiveMaximum": 1}, {"type": "null"}]}, {})
        'a number of at least 0 and below 1, or null'
        >>> expected({"enum": ["linear", "cosine"]}, {})
        'linear or cosine'
    """
    options = [_one(option, definitions) for option in flatten(schema, definitions)]
    options = list(dict.fromkeys(options))
    if "a number" in options and "a whole number" in options:
        options.remove("a whole number")
    if len(options) > 1 and options[-1] == "null":
        return f"{_joined(options[:-1])}, or null"
    return _joined(options)


def shown(value: Any) -> str:
    """Return a value as it would stand in YAML, shortened.

    Example:
        >>> shown("fast"), shown(None), shown([1, 2])
        ("'fast'", 'null', '[1, 2]')
    """
    if isinstance(value, str):
        text = repr(value)
    elif isinstance(value, Mapping):
        text = f"a mapping with {_joined([str(key) for key in value][:4], 'and') or 'no keys'}"
    else:
        try:
            text = json.dumps(value, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            text = f"a Python {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:76]} ..."


def flatten(schema: Schema, definitions: Mapping[str, Schema]) -> list[Schema]:
    """Return the alternatives that a JSON Schema allows, references followed."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return [option for part in schema["anyOf"] for option in flatten(part, definitions)]
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return [{**schema, "type": kind} for kind in kinds]
    return [schema]


def _one(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    if "enum" in schema:
        return _joined([str(value) for value in schema["enum"]])
    if "const" in schema:
        return str(schema["const"])
    match schema.get("type"):
        case "integer":
            return _ranged("a whole number", schema)
        case "number":
            return _ranged("a number", schema)
        case "string":
            return _text(schema)
        case "boolean":
            return "true or false"
        case "null":
            return "null"
        case "array":
            return _list(schema, definitions)
        case "object":
            return _mapping(schema, definitions)
    return "plain data (text, numbers, true, false, null, lists, mappings)"


def _ranged(noun: str, schema: Schema) -> str:
    bounds = {
        "minimum": "of at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    limits = [f"{words} {_number(schema[key])}" for key, words in bounds.items() if key in schema]
    return " ".join([noun, " and ".join(limits)]).rstrip()


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else str(value)


def _text(schema: Schema) -> str:
    if schema.get("minLength") == schema.get("maxLength") == 1:
        return "a single character"
    if "pattern" in schema:
        limit = f" (at most {schema['maxLength']})" if "maxLength" in schema else ""
        return f"letters, digits, '.', '_' and '-', beginning with a letter or digit{limit}"
    return "a text that is not empty" if schema.get("minLength") else "a text"


def _list(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    if "prefixItems" in schema:
        items = schema["prefixItems"]
        return f"a list of {len(items)} values, each {expected(items[0], definitions)}"
    filled = "with at least one value, " if schema.get("minItems") else ""
    return f"a list {filled}each {expected(schema.get('items', {}), definitions)}".replace("list each", "list, each")


def _mapping(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    if "properties" in schema:
        return f"a mapping with keys among {', '.join(schema['properties'])}"
    least = schema.get("minProperties", 0)
    size = f" of at least {least} key{'s' if least > 1 else ''}" if least else ""
    return f"a mapping{size}, each value {expected(schema.get('additionalProperties', {}), definitions)}"


def _joined(options: list[str], word: str = "or") -> str:
    if len(options) < 2:
        return "".join(options)
    return f"{', '.join(options[:-1])} {word} {options[-1]}"
