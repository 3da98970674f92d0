"""A recipe as a `keras_tuner.HyperModel`."""

from __future__ import annotations

import json
from typing import Any

import keras_tuner

from tltk.data import make_pipeline
from tltk.errors import RecipeError
from tltk.fitting import build
from tltk.prepare import Prepared, prepare
from tltk.recipe import Recipe
from tltk.search.space import suggest
from tltk.tasks import create_task
from tltk.training import (
    FiniteLoss,
    choose_precision,
    compile_model,
    distribution_strategy,
    make_criterion,
    seed_layers,
    training_plan,
    validation_batches,
)

_KEPT = 4
# Of the backbone section; all else may change what a text is encoded to.
_OF_THE_MODEL = frozenset({"dropout", "attention_dropout", "trainable"})


class RecipeHyperModel(keras_tuner.HyperModel):
    """Builds, compiles and fits the models that a recipe's `tune` section spans, for any KerasTuner tuner.

    The rows come with the recipe, so `tuner.search()` needs no data. Every trial starts from the recipe's seed. The
    learning rate follows the recipe's schedule over `train.epochs`: give Hyperband the same number as `max_epochs`.

    Args:
        recipe: a recipe with a `tune` section.
        data: rows in memory, for `source: memory`.

    Example:
        >>> model = tltk.hypermodel("recipe.yaml")  # doctest: +SKIP
        >>> tuner = keras_tuner.Hyperband(model, "val_accuracy", max_epochs=3)  # doctest: +SKIP
        >>> tuner.search()  # doctest: +SKIP
    """

    def __init__(self, recipe: Recipe, *, data: Any = None) -> None:
        super().__init__(name=recipe.name)
        self.recipe = recipe
        self._data = data
        self._prepared: dict[str, Prepared] = {}
        self._strategy = distribution_strategy(recipe.distribute)

    def prepared(self, recipe: Recipe) -> Prepared:
        """Return a trial's rows; the few last kinds are kept, since trials differ in them only by their lengths."""
        key = json.dumps(_what_rows_depend_on(recipe), sort_keys=True)
        if key not in self._prepared:
            while len(self._prepared) >= _KEPT:
                self._prepared.pop(next(iter(self._prepared)))
            self._prepared[key] = prepare(recipe, data=self._data, progress=False)
        return self._prepared[key]

    def build(self, hp: keras_tuner.HyperParameters) -> Any:
        """Return the compiled model of one trial.

        Raises:
            TltkError: the values do not go together, or with the data or the checkpoint.
        """
        recipe = suggest(hp, self.recipe)
        prepared = self.prepared(recipe)
        precision = choose_precision(recipe.train.precision)
        model = build(recipe, prepared, precision=precision, strategy=self._strategy).model
        epochs = max(recipe.train.epochs, hp.values.get("tuner/epochs", 0))
        total_steps = self._plan(recipe, prepared, model).steps * epochs
        loss = make_criterion(prepared.task, prepared.encoded["train"], recipe.train).loss
        compile_model(model, loss, prepared.task.metrics(), recipe.train, total_steps)
        seed_layers(model, recipe.seed)
        # Hyperband goes on from the weights of an earlier trial; with the optimizer built its state is read as well.
        with model.distribute_strategy.scope():
            model.optimizer.build(model.trainable_variables)
        return model

    def fit(self, hp: keras_tuner.HyperParameters, model: Any, *args: Any, **kwargs: Any) -> Any:
        """Train one trial's model; what a tuner passes on (callbacks, epochs, initial_epoch) is honoured.

        Raises:
            RecipeError: data were given to `tuner.search()`.
            TrainingError: the loss is not finite.
        """
        if args or {"x", "y"} & set(kwargs):
            raise RecipeError(
                "Got data for the search; the rows come with the recipe.",
                where="tuner.search",
                hint="Call tuner.search() without data, and name the rows in the recipe or by hypermodel(data=...).",
            )
        recipe = suggest(hp, self.recipe)
        prepared = self.prepared(recipe)
        plan = self._plan(recipe, prepared, model)
        first = kwargs.pop("initial_epoch", 0)
        epochs = kwargs.pop("epochs", recipe.train.epochs)
        held_out = validation_batches(
            prepared.encoded.get("validation"),
            recipe.evaluate.batch_size,
            section=recipe.train,
            max_length=recipe.backbone.max_length,
            replicas=model.distribute_strategy.num_replicas_in_sync,
        )
        callbacks = [*(kwargs.pop("callbacks", None) or ()), *_early_stopping(recipe), FiniteLoss()]
        return model.fit(
            make_pipeline(prepared.encoded["train"], plan, epochs=epochs, start=first * plan.steps),
            steps_per_epoch=plan.steps,
            initial_epoch=first,
            epochs=epochs,
            shuffle=False,
            callbacks=callbacks,
            **{"verbose": 0, "validation_data": held_out, **kwargs},
        )

    def _plan(self, recipe: Recipe, prepared: Prepared, model: Any) -> Any:
        return training_plan(
            prepared.encoded["train"],
            recipe.train,
            seed=recipe.seed,
            max_length=recipe.backbone.max_length,
            replicas=model.distribute_strategy.num_replicas_in_sync,
            weights=make_criterion(prepared.task, prepared.encoded["train"], recipe.train).row_weights,
        )


def _what_rows_depend_on(recipe: Recipe) -> dict[str, Any]:
    values = recipe.model_dump(mode="json")
    backbone = {name: value for name, value in values["backbone"].items() if name not in _OF_THE_MODEL}
    sections = {name: values[name] for name in ("seed", "task", "data", "augment")}
    # A task's targets may be as the head reads them; what it learned of the head stands among its values.
    task = create_task(recipe.task, recipe.head.name).get_config()
    return {**sections, "backbone": backbone, "targets": task}


def _early_stopping(recipe: Recipe) -> list[Any]:
    """Return Keras's early stopping as the recipe asks for it."""
    import keras

    section = recipe.train.early_stopping
    if section is None:
        return []
    return [keras.callbacks.EarlyStopping(recipe.train.monitor, min_delta=section.min_delta, patience=section.patience)]
