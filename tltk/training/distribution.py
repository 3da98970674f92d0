"""Over which devices a model is trained."""

from __future__ import annotations

import tensorflow as tf

from tltk.errors import EnvironmentProblem
from tltk.recipe.distribute import DistributeSection

_DEFAULT_LOGICAL_CPUS = 2


def distribution_strategy(section: DistributeSection) -> tf.distribute.Strategy | None:
    """Return the strategy a recipe asks for; None for one device.

    Build the model within `strategy.scope()`, then hand it to `train`. On a machine without GPUs the processor is
    divided into logical devices, which must happen before TensorFlow first uses it: call this early.

    Args:
        section: the recipe's `distribute`.

    Raises:
        EnvironmentProblem: there are fewer GPUs than asked for, or the processor is in use already.
    """
    if section.strategy == "none":
        return None
    gpus = tf.config.list_logical_devices("GPU") if tf.config.list_physical_devices("GPU") else []
    devices = _choose_gpus(gpus, section.devices) if gpus else _logical_cpus(count_devices(section))
    return tf.distribute.MirroredStrategy(devices)


def count_devices(section: DistributeSection) -> int:
    """Return among how many devices `distribution_strategy` would divide a batch; none is made or taken for it.

    Args:
        section: the recipe's `distribute`.
    """
    if section.strategy == "none":
        return 1
    return section.devices or len(tf.config.list_physical_devices("GPU")) or _DEFAULT_LOGICAL_CPUS


def prefetch_device(strategy: tf.distribute.Strategy) -> str | None:
    """Return the device to which batches are sent ahead of their step: the GPU that a model without strategy runs on.

    None on a CPU, where there is nothing to send, and for several devices, whose strategy sends each its share ahead.

    Args:
        strategy: of the model (`model.distribute_strategy`).
    """
    gpus = tf.config.list_logical_devices("GPU")
    # TensorFlow's default strategy, which is no strategy, is the one that `has_strategy` does not count.
    with strategy.scope():
        return None if tf.distribute.has_strategy() or not gpus else gpus[0].name


def _choose_gpus(gpus: list[tf.config.LogicalDevice], wanted: int | None) -> list[str]:
    if wanted is not None and wanted > len(gpus):
        raise EnvironmentProblem(
            f"Got {wanted}; this machine has {len(gpus)} GPU(s).",
            where="distribute.devices",
            hint=f"Give at most {len(gpus)}, or leave it out to use all.",
        )
    return [gpu.name for gpu in gpus[:wanted]]


def _logical_cpus(wanted: int) -> list[str]:
    processor = tf.config.list_physical_devices("CPU")[0]
    have = tf.config.get_logical_device_configuration(processor)
    if len(have or ()) < wanted:
        try:
            parts = [tf.config.LogicalDeviceConfiguration()] * wanted
            tf.config.set_logical_device_configuration(processor, parts)
        except RuntimeError as error:
            raise EnvironmentProblem(
                f"Got {wanted} devices on a machine without GPUs, but TensorFlow is in use already, and its processor"
                " can no longer be divided.",
                where="distribute.devices",
                hint="Start a new Python process (in a notebook: restart the kernel) and begin with this recipe.",
            ) from error
    return [device.name for device in tf.config.list_logical_devices("CPU")[:wanted]]
