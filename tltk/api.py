"""The verbs of tltk: fit, load, predict, evaluate, export, check. Each reads as a short story."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tltk.backend import require_tensorflow
from tltk.bundle import Bundle

from tltk.recipe import Recipe, load_recipe
from tltk.recipe import override as override_recipe
from tltk.run import Run

RecipeLike = str | os.PathLike[str] | Mapping[str, Any] | Recipe
Overrides = Mapping[str, Any] | Sequence[str]


def fit(
    recipe: RecipeLike,
    overrides: Overrides = (),
    *,
    data: Any = None,
    head: Any = None,
    output: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    callbacks: Iterable[Any] = (),
) -> Run:
    """Fine-tune, evaluate and save the model that a recipe describes.

    A finished Run of the same recipe in the same folder is opened, not trained again; an interrupted one continues
    (`train.resume`).

    Args:
        recipe: path of a YAML file, a mapping, or a `Recipe`.
        overrides: values by dotted path, `{"train.epochs": 1}` or `["train.epochs=1"]`.
        data: rows in memory (DataFrame, Arrow table, dict of columns), or a mapping from split to rows; the recipe's
            `data.source` is then `memory`.
        head: a `keras.layers.Layer` of your own in place of the recipe's head; it takes hidden states
            [batch, length, width] (and `attention_mask`, if its call has it) and gives [batch, units].
        output: folder of the Run, relative to the current folder.
        overwrite: replace what the folder holds.
        callbacks: Keras callbacks.

    Returns:
        The Run: `.metrics`, `.history`, `.model`, `.path`, `.report()`, `.predict()`, `.evaluate()`, `.export()`.

    Raises:
        TltkError: the recipe, the data, the checkpoint or the machine does not do; the message says what to change.

    Example:
        >>> run = tltk.fit("recipes/quickstart.yaml", {"train.epochs": 1})  # doctest: +SKIP
        >>> run.predict("A quiet masterpiece.")["label"]  # doctest: +SKIP
        'positive'
    """
    from tltk.fitting import fit_recipe

    recipe = load_recipe(recipe, overrides)
    if data is not None:
        recipe = override_recipe(recipe, {"data.source": "memory", "data.path": None})
    return fit_recipe(recipe, data=data, head=head, output=output, overwrite=overwrite, callbacks=tuple(callbacks))


def load(path: str | os.PathLike[str]) -> Bundle:
    """Open a trained model: the folder of a Bundle, or of the Run that made it.

    Raises:
        BundleError: it is no Bundle, or a file in it is missing or damaged.

    Example:
        >>> tltk.load("runs/quickstart").predict(["A quiet masterpiece."])  # doctest: +SKIP
    """
    require_tensorflow()
    return Bundle.load(path)


def predict(bundle: str | os.PathLike[str] | Bundle, texts: Any) -> Any:
    """Predict one text, many, a stream or a file with a trained model; see `Bundle.predict`."""
    return _opened(bundle).predict(texts)


def evaluate(bundle: str | os.PathLike[str] | Bundle, data: Any, **columns: Any) -> Any:
    """Score a trained model on labelled rows; see `Bundle.evaluate`."""
    return _opened(bundle).evaluate(data, **columns)


def export(bundle: str | os.PathLike[str] | Bundle, format: str, path: str | os.PathLike[str], **options: Any) -> Path:
    """Write a trained model in another format (savedmodel, onnx); see `Bundle.export`."""
    return _opened(bundle).export(format, path, **options)


def check(recipe: RecipeLike, overrides: Overrides = (), *, data: Any = None) -> dict[str, Any]:
    """Check a recipe against its files, columns and labels, before any weights are loaded.

    Returns:
        What was found: rows of each split, labels, warnings.

    Raises:
        TltkError: something does not fit.

    Example:
        >>> report = check({"name": "toy"}, data={"text": ["good", "bad"] * 20, "label": [1, 0] * 20})
        >>> report["rows"]
        {'train': 32, 'validation': 4, 'test': 4}
    """
    from tltk.prepare import check_parts, read_rows

    recipe = load_recipe(recipe, overrides)
    if data is not None:
        recipe = override_recipe(recipe, {"data.source": "memory", "data.path": None})
    check_parts(recipe)
    dataset, task = read_rows(recipe, data=data)
    return {**dataset.report.to_dict(), "labels_in_order": list(getattr(task, "labels_", ()))}


def _opened(bundle: str | os.PathLike[str] | Bundle) -> Bundle:
    return bundle if isinstance(bundle, Bundle) else load(bundle)
