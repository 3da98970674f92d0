"""The pipeline delivers what the Plan says, from any step on."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pytest

from tltk.data import Batching, Encoded, Plan, iterate_batches, make_pipeline

tf = pytest.importorskip("tensorflow")


@pytest.fixture(scope="module")
def encoded() -> Encoded:
    draw = np.random.default_rng(0)
    rows = [draw.integers(1, 1000, length).tolist() for length in draw.integers(1, 40, 101)]
    return Encoded.from_ids(
        rows,
        zeros=("token_type_ids",),
        labels=draw.integers(0, 5, 101).astype(np.int32),
        scores=draw.normal(size=(101, 2)).astype(np.float32),
    )


def test_elements_are_the_planned_batches_of_all_epochs(encoded: Encoded) -> None:
    plan = Plan(encoded.lengths, Batching(batch_size=8, multiple_of=3), seed=5)
    elements = list(make_pipeline(encoded, plan, epochs=3).as_numpy_iterator())
    assert len(elements) == 3 * plan.steps
    for number, (inputs, labels, weights) in enumerate(elements):
        planned = plan.batch(*divmod(number, plan.steps))
        expected = encoded.batch(planned.indices, planned.length)
        assert list(inputs) == ["input_ids", "attention_mask", "token_type_ids"]
        for name, values in inputs.items():
            assert values.dtype == np.int32
            np.testing.assert_array_equal(values, expected[name])
        np.testing.assert_array_equal(labels, encoded.gather_targets("labels", planned.indices, planned.length))
        np.testing.assert_allclose(weights.sum(), 1, rtol=1e-6)
        np.testing.assert_array_equal(weights == 0, planned.indices < 0)


@pytest.mark.parametrize("start", [1, 12, 13, 14, 30, 39])
def test_a_run_resumes_at_any_step(encoded: Encoded, start: int) -> None:
    plan = Plan(encoded.lengths, Batching(batch_size=8), seed=5)
    whole = list(make_pipeline(encoded, plan, epochs=3).as_numpy_iterator())
    rest = list(make_pipeline(encoded, plan, epochs=3, start=start).as_numpy_iterator())
    assert len(rest) == len(whole) - start
    for (inputs, labels, _), (expected, expected_labels, _) in zip(rest, whole[start:], strict=True):
        np.testing.assert_array_equal(inputs["input_ids"], expected["input_ids"])
        np.testing.assert_array_equal(labels, expected_labels)


def test_shapes_are_known_to_tensorflow(encoded: Encoded) -> None:
    plan = Plan(encoded.lengths, Batching(), seed=0)
    dataset = make_pipeline(encoded, plan, epochs=2, columns=["input_ids"], targets=["labels", "scores"])
    inputs, targets, weights = dataset.element_spec
    assert inputs == {"input_ids": tf.TensorSpec([None, None], tf.int32)}
    assert targets == {"labels": tf.TensorSpec([None], tf.int32), "scores": tf.TensorSpec([None, 2], tf.float32)}
    assert weights == tf.TensorSpec([None], tf.float32)
    assert dataset.cardinality() == 2 * plan.steps


def test_without_targets_inputs_come_alone(encoded: Encoded) -> None:
    plan = Plan(encoded.lengths, Batching(shuffle=False), seed=0)
    (element,) = make_pipeline(encoded, plan, epochs=1, targets=None).take(1)
    assert len(element) == 1
    assert set(element[0]) == set(encoded.inputs)


def test_no_rows_make_an_empty_pipeline(encoded: Encoded) -> None:
    nothing = encoded.take([])
    assert not list(make_pipeline(nothing, Plan(nothing.lengths, Batching()), epochs=2))


def test_numpy_batches_restore_the_order_by_their_indices(encoded: Encoded) -> None:
    plan = Plan(encoded.lengths, Batching(batch_size=8, shuffle=False, multiple_of=2), seed=0)
    firsts = np.zeros(len(encoded), int)
    for planned, inputs in iterate_batches(encoded, plan):
        true = planned.indices >= 0
        firsts[planned.indices[true]] = inputs["input_ids"][true, 0]
    column = encoded.ragged["input_ids"]
    assert firsts.tolist() == [column[row][0] for row in range(len(encoded))]


def test_a_plan_of_other_rows_and_unknown_columns_are_refused(encoded: Encoded) -> None:
    plan = Plan(encoded.lengths, Batching(), seed=0)
    with pytest.raises(ValueError, match="plan of 101 rows for 3 encoded rows"):
        make_pipeline(encoded.take([1, 2, 3]), plan, epochs=1)
    with pytest.raises(ValueError, match="'label'; the encoded rows have labels, scores"):
        make_pipeline(encoded, plan, epochs=1, targets="label")
    with pytest.raises(ValueError, match="'ids'"):
        make_pipeline(encoded, plan, epochs=1, columns=["ids"])


def test_keras_fits_on_it_in_the_mean_over_true_rows(encoded: Encoded) -> None:
    """One step of plain gradient descent on summed, weighted losses is a step on the mean over the rows."""
    import keras

    few = encoded.take(np.arange(5))
    plan = Plan(few.lengths, Batching(batch_size=5, multiple_of=4), seed=0)
    ids = keras.Input((None,), dtype="int32", name="input_ids")
    mask = keras.Input((None,), dtype="int32", name="attention_mask")
    pooled = keras.layers.Lambda(
        lambda x: keras.ops.sum(keras.ops.cast(x[0] * x[1], "float32"), 1, keepdims=True) / 1e4
    )
    model = keras.Model({"input_ids": ids, "attention_mask": mask}, keras.layers.Dense(5)(pooled([ids, mask])))
    weights = [np.array(weight) for weight in model.get_weights()]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    model.compile(keras.optimizers.SGD(0.1), loss)
    columns = ["input_ids", "attention_mask"]
    model.fit(make_pipeline(few, plan, epochs=1, columns=columns), verbose=0)

    features = np.array([few.ragged["input_ids"][row].sum() / 1e4 for row in range(5)])
    logits = features[:, None] * weights[0] + weights[1]
    errors = np.exp(logits) / np.exp(logits).sum(1, keepdims=True) - np.eye(5)[few.dense["labels"]]
    np.testing.assert_allclose(model.get_weights()[1], weights[1] - 0.1 * errors.mean(0), atol=1e-6)


def test_two_replicas_share_each_batch_equally() -> None:
    """Two logical devices can be made only before TensorFlow has started, hence the process of its own."""
    script = """
        import numpy as np, tensorflow as tf
        from tltk.data import Batching, Encoded, Plan, make_pipeline
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
        strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
        ids = [[row + 1] * (row % 7 + 1) for row in range(45)]
        encoded = Encoded.from_ids(ids, labels=np.arange(45, dtype=np.int32))
        plan = Plan(encoded.lengths, Batching(batch_size=8, multiple_of=2), seed=1)
        shared = strategy.experimental_distribute_dataset(make_pipeline(encoded, plan, epochs=2))
        steps, seen = 0, []
        for inputs, labels, weights in shared:
            parts = [strategy.experimental_local_results(part) for part in (inputs["input_ids"], labels, weights)]
            assert parts[0][0].shape == parts[0][1].shape, parts[0]
            labels, weights = np.concatenate(parts[1]), np.concatenate(parts[2])
            np.testing.assert_allclose(weights.sum(), 1, rtol=1e-6)
            seen += labels[weights > 0].tolist()
            steps += 1
        assert steps == 2 * plan.steps == 12, steps
        assert sorted(seen) == sorted([*range(45), *range(45)])
        print("shared")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == "shared", done.stderr


