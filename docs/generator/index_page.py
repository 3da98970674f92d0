"""The list of the reference pages."""

from __future__ import annotations

FIRST = ("python.md", "recipe.md", "cli.md", "errors.md")


def index_page(pages: dict[str, str]) -> str:
    """Return a page that links every other one, by its own title."""
    names = [name for name in FIRST if name in pages] + sorted(name for name in pages if name not in FIRST)
    links = [f"* [{_title(pages[name])}]({name})" for name in names]
    return "\n".join(["# Reference", "", *links]) + "\n"


def _title(page: str) -> str:
    return page.splitlines()[0].removeprefix("# ").replace("`", "")
