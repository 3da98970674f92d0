"""A trained model as an ONNX file for onnxruntime: our encoder in fused kernels, any other part through tf2onnx."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tltk.backbones import BackboneConfig, Family
from tltk.engines.onnx_encoder import ACTIVATIONS, add_encoder
from tltk.engines.onnx_engine import OUTPUTS
from tltk.engines.onnx_graph import GraphBuilder, WeightKind


def write_engine_file(
    path: Path, *, model: Any, backbone: Any, head: Any, family: Family, config: BackboneConfig, weights: WeightKind
) -> None:
    """Write a model as an ONNX file: token ids in, raw outputs out.

    An encoder of our own layers is written by `onnx_encoder` from its weights and only the head is converted: about a
    second. An encoder that is built otherwise (a family from outside, a rare activation) goes through tf2onnx whole.

    Args:
        path: the file.
        model: the model in float32.
        backbone: its encoder.
        head: its head.
        family: the encoder's family.
        config: the encoder's shape.
        weights: the kind of the weights; see `GraphBuilder`.
    """
    if is_ours(family, config):
        proto = _fused(backbone, head, family, config, weights)
        path.write_bytes(proto.SerializeToString())
    else:
        _converted(path, model, weights)


def is_ours(family: Family, config: BackboneConfig) -> bool:
    """Tell whether an encoder is made of our own layers, with an activation that onnxruntime has a kernel for."""
    return type(family).build is Family.build and config.activation in ACTIVATIONS


def _fused(backbone: Any, head: Any, family: Family, config: BackboneConfig, weights: WeightKind) -> Any:
    from tltk.backbones.weights import find_variable

    graph = GraphBuilder(weights)
    rows = {row.variable for row in family.tensor_names(config)}
    values = {name: np.asarray(find_variable(backbone, name), np.float32) for name in rows}
    states = add_encoder(graph, config, values, first_only=getattr(head, "first_only", False))
    given = {"hidden_states": states, "attention_mask": "attention_mask"}
    (outputs,) = graph.include(_converted_head(head, config.hidden_size), given)
    return graph.model({outputs: OUTPUTS})


def _converted_head(head: Any, width: int) -> Any:
    import tensorflow as tf

    from tltk.exporting.formats.onnx import convert
    from tltk.heads.attach import takes_attention_mask

    signature = [
        tf.TensorSpec([None, None, width], tf.float32, name="hidden_states"),
        tf.TensorSpec([None, None], tf.int32, name="attention_mask"),
    ]

    @tf.function(input_signature=signature, autograph=False)
    def run(hidden_states: Any, attention_mask: Any) -> dict[str, Any]:
        mask = {"attention_mask": attention_mask} if takes_attention_mask(head) else {}
        return {OUTPUTS: tf.cast(head(hidden_states, training=False, **mask), tf.float32, name=OUTPUTS)}

    return convert(run)


def _converted(path: Path, model: Any, weights: WeightKind) -> None:
    import onnxruntime

    from tltk.exporting.formats.onnx import convert
    from tltk.exporting.graph import inference_function

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        source = Path(folder, "plain.onnx")
        source.write_bytes(convert(inference_function(model, output=OUTPUTS)).SerializeToString())
        if weights != "float32":
            from onnxruntime.quantization import QuantType, quantize_dynamic

            plain, source = source, source.with_name("quantized.onnx")
            quantize_dynamic(
                plain,
                source,
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=weights == "int7",
                extra_options={"WeightSymmetric": True, "ActivationSymmetric": False},
            )
        onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
