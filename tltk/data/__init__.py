"""From recipe to arrays: read, split, encode, plan, pipeline."""

from tltk.data.batching import Batching
from tltk.data.dataset import Dataset, Rows, Source
from tltk.data.encode import encode
from tltk.data.encoded import Encoded
from tltk.data.fingerprint import encoding_fingerprint, tokenizer_fingerprint
from tltk.data.pipeline import iterate_batches, make_pipeline
from tltk.data.plan import Plan, PlannedBatch
from tltk.data.ragged import Ragged

__all__ = [
    "Batching",
    "Dataset",
    "Encoded",
    "Plan",
    "PlannedBatch",
    "Ragged",
    "Rows",
    "Source",
    "encode",
    "encoding_fingerprint",
    "iterate_batches",
    "make_pipeline",
    "tokenizer_fingerprint",
]