def test_sent_ahead_to_a_device_batches_are_the_same() -> None:
    """In a process of its own, since a processor is divided before its first use; `fit` takes such batches too."""
    script = """
        import keras, numpy as np, tensorflow as tf
        from tltk.data import Batching, Encoded, Plan, make_pipeline
        parts = [tf.config.LogicalDeviceConfiguration()] * 2
        tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], parts)
        encoded = Encoded.from_ids([[1, 2], [3], [4, 5, 6], [7], [8]], labels=np.arange(5, dtype=np.float32))
        plan = Plan(encoded.lengths, Batching(batch_size=2), seed=0)
        plain = list(make_pipeline(encoded, plan, epochs=2))
        sent = list(make_pipeline(encoded, plan, epochs=2, device="/CPU:1"))
        assert len(plain) == len(sent) == 6
        for one, two in zip(plain, sent):
            assert "CPU:1" in two[0]["input_ids"].device and "CPU:0" in one[0]["input_ids"].device
            tf.nest.map_structure(lambda a, b: np.testing.assert_array_equal(a.numpy(), b.numpy()), one, two)
        ids = keras.Input((None,), dtype="int32", name="input_ids")
        outputs = keras.layers.Dense(1)(keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(9, 4)(ids)))
        model = keras.Model({"input_ids": ids}, outputs)
        model.compile("sgd", keras.losses.MeanSquaredError(reduction="sum"))
        pipeline = make_pipeline(encoded, plan, epochs=2, device="/CPU:1", columns=["input_ids"])
        assert len(model.fit(pipeline, epochs=2, steps_per_epoch=3, verbose=0, shuffle=False).history["loss"]) == 2
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
