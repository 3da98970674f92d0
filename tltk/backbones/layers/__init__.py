"""The Keras layers every family of encoders is made of.

All are registered under the package name `tltk`; importing this module is what lets `keras.models.load_model`
read a `.keras` archive that holds them.
"""

from __future__ import annotations

from tltk.backend import require_tensorflow

require_tensorflow()

from tltk.backbones.layers.attention import AttentionBias, SelfAttention  # noqa: E402  (Keras reads its backend once)
from tltk.backbones.layers.bottleneck import Bottleneck, BottleneckAttention  # noqa: E402
from tltk.backbones.layers.bottleneck_layer import BottleneckLayer  # noqa: E402
from tltk.backbones.layers.disentangled import (  # noqa: E402
    DisentangledLayer,
    DisentangledSelfAttention,
    DistanceEmbeddings,
)
from tltk.backbones.layers.embeddings import TokenEmbeddings  # noqa: E402
from tltk.backbones.layers.encoder_layer import EncoderLayer  # noqa: E402
from tltk.backbones.layers.feed_forward import FeedForward  # noqa: E402
from tltk.backbones.layers.gated_feed_forward import GatedFeedForward  # noqa: E402
from tltk.backbones.layers.no_norm import NoNorm  # noqa: E402
from tltk.backbones.layers.pre_norm_layer import PreNormLayer  # noqa: E402
from tltk.backbones.layers.relative_position import RelativePositionBias  # noqa: E402
from tltk.backbones.layers.rotary_attention import LocalAttentionBias, RotarySelfAttention  # noqa: E402
from tltk.backbones.layers.trigram_embeddings import TrigramEmbeddings  # noqa: E402
from tltk.backbones.layers.word_embeddings import WordEmbeddings  # noqa: E402

__all__ = [
    "AttentionBias",
    "Bottleneck",
    "BottleneckAttention",
    "BottleneckLayer",
    "DisentangledLayer",
    "DisentangledSelfAttention",
    "DistanceEmbeddings",
    "EncoderLayer",
    "FeedForward",
    "GatedFeedForward",
    "LocalAttentionBias",
    "NoNorm",
    "PreNormLayer",
    "RelativePositionBias",
    "RotarySelfAttention",
    "SelfAttention",
    "TokenEmbeddings",
    "TrigramEmbeddings",
    "WordEmbeddings",
]
