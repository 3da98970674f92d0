"""The verbs of tltk: fit, load, predict, evaluate, export, check. Each reads as a short story."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tltk.backend import require_tensorflow
from tltk.bundle import Bundle
from tltk.engines import choose_engine
from tltk.errors import EngineError
from tltk.recipe import Recipe, load_recipe
from tltk.recipe import override as override_recipe

if TYPE_CHECKING:
    from tltk.run import Run
    from tltk.search import RecipeHyperModel, Search

RecipeLike = str | os.PathLike[str] | Mapping[str, Any] | Recipe
Overrides = Mapping[str, Any] | Sequence[str]

# Fields of the recipe's data section that say where rows lie and how files are written.
_PLACES = (
    *("path", "validation_path", "test_path", "name", "train_split", "validation_split", "test_split", "data_dir"),
    *("columns", "delimiter", "quoting"),
)


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

    recipe = _with_memory(load_recipe(recipe, overrides), data)
    return fit_recipe(recipe, data=data, head=head, output=output, overwrite=overwrite, callbacks=tuple(callbacks))


def tune(
    recipe: RecipeLike,
    overrides: Overrides = (),
    *,
    data: Any = None,
    output: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    refit: bool = True,
) -> Search:
    """Search the values that a recipe's `tune` section names with KerasTuner, and train the best recipe.

    Args:
        recipe: path of a YAML file, a mapping, or a `Recipe`.
        overrides: values by dotted path.
        data: rows in memory, as for `fit`.
        output: folder of the search; `runs/<name>-tune` when not given. An interrupted search continues in it.
        overwrite: begin anew, forgetting the trials found there.
        refit: train the best recipe at the end.

    Returns:
        The Search: `.trials`, `.to_pandas()`, `.plot`, `.best_recipe`, `.run`, `.path`.

    Raises:
        TltkError: as for `fit`; RecipeError when there is nothing to search.

    Example:
        >>> search = tltk.tune("recipe.yaml", {"tune.trials": 6})  # doctest: +SKIP
        >>> search.best_recipe.train.learning_rate  # doctest: +SKIP
        4.1e-05
    """
    recipe = _with_memory(load_recipe(recipe, overrides), data)
    require_tensorflow()
    from tltk.prepare import check_parts
    from tltk.search import search

    check_parts(recipe)
    folder = Path(output or (f"{recipe.output}-tune" if recipe.output else Path("runs") / f"{recipe.name}-tune"))
    return search(recipe, data=data, output=folder, overwrite=overwrite, refit=refit)


def hypermodel(recipe: RecipeLike, overrides: Overrides = (), *, data: Any = None) -> RecipeHyperModel:
    """Return a recipe as a `keras_tuner.HyperModel`, for a tuner of your own.

    Example:
        >>> model = tltk.hypermodel("recipe.yaml")  # doctest: +SKIP
        >>> tuner = keras_tuner.Hyperband(model, "val_accuracy", max_epochs=3)  # doctest: +SKIP
        >>> tuner.search()  # doctest: +SKIP
    """
    require_tensorflow()
    from tltk.search import RecipeHyperModel

    return RecipeHyperModel(_with_memory(load_recipe(recipe, overrides), data), data=data)


def load(path: str | os.PathLike[str], *, engine: str | None = None, precision: str = "float32") -> Bundle:
    """Open a trained model: the folder of a Bundle, or of the Run that made it.

    Args:
        path: the folder.
        engine: what predicts: "keras" (the default) or "onnx", which needs no TensorFlow once its file is made.
        precision: "float32", "bfloat16" (keras) or "int8" (onnx); what the last two cost is measured and printed.

    Raises:
        BundleError: it is no Bundle, or a file in it is missing or damaged.
        EngineError: no such engine or precision, or not together.

    Example:
        >>> tltk.load("runs/quickstart").predict(["A quiet masterpiece."])  # doctest: +SKIP
        >>> tltk.load("runs/quickstart", precision="int8").predict(["A quiet masterpiece."])  # doctest: +SKIP
    """
    choice = choose_engine(engine, precision)
    if choice.engine == "keras":
        require_tensorflow()
    return Bundle.load(path, engine=choice.engine, precision=choice.precision)


def embedder(
    backbone: str = "all-MiniLM-L6-v2",
    *,
    revision: str | None = None,
    pooling: str | None = None,
    normalize: bool | None = None,
    max_length: int | None = None,
    output: str | os.PathLike[str] | None = None,
) -> Bundle:
    """Return a pretrained checkpoint as it is, without training, as a Bundle that embeds.

    It can all that a trained one of task `similarity` can: `.embed(texts)`, `.index(texts)`, `.predict(pairs)`,
    `.evaluate(rows)`, `.export(format, folder)`, on every engine.

    Args:
        backbone: a preset, a Hugging Face id, or a folder in Hugging Face layout.
        revision: branch, tag or commit of a Hugging Face repository.
        pooling: mean, cls or max; when not given that of a sentence-transformers checkpoint, else mean.
        normalize: whether vectors have length 1; when not given as the checkpoint says, else false.
        max_length: longest input in tokens; when not given as the checkpoint says, else 256 or what the encoder takes.
        output: folder for the Bundle; when not given it is kept in the cache.

    Raises:
        AssetError: the checkpoint could not be had.
        WeightsError: its tensors do not fit, or it makes vectors in a way that tltk does not know.

    Example:
        >>> bundle = tltk.embedder("all-MiniLM-L6-v2")  # doctest: +SKIP
        >>> bundle.predict(("A man is eating.", "Somebody eats."))["score"]  # doctest: +SKIP
        0.71
    """
    require_tensorflow()
    from tltk.pretrained import pretrained_bundle

    return pretrained_bundle(
        backbone, revision=revision, pooling=pooling, normalize=normalize, max_length=max_length, output=output
    )


def predict(
    bundle: str | os.PathLike[str] | Bundle, texts: Any, *, engine: str | None = None, precision: str = "float32"
) -> Any:
    """Predict one text, many, a stream or a file with a trained model; see `Bundle.predict`.

    Args:
        bundle: folder of a Bundle or Run, or an opened Bundle (which has its engine: another is refused).
        texts: see `Bundle.predict`.
        engine: see `load`.
        precision: see `load`.

    Raises:
        EngineError: no such engine or precision, not together, or not those of the opened Bundle.
    """
    opened = _opened(bundle, engine=engine, precision=precision)
    if (engine, precision) != (None, "float32") and opened.choice != (choice := choose_engine(engine, precision)):
        raise EngineError(
            f"The Bundle was opened for {opened.choice}; got {choice}.",
            where="engine" if engine else "precision",
            hint="Give its folder, or take bundle.predictor_for(engine, precision).",
        )
    return opened.predict(texts)


def evaluate(bundle: str | os.PathLike[str] | Bundle, data: Any, **columns: Any) -> Any:
    """Score a trained model on labelled rows; see `Bundle.evaluate`."""
    return _opened(bundle).evaluate(data, **columns)


def export(bundle: str | os.PathLike[str] | Bundle, format: str, path: str | os.PathLike[str], **options: Any) -> Path:
    """Write a trained model in another format (savedmodel, onnx); see `Bundle.export`."""
    return _opened(bundle).export(format, path, **options)


def check(recipe: RecipeLike, overrides: Overrides = (), *, data: Any = None) -> dict[str, Any]:
    """Check a recipe against its files, columns and labels, before any weights are loaded.

    Returns:
        What was found: rows of each split, labels, warnings, and whether the backbone is on this machine.

    Raises:
        TltkError: something does not fit.

    Example:
        >>> report = check({"name": "toy"}, data={"text": ["good", "bad"] * 20, "label": [1, 0] * 20})
        >>> report["rows"]
        {'train': 32, 'validation': 4, 'test': 4}
    """
    recipe = _with_memory(load_recipe(recipe, overrides), data)
    require_tensorflow()
    from tltk.backbones.resolve import backbone_is_on_this_machine
    from tltk.prepare import check_parts, read_rows

    check_parts(recipe)
    dataset, task = read_rows(recipe, data=data)
    here = backbone_is_on_this_machine(recipe.backbone)
    return {
        **dataset.report.to_dict(),
        "labels_in_order": list(getattr(task, "labels_", ())),
        "backbone": {"name": recipe.backbone.source, "on_this_machine": here},
    }


def list_backbones(
    name: str | None = None, *, batch_size: int = 32, length: int = 128, precision: str = "auto"
) -> dict[str, Any]:
    """Tell which encoders there are, how large they are, and what training them would cost on this machine.

    The costs are estimates, for AdamW on full rows: memory from the encoder's shape; the time of a step from its matrix
    products, from how fast this machine multiplies matrices (measured for half a second), and from the share of that
    which whole steps were found to reach. Shorter rows and frozen encoders cost less.

    Args:
        name: a preset, a folder in Hugging Face layout, or a hub id (which is fetched); None for all presets, of which
            nothing is fetched.
        batch_size: rows of a step.
        length: tokens of a row.
        precision: "auto", or as `train.precision`.

    Returns:
        `families` (`model_type`, `class` of `transformers`, `about`; empty with a `name`), `checkpoints` (`name`,
        `model_type`, `state`, `licence`, `bytes`, `parameters`, ..., and `training` with bytes and seconds, None where
        rows of this length are too long) and `estimated_for`: what the estimates are for.

    Raises:
        TltkError: the checkpoint cannot be had or read, or takes no rows of this length.

    Example:
        >>> found = list_backbones("all-MiniLM-L6-v2", batch_size=16)
        >>> found["checkpoints"][0]["parameters"]
        22565376
    """
    require_tensorflow()
    from tltk.backbone_list import describe_backbones

    return describe_backbones(name, batch_size=batch_size, length=length, precision=precision)


def _with_memory(recipe: Recipe, data: Any) -> Recipe:
    """Return the recipe with its rows in memory, where rows are given."""
    if data is None:
        return recipe
    elsewhere = {f"data.{field}": None for field in _PLACES}
    return override_recipe(recipe, {"data.source": "memory", **elsewhere})


def _opened(bundle: str | os.PathLike[str] | Bundle, **choice: Any) -> Bundle:
    return bundle if isinstance(bundle, Bundle) else load(bundle, **choice)
