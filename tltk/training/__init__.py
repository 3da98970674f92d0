"""Training by `model.fit`: optimizer, schedule, precision, checkpoints, distribution."""

from tltk.backend import require_tensorflow

require_tensorflow()  # Keras reads its backend once, when it is first imported

from tltk.training.batches import training_plan, validation_batches  # noqa: E402
from tltk.training.checkpoint import CheckpointFolder  # noqa: E402
from tltk.training.compile import compile_model  # noqa: E402
from tltk.training.criterion import Criterion, check_criterion, make_criterion  # noqa: E402
from tltk.training.distribution import count_devices, distribution_strategy  # noqa: E402
from tltk.training.finite import FiniteLoss  # noqa: E402
from tltk.training.history import History  # noqa: E402
from tltk.training.jit import choose_jit_compile  # noqa: E402
from tltk.training.loop import train  # noqa: E402
from tltk.training.optimizer import AdamW, make_optimizer  # noqa: E402
from tltk.training.precision import choose_precision, precision_scope  # noqa: E402
from tltk.training.saving import TrainingInterrupted  # noqa: E402
from tltk.training.schedules import WarmUp, make_schedule  # noqa: E402
from tltk.training.seeds import purpose_seed, seed_layers, set_seeds  # noqa: E402

__all__ = [
    "AdamW",
    "CheckpointFolder",
    "Criterion",
    "FiniteLoss",
    "History",
    "TrainingInterrupted",
    "WarmUp",
    "check_criterion",
    "choose_jit_compile",
    "choose_precision",
    "compile_model",
    "count_devices",
    "distribution_strategy",
    "make_criterion",
    "make_optimizer",
    "make_schedule",
    "precision_scope",
    "purpose_seed",
    "seed_layers",
    "set_seeds",
    "train",
    "training_plan",
    "validation_batches",
]
