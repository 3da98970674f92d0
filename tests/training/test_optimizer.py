"""AdamW against PyTorch's, and which variables decay."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.training import tiny
from tltk.recipe import TrainSection
from tltk.training import AdamW, make_optimizer, update
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


# -- against the AdamW of Keras ------------------------------------------------------------------------------------


@pytest.fixture(params=[True, False], ids=["compiled", "as operations"])
def compiled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Have the small variables of these tests updated by XLA's programs, or as they are: by operations of the graph."""
    monkeypatch.setattr(update, "_WORTH_COMPILING", 0 if request.param else 2**17)
    return request.param


SHAPES = {"kernel": (7, 5), "table": (9, 4), "bias": (5,), "gamma": (3,)}
# An epsilon that counts, so that its place does; float32, by other formulas and XLA: some roundings of 2^-24 a step.
SETTINGS: dict[str, Any] = {"learning_rate": 0.05, "weight_decay": 0.1, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-2}
STEPS = 6


def fresh_variables(dtype: str = "float32") -> list[keras.Variable]:
    random = np.random.default_rng(0)
    return [keras.Variable(random.normal(size=shape), dtype=dtype, name=name) for name, shape in SHAPES.items()]


def fresh_gradients(step: int) -> list[np.ndarray]:
    # Small and large ones by turns: clipping bites in some steps alone.
    random = np.random.default_rng(step)
    return [(random.normal(size=shape) * 3.0 ** (step % 3 - 1)).astype("float32") for shape in SHAPES.values()]


def theirs(variables: list[keras.Variable], **settings: Any) -> keras.optimizers.Optimizer:
    optimizer = keras.optimizers.AdamW(**settings)
    optimizer.exclude_from_weight_decay(var_list=[variable for variable in variables if not is_decayed(variable)])
    return optimizer


def stepper(
    optimizer: keras.optimizers.Optimizer, variables: list[keras.Variable], *, graph: bool
) -> Callable[..., None]:
    optimizer.build(variables)

    def step(*gradients: Any) -> None:
        optimizer.apply_gradients(zip(gradients, variables, strict=True))

    return tf.function(step) if graph else step


@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"weight_decay": 0.0},
        {"learning_rate": keras.optimizers.schedules.PolynomialDecay(0.1, 4, 0.01)},
        {"global_clipnorm": 5.0},
        {"clipnorm": 2.0},
        {"clipvalue": 0.5},
        {"gradient_accumulation_steps": 2},
        {"gradient_accumulation_steps": 3, "global_clipnorm": 3.0},
        {"use_ema": True, "ema_momentum": 0.7},
        {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 2},
        {"loss_scale_factor": 8.0, "global_clipnorm": 1.0},
    ],
    ids=lambda more: "+".join(more) or "plain",
)
def test_as_keras(more: dict[str, Any], graph: bool, compiled: bool) -> None:
    """The same steps as `keras.optimizers.AdamW`, whatever else is asked for."""
    settings = {**SETTINGS, **more}
    ours, others = fresh_variables(), fresh_variables()
    optimizers = (AdamW(**settings), theirs(others, **settings))
    for optimizer, variables in zip(optimizers, (ours, others), strict=True):
        run = stepper(optimizer, variables, graph=graph)
        for number in range(STEPS):
            run(*map(tf.constant, fresh_gradients(number)))
        if optimizer is optimizers[0]:
            assert bool(optimizer._update._functions) == compiled
        if "ema_overwrite_frequency" not in more:
            optimizer.finalize_variable_values(variables)
    for mine, other, start in zip(ours, others, fresh_variables(), strict=True):
        assert np.abs(other.numpy() - start.numpy()).max() > 0.01
        np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=0, atol=2e-6, err_msg=mine.name)
    for mine, other in zip(*(optimizer.variables for optimizer in optimizers), strict=True):
        np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=1e-5, atol=1e-6, err_msg=mine.path)


def slices(gradient: np.ndarray, repeats: int = 3) -> tf.IndexedSlices:
    """Return a gradient of a table in parts: each row so many times, in mixed order."""
    order = np.random.default_rng(1).permutation(np.repeat(np.arange(len(gradient)), repeats))
    # Parts of a power of two and the rest: the sum is the row, nearly exactly.
    seen = np.zeros(len(gradient), int)
    parts = []
    for row in order:
        share = 0.25 if seen[row] < repeats - 1 else 1 - 0.25 * (repeats - 1)
        parts.append(gradient[row] * np.float32(share))
        seen[row] += 1
    return tf.IndexedSlices(tf.constant(np.array(parts)), tf.constant(order), tf.constant(gradient.shape))


