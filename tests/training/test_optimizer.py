"""AdamW against PyTorch's, and which variables decay."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from tests.training import tiny
from tltk.recipe import TrainSection
from tltk.training import AdamW, make_optimizer
from tltk.training.optimizer import is_decayed

# Word 1 occurs many times, so that gradients of the same row must be added up before anything is squared.
IDS = np.array([[1, 1, 2, 3], [1, 5, 2, 1], [4, 1, 1, 1]], np.int32)
TARGETS = np.array([[1.0], [-2.0], [0.5]], np.float32)


def embedding_model() -> keras.Model:
    inputs = keras.Input((4,), dtype="int32")
    embedded = keras.layers.Embedding(8, 5, name="words")(inputs)
    return keras.Model(inputs, keras.layers.Dense(1, name="out")(keras.ops.mean(embedded, axis=1)))


@pytest.mark.parametrize("clip", [None, 0.05])
def test_as_pytorch(clip: float | None) -> None:
    torch = pytest.importorskip("torch", reason="torch is the oracle")
    from transformers import get_linear_schedule_with_warmup

    model = embedding_model()
    words, kernel, bias = (torch.nn.Parameter(torch.tensor(value.numpy())) for value in model.trainable_variables)
    # Keras and PyTorch place epsilon differently; one too small to count makes them the same.
    section = TrainSection(
        learning_rate=0.05, weight_decay=0.1, warmup_ratio=0.25, global_clipnorm=clip, epsilon=1e-30, beta_2=0.99
    )
    model.compile(make_optimizer(section, total_steps=8), loss=keras.losses.MeanSquaredError(), jit_compile=False)
    groups = [{"params": [words, kernel], "weight_decay": 0.1}, {"params": [bias], "weight_decay": 0.0}]
    theirs = torch.optim.AdamW(groups, lr=0.05, betas=(0.9, 0.99), eps=1e-30)
    schedule = get_linear_schedule_with_warmup(theirs, 2, 8)
    for _ in range(8):
        model.train_on_batch(IDS, TARGETS)
        theirs.zero_grad()
        output = words[torch.tensor(IDS, dtype=torch.long)].mean(1) @ kernel + bias
        torch.nn.functional.mse_loss(output, torch.tensor(TARGETS)).backward()
        if clip is not None:
            assert torch.nn.utils.clip_grad_norm_([words, kernel, bias], clip) > clip
        theirs.step()
        schedule.step()
    for ours, other in zip(model.trainable_variables, (words, kernel, bias), strict=True):
        # PyTorch moves rows without a gradient by 0 / epsilon = 0 as well.
        np.testing.assert_allclose(ours.numpy(), other.detach().numpy(), atol=2e-6)


def nested_model() -> keras.Model:
    """Return a model whose biases and norms lie deep, and are not all vectors."""
    inputs = keras.Input((4, 8))
    hidden = keras.layers.MultiHeadAttention(2, 4, name="attention")(inputs, inputs)
    inner = keras.Sequential(
        [keras.layers.Dense(8, name="deep"), keras.layers.LayerNormalization(name="norm"), keras.layers.Dense(8)],
        name="inner",
    )
    hidden = keras.Model(inputs, inner(hidden), name="middle")(inputs)
    hidden = keras.layers.BatchNormalization(name="batch_norm")(hidden)
    return keras.Model(inputs, hidden)


def decayed_paths(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> set[str]:
    """Return the variables that shrink when no gradient moves them."""
    variables = model.trainable_variables
    for variable in variables:
        variable.assign(np.ones(variable.shape, np.float32))
    optimizer.build(variables)
    optimizer.apply([np.zeros(variable.shape, np.float32) for variable in variables], variables)
    return {variable.path for variable in variables if variable.numpy().max() < 1}


def test_matrices_decay_and_nothing_else() -> None:
    model = nested_model()
    kernels = {variable.path for variable in model.trainable_variables if variable.name == "kernel"}
    spared = {variable.name for variable in model.trainable_variables} - {"kernel"}
    assert spared == {"bias", "gamma", "beta"}
    assert decayed_paths(model, AdamW(0.1, weight_decay=0.5)) == kernels
    assert len(kernels) == 6


def test_decay_as_the_trainer_chooses(tmp_path: Path) -> None:
    """As many numbers decay in our BERT as `Trainer` lets decay in the same one of PyTorch."""
    torch = pytest.importorskip("torch", reason="torch is the oracle")
    from transformers import BertConfig, BertModel
    from transformers.trainer_pt_utils import get_parameter_names

    ours = tiny.classifier()
    config = BertConfig(
        vocab_size=tiny.VOCABULARY,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=16,
    )
    theirs = BertModel(config, add_pooling_layer=False)
    names = [name for name in get_parameter_names(theirs, [torch.nn.LayerNorm]) if "bias" not in name]
    parameters = dict(theirs.named_parameters())
    expected = sum(parameters[name].numel() for name in names)
    head = ours.get_layer("logits").kernel
    decayed = [variable for variable in ours.trainable_variables if is_decayed(variable) and variable is not head]
    assert sum(int(np.prod(variable.shape)) for variable in decayed) == expected


def test_loaded_models_still_spare_biases(tmp_path: Path) -> None:
    model = nested_model()
    model.compile(AdamW(0.1, weight_decay=0.5), loss="mse")
    model.optimizer.build(model.trainable_variables)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert isinstance(loaded.optimizer, AdamW)
    decayed = decayed_paths(loaded, loaded.optimizer)
    assert {path.rpartition("/")[2] for path in decayed} == {"kernel"}
    assert len(decayed) == 6


def test_recipe_values_arrive() -> None:
    section = TrainSection(weight_decay=0.2, beta_1=0.8, beta_2=0.95, epsilon=1e-6, global_clipnorm=0.7)
    optimizer = make_optimizer(section, total_steps=10)
    got = (optimizer.weight_decay, optimizer.beta_1, optimizer.beta_2, optimizer.epsilon, optimizer.global_clipnorm)
    assert got == (0.2, 0.8, 0.95, 1e-6, 0.7)
