"""pyproject.toml names what the package imports, and the oracle is never a CUDA build."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imports(folder: Path) -> set[str]:
    """The top-level names that the sources of a folder import, in whatever place."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(str(node.module).partition(".")[0])
    return found - set(sys.stdlib_module_names)


def declared(extras: tuple[str, ...]) -> set[str]:
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    return {normal(Requirement(line).name) for line in lines}


def undeclared(folder: Path, *, own: set[str], extras: tuple[str, ...] = ()) -> set[str]:
    known, homes = declared(extras), packages_distributions()
    foreign = imports(folder) - own
    return {name for name in foreign if not {normal(home) for home in homes.get(name, [name])} & known}


def test_every_import_of_the_package_is_a_declared_dependency() -> None:
    # What only an extra brings may be imported where it is asked for, inside a function that says when it is missing.
    assert not undeclared(ROOT / "tltk", own={"tltk"}, extras=("datasets", "keras-hub", "search"))


def test_every_import_of_the_tests_is_declared() -> None:
    extras = ("test", "datasets", "docs", "keras-hub", "notebooks", "oracle", "search")
    assert not undeclared(ROOT / "tests", own={"tltk", "tests", "benchmarks"}, extras=extras)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_on_linux_the_oracle_is_a_cpu_build_by_its_own_version(machine: str) -> None:
    environment = {"sys_platform": "linux", "platform_machine": machine}
    wanted = [Requirement(line) for line in PROJECT["optional-dependencies"]["oracle"]]
    on_linux = [one for one in wanted if one.marker is None or one.marker.evaluate(environment)]
    (torch,) = [one for one in on_linux if one.name == "torch"]
    assert str(torch.specifier).endswith("+cpu")


def test_torch_is_in_no_other_extra() -> None:
    lines = {extra: lines for extra, lines in PROJECT["optional-dependencies"].items() if extra != "oracle"}
    lines["dependencies"] = PROJECT["dependencies"]
    assert not [extra for extra, names in lines.items() if "torch" in {Requirement(name).name for name in names}]
