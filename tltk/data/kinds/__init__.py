"""What may stand in a label column, one kind a file."""

from tltk.data.kinds.answers import AnswersKind
from tltk.data.kinds.classes import ClassKind
from tltk.data.kinds.kind import LabelKind, label_columns
from tltk.data.kinds.label_sets import LabelSetKind
from tltk.data.kinds.marks import MARKS
from tltk.data.kinds.nothing import NoLabelKind
from tltk.data.kinds.numbers import NumbersKind
from tltk.data.kinds.scores import ScoreKind
from tltk.data.kinds.spans import SpansKind
from tltk.data.kinds.tags import TagsKind, WordsKind

__all__ = [
    "MARKS",
    "AnswersKind",
    "ClassKind",
    "LabelKind",
    "LabelSetKind",
    "NoLabelKind",
    "NumbersKind",
    "ScoreKind",
    "SpansKind",
    "TagsKind",
    "WordsKind",
    "label_columns",
]
