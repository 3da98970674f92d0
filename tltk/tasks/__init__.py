"""Tasks: what is to be learned, from label column to prediction and score."""

from tltk.tasks.heads import check_head
from tltk.tasks.multi_label import MultiLabelClassification
from tltk.tasks.ordinal import OrdinalRegression
from tltk.tasks.question_answering import QuestionAnswering
from tltk.tasks.registry import create_task, register_task, restore_task, tasks
from tltk.tasks.regression import Regression
from tltk.tasks.similarity import Similarity
from tltk.tasks.task import Prediction, Task
from tltk.tasks.text_classification import TextClassification
from tltk.tasks.token_classification import TokenClassification

__all__ = [
    "MultiLabelClassification",
    "OrdinalRegression",
    "Prediction",
    "QuestionAnswering",
    "Regression",
    "Similarity",
    "Task",
    "TextClassification",
    "TokenClassification",
    "check_head",
    "create_task",
    "register_task",
    "restore_task",
    "tasks",
]
