"""The encoder as an ONNX graph of onnxruntime's fused kernels, straight from its weights."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tltk.backbones import BackboneConfig
from tltk.backbones.layers.attention import MASKED
from tltk.backbones.layers.relative_position import relative_buckets
from tltk.engines.onnx_graph import GraphBuilder

Weights = Mapping[str, np.ndarray]
"""The encoder's weights, float32, by the path of their variable ("layer_0.attention.qkv.kernel")."""

# The activations that onnxruntime has as one kernel, and the domain it lies in. An encoder with another one is
# converted from its TensorFlow graph.
ACTIVATIONS = {
    **dict.fromkeys(("gelu", "gelu_python"), ("Gelu", GraphBuilder.CONTRIB)),
    **dict.fromkeys(
        ("gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_accurate"),
        ("FastGelu", GraphBuilder.CONTRIB),
    ),
    "quick_gelu": ("QuickGelu", GraphBuilder.CONTRIB),
    "relu": ("Relu", ""),
    "tanh": ("Tanh", ""),
    "sigmoid": ("Sigmoid", ""),
}


def add_encoder(graph: GraphBuilder, config: BackboneConfig, weights: Weights, *, first_only: bool = False) -> str:
    """Add an encoder to a graph and return the name of its hidden states, float32 [batch, length, width].

    The kernels compute what our layers define: plain matrix products with bias, MultiHeadAttention with an additive
    mask, GELU by erf, layer norms. That they give the same numbers is checked on every file that is made.

    Args:
        graph: the graph; it gets the inputs `input_ids`, `attention_mask` and, where the family has them,
            `token_type_ids`.
        config: the encoder's shape.
        weights: see `Weights`.
        first_only: whether the last layer is to give the first position alone, [batch, 1, width].
    """
    for name in config.inputs:
        graph.input(name)
    states = _embeddings(graph, config, weights)
    states = graph.node("Reshape", states, graph.constant(np.array([-1, config.embedding_size])))
    if config.projected:
        states = graph.dense(states, *_kernel_and_bias(weights, "embedding_projection"))
    sizes = graph.node("Shape", "input_ids"), graph.constant(np.array([config.hidden_size]))
    shape = graph.node("Concat", *sizes, axis=0)
    bias = _position_bias(graph, config, weights) if config.relative_buckets else ""
    for depth, index in enumerate(config.passes, start=1):
        first = first_only and depth == len(config.passes)
        states = _layer(graph, config, weights, f"layer_{index}", states, shape, bias, first_only=first)
    return graph.node("Reshape", states, _first_shape(graph, config) if first_only else shape)


def _embeddings(graph: GraphBuilder, config: BackboneConfig, weights: Weights) -> str:
    word = graph.lookup(weights["embeddings.word.embeddings"], "input_ids")
    position = graph.lookup(weights["embeddings.position.embeddings"], _positions(graph, config), quantizable=False)
    embedded = graph.node("Add", word, position)
    if config.token_types:
        table = weights["embeddings.token_type.embeddings"]
        if config.takes_token_types:
            kind = graph.lookup(table, "token_type_ids", quantizable=False)
        else:
            kind = graph.constant(table[0])
        embedded = graph.node("Add", embedded, kind)
    scale, shift = (graph.constant(weights[f"embeddings.norm.{part}"]) for part in ("gamma", "beta"))
    return graph.node("LayerNormalization", embedded, scale, shift, axis=-1, epsilon=config.epsilon)


def _positions(graph: GraphBuilder, config: BackboneConfig) -> str:
    """Return the position ids: 0, 1, 2, ... of shape [length], or counted from the padding id, [batch, length]."""
    if config.padding_id is None:
        length = graph.node("Gather", graph.node("Shape", "input_ids"), graph.constant(np.int64(1)))
        return graph.node("Range", graph.constant(np.int64(0)), length, graph.constant(np.int64(1)))
    padding = graph.constant(np.int32(config.padding_id))
    real = graph.node("Cast", graph.node("Not", graph.node("Equal", "input_ids", padding)), to=graph.INT32)
    counted = graph.node("Mul", graph.node("CumSum", real, graph.constant(np.int64(1))), real)
    return graph.node("Add", counted, padding)


