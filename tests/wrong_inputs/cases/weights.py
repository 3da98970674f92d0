"""Checkpoints on this machine whose configuration or tensors are damaged, or do not fit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from safetensors.numpy import load_file, save_file

from tests.wrong_inputs.case import Case, wrong
from tests.wrong_inputs.workplace import Workplace

CASES: list[Case] = []
weights = partial(wrong, CASES)

QUERY = "encoder.layer.0.attention.self.query.weight"


def fit_with(place: Workplace, change: Callable[[dict[str, np.ndarray]], object]) -> list[str]:
    """Return the arguments that train from a checkpoint whose tensors were changed."""
    path = place.checkpoint() / "model.safetensors"
    tensors = {name: np.array(tensor) for name, tensor in load_file(path).items()}
    change(tensors)
    save_file(tensors, path)
    return ["fit", place.good_recipe()]


@weights("Weights of 0 bytes", where="tiny-bert/model.safetensors", what="0 bytes", advice="Fetch it again")
def empty_weights(place: Workplace):
    (place.checkpoint() / "model.safetensors").write_bytes(b"")
    return ["fit", place.good_recipe()]


@weights("Weights cut short", where="tiny-bert/model.safetensors", what="1,000 bytes", advice="Fetch it again")
def truncated_weights(place: Workplace):
    path = place.checkpoint() / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    return ["fit", place.good_recipe()]


@weights("A shard that is not there", where="model-00001-of-00002.safetensors", what="is missing", advice="Fetch it")
def missing_shard(place: Workplace):
    (place.checkpoint() / "model.safetensors").unlink()
    index = '{"weight_map": {"a": "model-00001-of-00002.safetensors"}}'
    place.write("tiny-bert/model.safetensors.index.json", index)
    return ["fit", place.good_recipe()]


@weights("A tensor of another shape", where="tiny-bert", what=QUERY, advice="Check that config.json")
def misshapen_tensor(place: Workplace):
    return fit_with(place, lambda tensors: tensors.update({QUERY: np.zeros((32, 16), np.float32)}))


@weights("A tensor that is missing", where="tiny-bert", what=QUERY, advice="Check that config.json")
def missing_tensor(place: Workplace):
    return fit_with(place, lambda tensors: tensors.pop(QUERY))


@weights("A tensor that holds NaN", where="tiny-bert", what=f"{QUERY}: 1,024 of 1,024", advice="Fetch the")
def nan_weights(place: Workplace):
    return fit_with(place, lambda tensors: tensors[QUERY].fill(np.nan))


@weights("A family of models that tltk does not have", where="config.json", what="'t5'", advice="Known: albert")
def unknown_model_type(place: Workplace):
    place.edit_json(place.checkpoint() / "config.json", {"model_type": "t5"})
    return ["fit", place.good_recipe()]


@weights("A family whose later version tltk has", where="config.json", what="'deberta'", advice="version 3 is read")
def first_version_of_deberta(place: Workplace):
    place.edit_json(place.checkpoint() / "config.json", {"model_type": "deberta"})
    return ["fit", place.good_recipe()]


@weights("A configuration that is not JSON", where="tiny-bert/config.json", what="not JSON", advice="Fetch it again")
def broken_config(place: Workplace):
    (place.checkpoint() / "config.json").write_text("{")
    return ["fit", place.good_recipe()]


@weights("A configuration that makes no model", where="num_attention_heads", what="Got 5", advice="expected")
def impossible_config(place: Workplace):
    place.edit_json(place.checkpoint() / "config.json", {"num_attention_heads": 5})
    return ["fit", place.good_recipe()]


@weights("More groups of layers than layers", where="num_hidden_groups", what="Got 3", advice="num_hidden_layers 2")
def too_many_groups(place: Workplace):
    place.edit_json(place.checkpoint() / "config.json", {"model_type": "albert", "num_hidden_groups": 3})
    return ["backbones", "./tiny-bert"]


@weights("An encoder that is built otherwise", where="use_bottleneck", what="Got False", advice="expected True")
def unknown_architecture(place: Workplace):
    changes = {"model_type": "mobilebert", "intra_bottleneck_size": 16, "use_bottleneck": False}
    place.edit_json(place.checkpoint() / "config.json", changes)
    return ["backbones", "./tiny-bert"]


@weights("Costs of longer rows than the encoder takes", where="length", what="at most 128", advice="128 or less")
def costs_of_too_long_rows(place: Workplace):
    place.checkpoint()
    return ["backbones", "./tiny-bert", "--length", "129"]


@weights("A tokenizer with more tokens than the encoder", where="tiny-bert", what="50", advice="Use the tokenizer")
def tokenizer_of_another_model(place: Workplace):
    place.edit_json(place.checkpoint() / "config.json", {"vocab_size": 50})
    return ["fit", place.good_recipe()]


@weights("Longer inputs than the encoder takes", where="backbone.max_length", what="at most 128", advice="128 or less")
def too_long_inputs(place: Workplace):
    return ["fit", place.good_recipe("backbone: {name: ./tiny-bert, max_length: 512}")]


@weights("A head that holds a lambda", where="head", what="Sequential holds a lambda", advice="register_head")
def lambda_head(place: Workplace):
    import keras

    import tltk

    head = keras.Sequential([keras.layers.Lambda(lambda states: states[:, 0]), keras.layers.Dense(2)])
    recipe = place.good_recipe()
    return lambda: tltk.fit(recipe, head=head)


@weights("A head with another number of outputs", where="head", what="(None, 3)", advice="have 2 units")
def head_with_other_units(place: Workplace):
    import tltk
    from tltk.heads import heads

    head = heads.get("linear")(3)
    recipe = place.good_recipe()
    return lambda: tltk.fit(recipe, head=head)
