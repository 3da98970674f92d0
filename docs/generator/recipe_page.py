"""The page of recipe fields, from the recipe's JSON Schema."""

from __future__ import annotations

import json
from typing import Any

from tltk.recipe import json_schema


def recipe_page() -> str:
    """Return a page with a table for every section: field, what it takes, default, meaning."""
    schema = json_schema()
    sections = schema["$defs"]
    lines = [
        "# Recipe",
        "",
        "Every field of a recipe has a default; an unknown one is an error. `tltk recipe show FILE` writes a recipe",
        "with every default filled in; `tltk check FILE` looks at files, columns and labels too. Any field is",
        'overridden by its dotted path: `tltk fit FILE train.epochs=1`, `tltk.fit(FILE, {"train.epochs": 1})`.',
        "",
        "Editors complete and check recipes by the JSON Schema: `tltk schema > recipe.schema.json`, and as the first",
        "line of the recipe `# yaml-language-server: $schema=recipe.schema.json`.",
        "",
        *_section("The recipe", "", schema, sections),
    ]
    for path, name in _walk(schema, sections):
        lines += _section(f"`{path}`", f"{path}.", sections[name], sections)
    return "\n".join(lines).rstrip() + "\n"


def _walk(section: dict[str, Any], sections: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found = []
    for field, rule in _properties(section).items():
        name = _referred(rule, sections)
        if name:
            found += [(f"{prefix}{field}", name), *_walk(sections[name], sections, f"{prefix}{field}.")]
        elif value := _value_section(rule, sections):
            found.append((f"{prefix}{field}.<path>", value))
    return found


def _section(title: str, prefix: str, section: dict[str, Any], sections: dict[str, Any]) -> list[str]:
    lines = [f"## {title}", "", section.get("description", "").split("\n\n")[0], ""]
    if short := _shorthand(section):
        lines += [f"A string alone stands for `{prefix}{short}`.", ""]
    lines += ["| field | takes | default | |", "|---|---|---|---|"]
    for field, rule in _properties(section).items():
        name = _referred(rule, sections)
        takes = f"[section](#{(prefix + field).replace('.', '')})" if name else _takes(rule, sections)
        default = "required" if field in section.get("required", ()) else _default(rule, is_section=bool(name))
        lines.append(f"| `{prefix}{field}` | {takes} | {default} | {_cell(rule.get('description', ''))} |")
    return [*lines, ""]


def _value_section(rule: dict[str, Any], sections: dict[str, Any]) -> str | None:
    """The name of the section that every value of a mapping is, if they are all the same one."""
    names = {_referred(value, sections) for value in rule.get("properties", {}).values()}
    return names.pop() if len(names) == 1 else None


def _default(rule: dict[str, Any], *, is_section: bool) -> str:
    if "default" not in rule:
        return ""
    return "" if is_section and rule["default"] is not None else f"`{_value(rule['default'])}`"


def _properties(section: dict[str, Any]) -> dict[str, Any]:
    """The fields of a section; of its long form where it has a short one too."""
    for form in (section, *section.get("anyOf", ())):
        if "properties" in form:
            return form["properties"]
    return {}


def _shorthand(section: dict[str, Any]) -> str | None:
    """The field that a string in the section's place stands for."""
    short = [form.get("description") for form in section.get("anyOf", ()) if form.get("type") == "string"]
    named = [field for field, rule in _properties(section).items() if rule.get("description") in short]
    return named[0] if named else None


def _referred(rule: dict[str, Any], sections: dict[str, Any]) -> str | None:
    """The name of the section a field holds, if it holds one."""
    for choice in [rule, *rule.get("anyOf", ()), *rule.get("allOf", ())]:
        name = choice.get("$ref", "").rpartition("/")[2]
        if name and _properties(sections[name]):
            return name
    return None


def _takes(rule: dict[str, Any], sections: dict[str, Any]) -> str:
    if "anyOf" in rule:
        return " or ".join(dict.fromkeys(_takes(choice, sections) for choice in rule["anyOf"])) + _range(rule)
    if "enum" in rule:
        return ", ".join(f"`{_value(value)}`" for value in rule["enum"])
    if "const" in rule:
        return f"`{_value(rule['const'])}`"
    kind = rule.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join(_word(one) for one in kind)
    if kind == "array":
        return _array(rule, sections)
    if kind == "object":
        name = _value_section(rule, sections)
        return f"mapping to {', '.join(f'`{field}`' for field in _properties(sections[name]))}" if name else "mapping"
    return f"{_word(kind)}{_range(rule)}"


def _array(rule: dict[str, Any], sections: dict[str, Any]) -> str:
    if "prefixItems" in rule:
        return f"list of {len(rule['prefixItems'])}"
    items = rule.get("items")
    return f"list of {_takes(items, sections)}" if items else "list"


def _word(kind: str) -> str:
    return {"integer": "whole number", "boolean": "true or false", "null": "null"}.get(kind, kind)


def _range(rule: dict[str, Any]) -> str:
    bounds = [
        f"{sign} {_value(rule[key])}"
        for key, sign in (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
        if key in rule
    ]
    return f" {', '.join(bounds)}" if bounds else ""


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
