"""From recipe to arrays: read, split, encode, plan, pipeline."""

from tltk.data.batching import Batching
from tltk.data.dataset import Dataset, Rows, Source
from tltk.data.encode import encode
from tltk.data.encoded import Encoded
from tltk.data.fingerprint import encoding_fingerprint, tokenizer_fingerprint
from tltk.data.join import join
from tltk.data.kinds import (
    AnswersKind,
    ClassKind,
    LabelKind,
    LabelSetKind,
    NoLabelKind,
    NumbersKind,
    ScoreKind,
    SpansKind,
    TagsKind,
    WordsKind,
    label_columns,
)
from tltk.data.layout import Layout
from tltk.data.pipeline import iterate_batches, make_pipeline
from tltk.data.plan import Plan, PlannedBatch
from tltk.data.ragged import Ragged
from tltk.data.read import read, stream
from tltk.data.reader import FileReader, Part, Reader, create_reader, readers, register_reader
from tltk.data.report import ReadReport
from tltk.data.tokenization import TextEncoder, TokenChunk
from tltk.data.tokenizer_file import FileTokenizer

__all__ = [
    "AnswersKind",
    "Batching",
    "ClassKind",
    "Dataset",
    "Encoded",
    "FileReader",
    "FileTokenizer",
    "LabelKind",
    "LabelSetKind",
    "Layout",
    "NoLabelKind",
    "NumbersKind",
    "Part",
    "Plan",
    "PlannedBatch",
    "Ragged",
    "ReadReport",
    "Reader",
    "Rows",
    "ScoreKind",
    "Source",
    "SpansKind",
    "TagsKind",
    "TextEncoder",
    "TokenChunk",
    "WordsKind",
    "create_reader",
    "encode",
    "encoding_fingerprint",
    "iterate_batches",
    "join",
    "label_columns",
    "make_pipeline",
    "read",
    "readers",
    "register_reader",
    "stream",
    "tokenizer_fingerprint",
]
