"""Heads: plain Keras layers that turn a backbone's hidden states into a task's raw outputs."""

from tltk.heads.attach import attach
from tltk.heads.build import build_head
from tltk.heads.head import Head, PooledHead, heads, register_head
from tltk.heads.huggingface import HeadWeights, huggingface_tensors, load_huggingface_head
from tltk.heads.linear import LinearHead
from tltk.heads.mlp import MlpHead
from tltk.heads.pooling import POOLINGS

__all__ = [
    "POOLINGS",
    "Head",
    "HeadWeights",
    "LinearHead",
    "MlpHead",
    "PooledHead",
    "attach",
    "build_head",
    "heads",
    "huggingface_tensors",
    "load_huggingface_head",
    "register_head",
]
