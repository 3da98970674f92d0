"""Checks the whole cookbook in one process, without a network: `python -m tests.recipes`.

Recipes whose rows are in the repository go through `tltk check`. Of the others the parts are looked up, and the recipe
is written out in full.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tltk
from tests.paths import RECIPES
from tests.recipes.cookbook import has_sample, short_name
from tltk.errors import TltkError
from tltk.prepare import check_parts
from tltk.recipe import load_recipe, to_yaml

failed = 0
for path in RECIPES:
    try:
        recipe = load_recipe(path)
        if has_sample(path):
            rows = tltk.check(recipe)["rows"]
            print(f"{short_name(path)}: good, {', '.join(f'{count} {split}' for split, count in rows.items())} rows")
        else:
            check_parts(recipe)
            to_yaml(recipe)
            print(f"{short_name(path)}: good, its rows are fetched from {recipe.data.source} {recipe.data.name}")
    except TltkError as error:
        failed += 1
        print(f"{short_name(path)}: {error}", file=sys.stderr)
sys.exit(failed > 0)
