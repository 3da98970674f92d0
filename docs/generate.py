"""Write the reference pages into docs/reference; with --check, only say which of them are out of date.

python docs/generate.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from generator.command_page import command_page
from generator.index_page import index_page
from generator.python_pages import python_pages
from generator.recipe_page import recipe_page

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
NOTE = "<!-- Written by docs/generate.py from the sources. Edit those, then run `make docs`. -->\n\n"


def build() -> dict[str, str]:
    """Return every reference page by its file name."""
    pages = {"recipe.md": recipe_page(), "cli.md": command_page(), **python_pages(ROOT)}
    pages["index.md"] = index_page(pages)
    return {name: NOTE + text for name, text in sorted(pages.items())}


def stale(pages: dict[str, str]) -> list[str]:
    """Return the names of pages whose file differs, is missing, or should not be there."""
    found = {path.name: path.read_text(encoding="utf-8") for path in REFERENCE.glob("*.md")}
    return sorted(name for name in pages.keys() | found.keys() if pages.get(name) != found.get(name))


def write(pages: dict[str, str], names: list[str]) -> None:
    """Write the named pages, and remove those that no longer exist."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name in pages:
            (REFERENCE / name).write_text(pages[name], encoding="utf-8")
        else:
            (REFERENCE / name).unlink()


def main() -> int:
    pages = build()
    names = stale(pages)
    if "--check" in sys.argv[1:]:
        for name in names:
            print(f"docs/reference/{name} is out of date; run `make docs` and commit it.")
        return 1 if names else 0
    write(pages, names)
    print(f"docs/reference: {len(pages)} pages, {len(names)} rewritten.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
