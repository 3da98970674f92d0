"""Heads: plain Keras layers that turn a backbone's hidden states into a task's raw outputs."""

from tltk.backend import require_tensorflow

require_tensorflow()  # Keras reads its backend once, when it is first imported

from tltk.heads.attach import attach  # noqa: E402
from tltk.heads.build import build_head  # noqa: E402
from tltk.heads.config import copy_head, head_fingerprint, head_from_config, head_to_config  # noqa: E402
from tltk.heads.crf import CrfHead  # noqa: E402
from tltk.heads.embedding import EmbeddingHead  # noqa: E402
from tltk.heads.head import Head, PooledHead, PoolingHead, heads, register_head  # noqa: E402
from tltk.heads.huggingface import HeadWeights, huggingface_tensors, load_huggingface_head  # noqa: E402
from tltk.heads.linear import LinearHead  # noqa: E402
from tltk.heads.mlp import MlpHead  # noqa: E402
from tltk.heads.pooling import POOLINGS  # noqa: E402
from tltk.heads.position_head import PositionHead  # noqa: E402
from tltk.heads.sentence_dense import SentenceDense  # noqa: E402
from tltk.heads.sentence_modules import (  # noqa: E402
    SentenceModules,
    read_sentence_modules,
    write_sentence_modules,
)
from tltk.heads.span import SpanHead  # noqa: E402
from tltk.heads.token_linear import TokenLinearHead  # noqa: E402

__all__ = [
    "POOLINGS",
    "CrfHead",
    "EmbeddingHead",
    "Head",
    "HeadWeights",
    "LinearHead",
    "MlpHead",
    "PooledHead",
    "PoolingHead",
    "PositionHead",
    "SentenceDense",
    "SentenceModules",
    "SpanHead",
    "TokenLinearHead",
    "attach",
    "build_head",
    "copy_head",
    "head_fingerprint",
    "head_from_config",
    "head_to_config",
    "heads",
    "huggingface_tensors",
    "load_huggingface_head",
    "read_sentence_modules",
    "register_head",
    "write_sentence_modules",
]
