"""The model's inference pass as a TensorFlow function with named inputs and outputs."""

from __future__ import annotations

from typing import Any


def inference_function(model: Any, *, output: str | None = None) -> Any:
    """Return a traced `tf.function`: one int32 [batch, length] tensor per model input, `{output: ...}` out.

    The output is named as the model's own when no name is given.

    Both axes are dynamic. The inputs keep the model's names (input_ids, attention_mask, token_type_ids).
    """
    import tensorflow as tf

    output = output or model.output_names[0]
    names = [tensor.name.split(":")[0] for tensor in model.inputs]
    signature = [tf.TensorSpec([None, None], tf.int32, name=name) for name in names]

    @tf.function(input_signature=signature, autograph=False)
    def serve(*tensors: Any) -> dict[str, Any]:
        outputs = model(dict(zip(names, tensors, strict=True)), training=False)
        return {output: tf.identity(outputs, name=output)}

    return serve
