"""Pages of the Python packages: what each offers, from signatures and docstrings, read without running anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import griffe

PACKAGES = (
    "assets",
    "data",
    "backbones",
    "augmentation",
    "heads",
    "losses",
    "metrics",
    "tasks",
    "index",
    "evaluation",
    "training",
    "engines",
    "exporting",
    "search",
)
OTHER_FILES = {"index": "text_index.md"}
"""Pages that are not called as their package: index.md is the list of all pages."""
LINE = 100


def python_pages(root: Path) -> dict[str, str]:
    """Return the pages of the public functions and of each package, by file name."""
    # Fields of named tuples are described as arguments, which griffe takes for a mistake.
    quiet = {"warn_unknown_params": False, "warn_missing_types": False}
    tltk = griffe.load(
        "tltk", search_paths=[root], docstring_parser="google", docstring_options=quiet, allow_inspection=False
    )
    pages = {"python.md": _public_page(tltk), "errors.md": _errors_page(tltk)}
    for name in PACKAGES:
        if name in tltk.members:
            pages[OTHER_FILES.get(name, f"{name}.md")] = _package_page(tltk[name])
    return pages


def _public_page(tltk: griffe.Module) -> str:
    lines = [
        "# Python: `tltk`",
        "",
        "What `import tltk` gives. Importing it is quick: TensorFlow is loaded when something first needs it.",
        "",
    ]
    for name, part in sorted(_exports(tltk), key=_reading_order):
        lines += _part(part, f"tltk.{name}", level=2)
    return _text(lines)


def _exports(module: griffe.Module) -> list[tuple[str, griffe.Object]]:
    names = sorted(str(name).strip("'\"") for name in module.exports or ())
    return [(name, _target(module.members[name])) for name in names if name in module.members]


def _reading_order(item: tuple[str, griffe.Object]) -> tuple[bool, bool, int, str]:
    """The verbs of the API as they stand there, then classes, then the rest."""
    name, part = item
    is_verb = part.path.startswith("tltk.api.")
    return not is_verb, not part.is_class, (part.lineno or 0) if is_verb else 0, name


def _errors_page(tltk: griffe.Module) -> str:
    module = tltk["errors"]
    classes = [part for part in module.classes.values() if not part.name.startswith("_")]
    base = module["TltkError"]
    lines = ["# Errors: `tltk.errors`", "", module.docstring.value, ""]
    lines += ["| error | means |", "|---|---|"]
    lines += [
        f"| `{part.name}` | {_sentence(part)} |"
        for part in classes
        if part is not base and any(str(parent) == "TltkError" for parent in part.bases)
    ]
    lines += [
        "",
        *_part(base, "tltk.errors.TltkError", level=2),
        *_part(module["Problem"], "tltk.errors.Problem", level=2),
    ]
    return _text(lines)


def _package_page(module: griffe.Module) -> str:
    lines = [f"# `{module.path}`", "", module.docstring.value if module.docstring else "", ""]
    registered = list(_registered(module))
    if registered:
        lines += ["| registered as | by | |", "|---|---|---|"]
        lines += [f"| `{name}` | `{part.path}` | {_sentence(part)} |" for name, part in sorted(registered)]
        lines += [""]
    parts = _exports(module)
    classes = [(name, part) for name, part in parts if part.is_class]
    functions = [(name, part) for name, part in parts if part.is_function]
    values = [(name, part) for name, part in parts if part.is_attribute and part.docstring]
    for name, part in classes + functions + values:
        lines += _part(part, f"{module.path}.{name}", level=2)
    return _text(lines)


def _registered(module: griffe.Module) -> Iterator[tuple[str, griffe.Object]]:
    for part in module.members.values():
        if part.is_alias:
            continue
        if part.is_module:
            yield from _registered(part)
        elif part.is_class or part.is_function:
            for decorator in part.decorators:
                match = re.match(r"register_\w+\(['\"]([\w.-]+)['\"]", str(decorator.value))
                if match:
                    yield match.group(1), part


def _part(part: griffe.Object, title: str, *, level: int) -> list[str]:
    lines = [f"{'#' * level} `{title}`", ""]
    if part.is_function:
        lines += ["```python", _signature(part, title.rpartition(".")[2]), "```", ""]
    elif part.is_class and "__init__" in part.members and not _is_dataclass(part):
        lines += ["```python", _signature(part.members["__init__"], part.name), "```", ""]
    elif part.is_class and _is_dataclass(part):
        lines += ["```python", _fields(part), "```", ""]
    lines += _docstring(part)
    if part.is_class and part.path.startswith("tltk.recipe."):
        lines += ["Its fields: [Recipe](recipe.md).", ""]
    elif part.is_class:
        for member in _public_members(part):
            lines += _part(member, f"{part.name}.{member.name}", level=level + 1)
    return lines


def _public_members(part: griffe.Class) -> list[griffe.Object]:
    members = [member for name, member in part.members.items() if not name.startswith("_") and not member.is_alias]
    return [
        member
        for member in members
        if member.docstring and (member.is_function or (member.is_attribute and not _is_dataclass(part)))
    ]


def _is_dataclass(part: griffe.Object) -> bool:
    return any(str(decorator.value).startswith("dataclass") for decorator in part.decorators)


def _signature(function: griffe.Function, name: str) -> str:
    arguments, star_seen = [], False
    for parameter in function.parameters:
        if parameter.name in {"self", "cls"}:
            continue
        if parameter.kind is griffe.ParameterKind.keyword_only and not star_seen:
            arguments.append("*")
            star_seen = True
        prefix = ""
        if parameter.kind is griffe.ParameterKind.var_positional:
            prefix, star_seen = "*", True
        elif parameter.kind is griffe.ParameterKind.var_keyword:
            prefix = "**"
        text = f"{prefix}{parameter.name}"
        if parameter.annotation is not None:
            text += f": {parameter.annotation}"
        if parameter.default is not None and not prefix:
            text += f" = {parameter.default}" if parameter.annotation is not None else f"={parameter.default}"
        arguments.append(text)
    returns = f" -> {function.returns}" if function.returns is not None and function.name != "__init__" else ""
    return _wrapped(name, arguments, returns)


def _fields(part: griffe.Class) -> str:
    fields = [
        f"{member.name}: {member.annotation}" + (f" = {member.value}" if member.value is not None else "")
        for member in part.members.values()
        if member.is_attribute and member.annotation is not None and "property" not in member.labels
    ]
    return _wrapped(part.name, fields, "")


def _wrapped(name: str, arguments: list[str], returns: str) -> str:
    line = f"{name}({', '.join(arguments)}){returns}"
    if len(line) <= LINE:
        return line
    return "\n".join([f"{name}(", *(f"    {argument}," for argument in arguments), f"){returns}"])


def _docstring(part: griffe.Object) -> list[str]:
    if part.docstring is None:
        return []
    lines: list[str] = []
    for section in part.docstring.parsed:
        kind = section.kind.value
        if kind == "text":
            lines += [section.value, ""]
        elif kind in {"parameters", "other parameters", "attributes"}:
            lines += [f"* `{item.name}`: {_flat(item.description)}" for item in section.value] + [""]
        elif kind == "raises":
            lines += [f"* raises `{item.annotation}`: {_flat(item.description)}" for item in section.value] + [""]
        elif kind in {"returns", "yields"}:
            # griffe splits "Name: text" at the colon; the docstring has no names here, so they are joined again.
            words = " ".join(
                f"{item.name}: {item.description}" if item.name else item.description for item in section.value
            )
            lines += [f"* {kind} {_lower(_flat(words))}", ""]
        elif kind == "examples":
            for item_kind, value in section.value:
                code = item_kind.value == "examples"
                lines += [*(["```python", value, "```"] if code else [value]), ""]
        elif kind == "admonition":
            lines += _admonition(section.value.kind, section.value.description)
    return lines


def _admonition(kind: str, text: str) -> list[str]:
    if kind.lower() == "example":
        shown = re.sub(r"\s*# doctest: \+\w+", "", text)
        return ["```python", shown, "```", ""]
    return [f"**{kind.capitalize()}.** {_flat(text)}", ""]


def _sentence(part: griffe.Object) -> str:
    return _flat(part.docstring.value.split("\n\n")[0]).replace("|", "\\|") if part.docstring else ""


def _flat(text: str) -> str:
    return " ".join(text.split())


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _target(part: griffe.Object | griffe.Alias) -> griffe.Object:
    return part.final_target if part.is_alias else part


def _text(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
