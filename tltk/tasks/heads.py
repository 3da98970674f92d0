"""Whether a head gives what a task can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tltk.errors import RecipeError
from tltk.tasks.task import Task

if TYPE_CHECKING:
    import keras


def check_head(task: type[Task], head: str | keras.layers.Layer, *, named: str | None = None) -> None:
    """Refuse a head whose outputs the task cannot read, as far as both say what they give and take.

    Args:
        task: the task's class.
        head: a registered name, or a layer.
        named: registered name of the head in whose place a layer stands, by which the task was told what it will read.

    Raises:
        RecipeError: no such head, or one that gives something else; names those that fit.
    """
    from tltk.heads.head import heads  # which brings Keras

    part = heads.get(head, where="head.name") if isinstance(head, str) else type(head)
    gives = getattr(part, "gives", None)
    if task.takes is None or gives is None:
        return
    called = repr(head if isinstance(head, str) else part.__name__)
    if gives not in task.takes:
        fitting = _giving(task.takes)
        raise RecipeError(
            f"Head {called} gives {_in_words(gives)}; task {task.name!r} takes "
            f"{' or '.join(map(_in_words, task.takes))}.",
            where="head.name" if isinstance(head, str) else "head",
            hint=f"Take {' or '.join(fitting)}, or a layer of your own." if fitting else "Take a layer of your own.",
        )
    expected = getattr(heads.get(named), "gives", None) if named else None
    if expected not in (None, gives):
        raise RecipeError(
            f"Head {called} gives {_in_words(gives)}; head {named!r}, in whose place it stands, gives "
            f"{_in_words(expected)}.",
            where="head",
            hint=f"Write head: {_giving((gives,))[0]} in the recipe.",
        )


def _giving(kinds: tuple[str, ...]) -> list[str]:
    """Return the names of the heads that give one of some kinds."""
    from tltk.heads.head import heads

    return [name for name in heads if getattr(heads.get(name), "gives", None) in kinds]


def _in_words(kind: Any) -> str:
    from tltk.heads.head import GIVES

    return GIVES.get(kind, str(kind))
