"""Tasks: what is to be learned, from label column to prediction and score."""

from tltk.tasks.task import Prediction, Task, create_task, register_task, restore_task, tasks
from tltk.tasks.text_classification import TextClassification

__all__ = [
    "Prediction",
    "Task",
    "TextClassification",
    "create_task",
    "register_task",
    "restore_task",
    "tasks",
]
