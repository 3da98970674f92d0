"""Tasks by name: how they are registered, made for a recipe, and restored from a Bundle."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from tltk.errors import BundleError, RecipeError, did_you_mean
from tltk.recipe import TaskSection
from tltk.registry import Registry
from tltk.tasks.heads import check_head
from tltk.tasks.task import Task

tasks: Registry[type[Task]] = Registry("task", package="tltk.tasks", error=RecipeError)
"""Every task by name."""


def register_task(name: str, *, replace: bool = False) -> Callable[[type[Task]], type[Task]]:
    """Make a `Task` class known to recipes and Bundles by name.

    Raises:
        RecipeError: the name is taken and `replace` is False.
    """

    def decorate(part: type[Task]) -> type[Task]:
        tasks.register(name, replace=replace)(part)
        part.name = name
        return part

    return decorate


def create_task(section: TaskSection, head: str | None = None) -> Task:
    """Return the task that a recipe asks for, not yet fitted.

    Args:
        section: the recipe's `task`.
        head: registered name of the head that the recipe names; None for the task's own.

    Raises:
        RecipeError: no such task or head, an option it does not take, or a head whose outputs it cannot read.

    Example:
        >>> create_task(TaskSection(labels=("no", "yes"))).units
        2
    """
    task_class = tasks.get(section.name, where="task.name")
    accepted = set(inspect.signature(task_class).parameters)
    options = accepted - {"labels"}
    for option in section.options:
        if option not in options:
            hint = did_you_mean(option, options) if options else "It has no options: remove this one."
            raise RecipeError(
                f"Task {section.name!r} has no option {option!r}.", where=f"task.options.{option}", hint=hint
            )
    arguments: dict[str, Any] = dict(section.options)
    if "labels" in accepted:
        arguments["labels"] = section.labels
    elif section.labels is not None:
        raise RecipeError(f"Task {section.name!r} has no labels.", where="task.labels", hint="Remove them.")
    task = task_class(**arguments)
    check_head(task_class, head or task_class.default_head)
    task.use_head(head or task_class.default_head)
    return task


def restore_task(config: Mapping[str, Any]) -> Task:
    """Return the fitted task that a Bundle's `get_config` described.

    Raises:
        BundleError: the description names no task or an unknown one, or does not fit it.
    """
    name = config.get("name")
    if name not in tasks.names():
        raise BundleError(
            f"Got task {name!r}, which is not registered.",
            hint=f"{did_you_mean(str(name), tasks.names())} Import the module that registers it first.",
        )
    try:
        return tasks.get(str(name)).from_config(config)
    except (TypeError, ValueError, KeyError, RecipeError) as error:
        raise BundleError(f"The description of task {name!r} cannot be read: {error}") from error
