"""From a recipe to a Run: prepare, build, train, save, evaluate, report, export."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tltk.backend import require_tensorflow
from tltk.build import Built, build_model
from tltk.bundle import Bundle
from tltk.bundle_saving import save_bundle
from tltk.console import say, stage, warn
from tltk.environment import describe_environment
from tltk.errors import TltkError
from tltk.evaluation import Evaluation
from tltk.prepare import Prepared, check_parts, prepare, read_rows, token_counts
from tltk.recipe import Recipe, fingerprint
from tltk.run import BUNDLE, CHECKPOINTS, DATA, EVALUATION, EXPORTS, HISTORY, METRICS, MISTAKES, STATE, Run, RunFolder
from tltk.summary import print_summary
from tltk.tasks import Task
from tltk.training.precision import Precision


def fit_recipe(
    recipe: Recipe,
    *,
    data: Any = None,
    head: Any = None,
    output: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    callbacks: Sequence[Any] = (),
) -> Run:
    """Fine-tune, evaluate and save what a recipe describes; see `tltk.fit`."""
    require_tensorflow()
    from tltk.training import distribution_strategy

    if head is not None:
        from tltk.heads import copy_head

        copy_head(head)  # one that could not be saved is refused before anything is done
    check_parts(recipe, head=head)
    folder = RunFolder(Path(output or recipe.output or Path("runs") / recipe.name))
    identity = run_identity(recipe, head)
    if folder.finished(identity) and not overwrite:
        return _reopened(folder, recipe, data)
    strategy = distribution_strategy(recipe.distribute)
    folder.make(identity, overwrite=overwrite)
    with folder.held():
        prepared, built = _begin(folder, recipe, identity, data=data, head=head, strategy=strategy, overwrite=overwrite)
        run = _train_and_save(folder, recipe, identity, prepared, built, callbacks)
        export_all(run, recipe)
    print_summary(run)
    return run


def _begin(
    folder: RunFolder, recipe: Recipe, identity: str, *, data: Any, head: Any, strategy: Any, overwrite: bool
) -> tuple[Prepared, Built]:
    """Prepare rows and model, and only then write to the folder, lest a wrong path costs an older Run."""
    from tltk.training import choose_precision

    prepared = prepare_and_tell(recipe, data)
    precision = choose_precision(recipe.train.precision)
    built = build_and_tell(recipe, prepared, head=head, precision=precision, strategy=strategy)
    folder.begin(recipe, identity, overwrite=overwrite)
    return prepared, built


def _train_and_save(
    folder: RunFolder, recipe: Recipe, identity: str, prepared: Prepared, built: Built, callbacks: Sequence[Any]
) -> Run:
    """Train, save the Bundle, score it, and leave a finished Run with its report."""
    began = time.monotonic()
    history = train_built(
        recipe, built, prepared, folder=folder.path / CHECKPOINTS, identity=identity, callbacks=callbacks
    )
    folder.write(HISTORY, vars(history))
    environment = describe_environment(history.precision)
    bundle, evaluations = _save_and_evaluate(folder, recipe, built, prepared, environment)
    folder.write(DATA, _data_record(prepared))
    folder.write(METRICS, {name: evaluation.metrics for name, evaluation in evaluations.items()})
    folder.write(EVALUATION, {name: evaluation.to_dict() for name, evaluation in evaluations.items()})
    folder.write(
        STATE,
        {
            "state": "finished",
            "identity": identity,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - began, 1),
            "environment": environment,
        },
    )
    shutil.rmtree(folder.path / CHECKPOINTS, ignore_errors=True)
    run = Run(folder.path, bundle=bundle)
    run.report()
    return run


def prepare_and_tell(recipe: Recipe, data: Any) -> Prepared:
    """Prepare the rows, and say in two lines what was found."""
    with stage("Data") as found:
        prepared = prepare(recipe, data=data)
        found.append(", ".join(f"{len(rows):,} {name}" for name, rows in prepared.dataset.splits.items()))
        if prepared.copies:
            found.append(f"{len(prepared.copies.rows):,} changed copies")
        found.append(f"{len(prepared.labels)} labels" if prepared.labels else prepared.task.name)
        if prepared.truncated:
            found.append(f"{prepared.truncated:,} texts cut to {recipe.backbone.max_length} tokens")
    for warning in prepared.dataset.report.warnings:
        warn(warning)
    return prepared


def build_and_tell(recipe: Recipe, prepared: Prepared, *, head: Any, precision: Precision, strategy: Any) -> Built:
    """Build the model and say what it is."""
    with stage("Model") as found:
        built = build(recipe, prepared, head=head, precision=precision, strategy=strategy)
        found.append(f"{recipe.backbone.source} from the {prepared.checkpoint.source}")
        found.append(f"{built.model.count_params() / 1e6:.1f} M weights, {precision}")
        if built.initialised:
            found.append(f"new: {', '.join(built.initialised)}")
    return built


def build(recipe: Recipe, prepared: Prepared, *, precision: Precision, head: Any = None, strategy: Any = None) -> Built:
    """Build the model under its precision, devices and seed."""
    from contextlib import nullcontext

    from tltk.heads import copy_head
    from tltk.training import precision_scope, set_seeds

    with precision_scope(precision), strategy.scope() if strategy else nullcontext():
        set_seeds(recipe.seed)
        # Keras draws the seed of an initialiser when its layer is made: before this call, for a head of the user's own.
        head = copy_head(head) if head is not None else None
        return build_model(recipe, prepared.checkpoint.folder, prepared.task, head=head)


def train_built(
    recipe: Recipe,
    built: Built,
    prepared: Prepared,
    *,
    folder: Path,
    identity: str,
    callbacks: Sequence[Any] = (),
) -> Any:
    """Train a built model on prepared rows, and return the History."""
    from tltk.training import make_criterion, train

    criterion = make_criterion(prepared.task, prepared.encoded["train"], recipe.train)
    for sentence in criterion.notices:
        say(sentence)
    return train(
        built.model,
        loss=criterion.loss,
        weights=criterion.row_weights,
        metrics=prepared.task.metrics(),
        train=prepared.encoded["train"],
        validation=prepared.encoded.get("validation"),
        section=recipe.train,
        evaluation_batch_size=recipe.evaluate.batch_size,
        seed=recipe.seed,
        max_length=recipe.backbone.max_length,
        folder=folder,
        fingerprint=f"{identity}-{prepared.dataset.fingerprint}",
        callbacks=callbacks,
        notice=say,
    )


def export_all(run: Run, recipe: Recipe) -> None:
    """Write the exports that the recipe asks for and that are not there yet."""
    for format in recipe.export.formats:
        if (run.path / EXPORTS / format).exists():
            continue
        with stage("Export") as found:
            found.append(
                f"{format} in {run.export(format, run.path / EXPORTS / format, tolerance=recipe.export.tolerance)}"
            )


def _save_and_evaluate(
    folder: RunFolder, recipe: Recipe, built: Built, prepared: Prepared, environment: Mapping[str, Any]
) -> tuple[Bundle, dict[str, Evaluation]]:
    """Save the Bundle, and score the held-out splits with what it gives when it is opened again, in float32.

    The Bundle is written once without figures, so that what is measured is what was saved, and once with them.
    """
    with stage("Evaluate") as found:
        parts = {
            "built": built,
            "tokenizer": prepared.tokenizer,
            "task": prepared.task,
            "recipe": recipe,
            "data": {"fingerprint": prepared.dataset.fingerprint, "rows": prepared.row_counts},
            "environment": environment,
        }
        bundle = save_bundle(folder.path / BUNDLE, metrics={}, **parts)
        choose_thresholds(bundle, prepared)
        evaluations = {}
        for name in [name for name in ("validation", "test") if name in prepared.encoded]:
            evaluations[name], mistakes = score(bundle, prepared, name)
            folder.write(MISTAKES, mistakes)
        metrics = {name: evaluation.metrics for name, evaluation in evaluations.items()}
        bundle.record_metrics(metrics)
        main = prepared.task.main_metric(metrics)
        measured = {name: values[main] for name, values in metrics.items() if values.get(main) is not None}
        found.extend(f"{name} {main} {value:.4f}" for name, value in measured.items())
    return bundle, evaluations


def choose_thresholds(bundle: Bundle, prepared: Prepared) -> None:
    """Let the task choose its thresholds by the validation rows, and write them into the Bundle."""
    encoded = prepared.encoded.get("validation")
    if encoded is None or type(bundle.task).choose_thresholds is Task.choose_thresholds:
        return
    rows, outputs = prepared.dataset["validation"], bundle.predictor.raw(encoded)
    if bundle.task.choose_thresholds(encoded.targets, outputs, rows=rows, encoded=encoded):
        bundle.record_task()


def score(bundle: Bundle, prepared: Prepared, split: str) -> tuple[Evaluation, list[dict[str, Any]]]:
    """Score one split with an opened Bundle; returns the figures and the mistakes worth reading."""
    encoded, rows = prepared.encoded[split], prepared.dataset[split]
    outputs = bundle.predictor.raw(encoded)
    evaluation = bundle.task.evaluate(encoded.targets, outputs, rows=rows, encoded=encoded)
    return evaluation, bundle.task.mistakes(encoded.targets, outputs, rows=rows, encoded=encoded)


def _data_record(prepared: Prepared) -> dict[str, Any]:
    return {
        "fingerprint": prepared.dataset.fingerprint,
        "tokens": token_counts(prepared.given),
        "truncated": prepared.truncated,
        "windows": prepared.task.layout.stride is not None,
        **({"augmented": prepared.copies.report.to_dict()} if prepared.copies else {}),
        **prepared.dataset.report.to_dict(),
    }


def run_identity(recipe: Recipe, head: Any = None) -> str:
    """Return a text that tells whether two calls of `fit` train the same model, but for the rows.

    Raises:
        BundleError: the head could not be saved after training.
    """
    if head is None:
        return fingerprint(recipe)
    from tltk.heads import head_fingerprint

    return f"{fingerprint(recipe)}-{head_fingerprint(head)}"


def _reopened(folder: RunFolder, recipe: Recipe, data: Any) -> Run:
    run = Run(folder.path)
    dataset, _ = read_rows(recipe, data=data)
    if dataset.fingerprint != (folder.read(DATA) or {}).get("fingerprint"):
        raise TltkError(
            "The folder holds a Run of this recipe on other rows.",
            where=str(folder.path),
            hint="Choose another place (--output), or give --overwrite to replace it.",
        )
    say(f"{folder.path} holds this very Run, finished; nothing to train. Give --overwrite to train it again.")
    export_all(run, recipe)
    print_summary(run)
    return run