def _position_bias(graph: GraphBuilder, config: BackboneConfig, weights: Weights) -> str:
    """Return the bias of each pair of positions, [1, heads, length, length], looked up by their distance."""
    reach = config.max_positions - 1
    buckets = relative_buckets(config.max_positions).numpy()
    # From the last position as seen by itself to the last as seen by the first: all that lie from -reach to reach.
    of_distances = np.concatenate([buckets[-1, :-1], buckets[0]])
    table = weights["position_bias.table"][of_distances].T[None]
    length = graph.node("Gather", graph.node("Shape", "input_ids"), graph.constant(np.int64(1)))
    positions = graph.node("Range", graph.constant(np.int64(0)), length, graph.constant(np.int64(1)))
    readers = graph.node("Unsqueeze", positions, graph.constant(np.array([1])))
    places = graph.node("Add", graph.node("Sub", positions, readers), graph.constant(np.int64(reach)))
    return graph.node("Gather", graph.constant(table), places, axis=2)


def _layer(
    graph: GraphBuilder,
    config: BackboneConfig,
    weights: Weights,
    layer: str,
    states: str,
    shape: str,
    position_bias: str,
    *,
    first_only: bool,
) -> str:
    """Add one encoder layer on states [batch * length, width]: every dense layer is one plain matrix product."""
    qkv = _kernel_and_bias(weights, f"{layer}.attention.qkv")
    find = _first_query if first_only else _every_query
    states, query, key, value = find(graph, config, *qkv, states, shape)
    if first_only and position_bias:
        bounds = (graph.constant(np.array([bound])) for bound in (0, 1, 2))
        position_bias = graph.node("Slice", position_bias, *bounds)
    context = graph.node(
        "MultiHeadAttention",
        *(query, key, value, "", "attention_mask", *([position_bias] if position_bias else [])),
        num_heads=config.heads,
        mask_filter_value=MASKED,
        domain=graph.CONTRIB,
    )
    context = graph.node("Reshape", context, graph.constant(np.array([-1, config.hidden_size])))
    attended = graph.dense(context, *_kernel_and_bias(weights, f"{layer}.attention.output_dense"))
    states = _norm(graph, config, weights, graph.node("Add", states, attended), f"{layer}.attention_norm")
    inner = graph.dense(states, *_kernel_and_bias(weights, f"{layer}.feed_forward.inner"))
    operation, domain = ACTIVATIONS[config.activation]
    inner = graph.node(operation, inner, domain=domain)
    outer = graph.dense(inner, *_kernel_and_bias(weights, f"{layer}.feed_forward.outer"))
    return _norm(graph, config, weights, graph.node("Add", states, outer), f"{layer}.norm")


def _every_query(
    graph: GraphBuilder, config: BackboneConfig, kernel: np.ndarray, bias: np.ndarray, states: str, shape: str
) -> list[str]:
    """Add query, key and value of every position; return the states that go on, and the three."""
    parts = graph.node("Split", graph.dense(states, kernel, bias), outputs=3, axis=-1, num_outputs=3)
    return [states, *(graph.node("Reshape", part, shape) for part in parts)]


def _first_query(
    graph: GraphBuilder, config: BackboneConfig, kernel: np.ndarray, bias: np.ndarray, states: str, shape: str
) -> list[str]:
    """Add the query of the first position alone, key and value of all; only the first states go on."""
    width = config.hidden_size
    both = graph.dense(states, kernel[:, width:], bias[width:])
    parts = graph.node("Split", both, outputs=2, axis=-1, num_outputs=2)
    first = graph.node("Gather", graph.node("Reshape", states, shape), graph.constant(np.int64(0)), axis=1)
    query = graph.dense(first, kernel[:, :width], bias[:width])
    places = _first_shape(graph, config)
    return [first, graph.node("Reshape", query, places), *(graph.node("Reshape", part, shape) for part in parts)]


def _first_shape(graph: GraphBuilder, config: BackboneConfig) -> str:
    return graph.constant(np.array([-1, 1, config.hidden_size]))


def _norm(graph: GraphBuilder, config: BackboneConfig, weights: Weights, states: str, norm: str) -> str:
    scale, shift = (graph.constant(weights[f"{norm}.{part}"]) for part in ("gamma", "beta"))
    return graph.node("LayerNormalization", states, scale, shift, axis=-1, epsilon=config.epsilon)


def _kernel_and_bias(weights: Weights, dense: str) -> tuple[np.ndarray, np.ndarray]:
    return weights[f"{dense}.kernel"], weights[f"{dense}.bias"]
