"""The name table of a family: which tensor of a checkpoint is which variable of our model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TensorName:
    """One row of a name table.

    Args:
        tensor: name in a bare checkpoint of the family ("encoder.layer.0.attention.self.query.weight").
        variable: layer and attributes in our model ("layer_0.attention.qkv.kernel").
        transpose: PyTorch keeps dense kernels as [out, in], Keras as [in, out].
        part: this tensor is part `part` of `parts` equal parts of the variable, side by side on its last axis.
        parts: see `part`.
    """

    tensor: str
    variable: str
    transpose: bool = False
    part: int = 0
    parts: int = 1


def dense(tensor: str, variable: str, *, part: int = 0, parts: int = 1) -> list[TensorName]:
    """Return the rows of a dense layer: its kernel, transposed, and its bias."""
    return [
        TensorName(f"{tensor}.weight", f"{variable}.kernel", transpose=True, part=part, parts=parts),
        TensorName(f"{tensor}.bias", f"{variable}.bias", part=part, parts=parts),
    ]


def layer_norm(tensor: str, variable: str) -> list[TensorName]:
    """Return the rows of a layer norm."""
    return [TensorName(f"{tensor}.weight", f"{variable}.gamma"), TensorName(f"{tensor}.bias", f"{variable}.beta")]


def embeddings(*, token_types: bool) -> list[TensorName]:
    """Return the rows of the embeddings, which carry the same names in every family."""
    tables = {"word_embeddings": "word", "position_embeddings": "position"}
    if token_types:
        tables["token_type_embeddings"] = "token_type"
    rows = [
        TensorName(f"embeddings.{tensor}.weight", f"embeddings.{variable}.embeddings")
        for tensor, variable in tables.items()
    ]
    return rows + layer_norm("embeddings.LayerNorm", "embeddings.norm")


def encoder_layer(tensor: str, index: int, names: dict[str, str]) -> list[TensorName]:
    """Return the rows of encoder layer `index`, whose tensors start with `tensor`.

    `names` gives the family's names of the parts: query, key, value, attention_output, attention_norm, inner, outer,
    norm.
    """
    layer = f"layer_{index}"
    return [
        *dense(f"{tensor}.{names['query']}", f"{layer}.attention.qkv", part=0, parts=3),
        *dense(f"{tensor}.{names['key']}", f"{layer}.attention.qkv", part=1, parts=3),
        *dense(f"{tensor}.{names['value']}", f"{layer}.attention.qkv", part=2, parts=3),
        *dense(f"{tensor}.{names['attention_output']}", f"{layer}.attention.output_dense"),
        *layer_norm(f"{tensor}.{names['attention_norm']}", f"{layer}.attention_norm"),
        *dense(f"{tensor}.{names['inner']}", f"{layer}.feed_forward.inner"),
        *dense(f"{tensor}.{names['outer']}", f"{layer}.feed_forward.outer"),
        *layer_norm(f"{tensor}.{names['norm']}", f"{layer}.norm"),
    ]
