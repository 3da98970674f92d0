"""Rules of the labels, which the task and the data section both speak of."""

from __future__ import annotations

from collections.abc import Iterator

from tltk.recipe.recipe import Recipe
from tltk.recipe.rules.rule import Finding, rule

_ONE_A_ROW = ("text-classification", "ordinal-regression")
"""Tasks whose rows have exactly one label; of the others one label is enough, which a row has or lacks."""


@rule
def labels_are_enough(recipe: Recipe) -> Iterator[Finding]:
    labels = recipe.task.labels
    least = "two to tell apart" if recipe.task.name in _ONE_A_ROW else "one"
    if labels is not None and len(labels) < (1 if least == "one" else 2):
        yield Finding(
            ("task", "labels"),
            f"Got {len(labels)} label{'' if len(labels) == 1 else 's'}; there must be at least {least}.",
            "Name all labels, or leave them out to have them learned.",
        )


@rule
def labels_are_different(recipe: Recipe) -> Iterator[Finding]:
    labels = recipe.task.labels or ()
    for index, label in enumerate(labels):
        if not label:
            yield Finding(("task", "labels", index), "The label is empty.", "Name it.")
        elif label in labels[:index]:
            yield Finding(("task", "labels", index), f"The label {label!r} stands twice.", "Name each label once.")


@rule
def binarize_names_are_different(recipe: Recipe) -> Iterator[Finding]:
    binarize = recipe.data.binarize
    if binarize is not None and (binarize.names[0] == binarize.names[1] or not all(binarize.names)):
        yield Finding(
            ("data", "binarize", "names"),
            f"Got {binarize.names[0]!r} and {binarize.names[1]!r}; the two labels need different names.",
        )


@rule
def binarize_names_its_labels_itself(recipe: Recipe) -> Iterator[Finding]:
    if recipe.data.binarize is not None and recipe.data.label_names is not None:
        yield Finding(
            ("data", "label_names"),
            "Labels that data.binarize makes are named by data.binarize.names.",
            "Remove data.label_names or data.binarize.",
            also=(("data", "binarize"),),
        )


@rule
def labels_are_those_that_the_data_section_makes(recipe: Recipe) -> Iterator[Finding]:
    labels, binarize, renamed = recipe.task.labels, recipe.data.binarize, recipe.data.label_names
    if labels is None:
        return
    if binarize is not None and sorted(labels) != sorted(binarize.names):
        yield Finding(
            ("task", "labels"),
            f"Got {', '.join(labels)}, but data.binarize makes the labels {binarize.names[0]} and {binarize.names[1]}.",
            "Give both the same names.",
            also=(("data", "binarize"),),
        )
    for old, new in (renamed or {}).items():
        if binarize is None and new not in labels:
            yield Finding(
                ("data", "label_names", old),
                f"{old!r} is renamed to {new!r}, which is not among task.labels ({', '.join(labels)}).",
                "Give both the same names.",
                also=(("task", "labels"), ("data", "binarize")),
            )