@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"global_clipnorm": 5.0},
        {"clipnorm": 2.0},
        {"clipvalue": 0.5},
        {"gradient_accumulation_steps": 2},
        {"use_ema": True, "ema_momentum": 0.7},
        {"clipvalue": 0.5, "gradient_accumulation_steps": 2},
        {"beta_1": 0.0},
        {"beta_2": 0.0},
    ],
    ids=lambda more: "+".join(more) or "plain",
)
def test_sparse_gradients_act_as_dense_ones(more: dict[str, Any], graph: bool, compiled: bool) -> None:
    """A table's gradient of repeated rows, of which some never come, acts as the matrix that it stands for."""
    found = []
    for sparse in (True, False):
        variables = fresh_variables()
        optimizer = AdamW(**{**SETTINGS, **more})
        run = stepper(optimizer, variables, graph=graph)
        for number in range(STEPS):
            gradients: list[Any] = [tf.constant(value) for value in fresh_gradients(number)]
            table = fresh_gradients(number)[1]
            table[number % 4 :: 2] = 0
            gradients[1] = tf.constant(table)
            if sparse:
                parts = slices(table)
                kept = tf.reduce_any(parts.values != 0, axis=1)
                parts = tf.IndexedSlices(
                    tf.boolean_mask(parts.values, kept), tf.boolean_mask(parts.indices, kept), parts.dense_shape
                )
                assert 0 < parts.indices.shape[0] < 3 * len(table)
                gradients[1] = parts
            run(*gradients)
        if "use_ema" in more:
            optimizer.finalize_variable_values(variables)
        found.append([variable.numpy() for variable in [*variables, *optimizer.variables]])
    for mine, other in zip(*found, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=2e-6)


def test_variables_without_a_gradient_stay_and_the_others_find_their_own_moments() -> None:
    variables, whole = fresh_variables(), fresh_variables()
    for chosen, skipped in ((variables, {0, 2}), (whole, set())):
        optimizer = AdamW(**SETTINGS)
        for number in range(3):
            gradients = [None if place in skipped else value for place, value in enumerate(fresh_gradients(number))]
            optimizer.apply_gradients(zip(gradients, chosen, strict=True))
    for place, start in enumerate(fresh_variables()):
        expected = start if place in {0, 2} else whole[place]
        np.testing.assert_array_equal(variables[place].numpy(), expected.numpy())


@pytest.mark.parametrize("clip", [None, 1.0])
def test_bfloat16_variables_move_as_those_of_float32(clip: float | None) -> None:
    """Each step rounds to 8 bits: of numbers up to 4, within 4 * 2^-8 after all, which are moved by far more."""
    narrow, wide = fresh_variables("bfloat16"), fresh_variables()
    # The last stays in float32, as the output layers of heads do under the policy bfloat16.
    narrow[-1] = fresh_variables()[-1]
    for variables in (narrow, wide):
        optimizer = AdamW(**SETTINGS, global_clipnorm=clip)
        for number in range(STEPS):
            gradients = [
                tf.cast(value, variable.dtype)
                for value, variable in zip(fresh_gradients(number), variables, strict=True)
            ]
            optimizer.apply_gradients(zip(gradients, variables, strict=True))
    for mine, other, start in zip(narrow, wide, fresh_variables(), strict=True):
        moved = np.asarray(other) - np.asarray(start)
        assert np.abs(moved).max() > 0.1
        np.testing.assert_allclose(np.asarray(mine.numpy(), "float32"), other.numpy(), rtol=0, atol=4 * 2**-8)


def test_sparse_gradients_of_bfloat16_tables() -> None:
    table = keras.Variable(np.ones((4, 3)), dtype="bfloat16", name="table")
    values = tf.ones((2, 3), tf.bfloat16)
    AdamW(0.1, weight_decay=0.0).apply([tf.IndexedSlices(values, tf.constant([1, 1]), tf.constant([4, 3]))], [table])
    np.testing.assert_allclose(np.asarray(table, "float32")[:, 0], [1, 0.9, 1, 1], atol=2**-8)


def test_a_saved_optimizer_goes_on_as_if_never_stopped(tmp_path: Path) -> None:
    keras.utils.set_random_seed(2)
    model = embedding_model()
    model.compile(AdamW(**SETTINGS, global_clipnorm=0.5), loss="mse", jit_compile=False)
    model.fit(IDS, TARGETS, epochs=3, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    for one in (model, loaded):
        one.fit(IDS, TARGETS, epochs=3, verbose=0)
    for kind in ("trainable_variables", "optimizer"):
        mine, other = (getattr(one, kind) for one in (loaded, model))
        if kind == "optimizer":
            mine, other = mine.variables, other.variables
        for value, expected in zip(mine, other, strict=True):
            np.testing.assert_array_equal(value.numpy(), expected.numpy(), err_msg=expected.path)
    assert int(loaded.optimizer.iterations) == 6
    assert loaded.optimizer.get_config() == model.optimizer.get_config()


def test_a_second_model_trains_after_the_first_is_gone() -> None:
    """As in a search: the same shapes again, where functions compiled for the first must not hold on to it."""
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(2)
        model = embedding_model()
        model.compile(AdamW(**SETTINGS, global_clipnorm=0.5), loss="mse", jit_compile=False)
        model.fit(IDS, TARGETS, epochs=2, verbose=0)
        found.append(tiny.digest(model.trainable_variables))
        del model
        gc.collect()
    assert found[0] == found[1]


def test_amsgrad_is_refused_rather_than_ignored() -> None:
    with pytest.raises(ValueError, match="amsgrad"):
        AdamW(1e-3, amsgrad=True)
    config = AdamW(1e-3).get_config()
    assert config["amsgrad"] is False
    assert AdamW.from_config(config).get_config() == config


def test_what_a_user_excludes_is_not_decayed_either() -> None:
    model = nested_model()
    kept = next(variable for variable in model.trainable_variables if is_decayed(variable))
    optimizer = AdamW(1.0, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[kept])
    decayed = decayed_paths(model, optimizer)
    assert decayed
    assert kept.path not in decayed
