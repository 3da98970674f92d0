"""Training by `model.fit`: optimizer, schedule, precision, checkpoints, distribution."""

from tltk.training.batches import training_plan, validation_batches
from tltk.training.checkpoint import CheckpointFolder
from tltk.training.compile import compile_model
from tltk.training.distribution import distribution_strategy
from tltk.training.finite import FiniteLoss
from tltk.training.history import History
from tltk.training.loop import train
from tltk.training.optimizer import AdamW, make_optimizer
from tltk.training.precision import choose_precision, precision_scope
from tltk.training.saving import TrainingInterrupted
from tltk.training.schedules import WarmUp, make_schedule
from tltk.training.seeds import purpose_seed, seed_layers, set_seeds

__all__ = [
    "AdamW",
    "CheckpointFolder",
    "FiniteLoss",
    "History",
    "TrainingInterrupted",
    "WarmUp",
    "choose_precision",
    "compile_model",
    "distribution_strategy",
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
