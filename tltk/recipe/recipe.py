"""The whole experiment as data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tltk.recipe.augment import AugmentSection
from tltk.recipe.backbone import BackboneSection
from tltk.recipe.data import DataSection
from tltk.recipe.distribute import DistributeSection
from tltk.recipe.evaluate import EvaluateSection
from tltk.recipe.export import ExportSection
from tltk.recipe.head import HeadSection
from tltk.recipe.kinds import PathText
from tltk.recipe.section import Section
from tltk.recipe.task import TaskSection
from tltk.recipe.train import TrainSection
from tltk.recipe.tune import TuneSection


class Recipe(Section):
    """The whole experiment as data: task, data, augment, backbone, head, train, evaluate, distribute, tune, export.

    Frozen; every field has a default, and every unknown key is an error.

    Example:
        >>> recipe = Recipe(name="reviews", train={"epochs": 1})
        >>> recipe.train.epochs, recipe.backbone.name
        (1, 'all-MiniLM-L6-v2')
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)] = "run"
    """Name of the Run; its folder is `runs/<name>` when `output` is not given."""

    seed: int = Field(default=0, ge=0, lt=2**31)
    """Seed of splits, changed copies of rows, initial weights, dropout and the order of batches."""

    output: PathText | None = None
    """Folder of the Run. Relative to the recipe file; `runs/<name>` below the current folder when not given."""

    task: TaskSection = TaskSection()
    """What is to be learned."""

    data: DataSection = DataSection()
    """Where the rows come from and which columns matter."""

    augment: AugmentSection | None = None
    """Changed copies of training rows that are trained on too; null for none."""

    backbone: BackboneSection = BackboneSection()
    """Which pretrained encoder to start from."""

    head: HeadSection = HeadSection()
    """What stands on the backbone."""

    train: TrainSection = TrainSection()
    """How the model is trained."""

    evaluate: EvaluateSection = EvaluateSection()
    """How predictions and figures are made."""

    distribute: DistributeSection = DistributeSection()
    """Over which devices training spreads."""

    tune: TuneSection | None = None
    """Which recipe values are searched, and how; null for no search."""

    export: ExportSection = ExportSection()
    """In which formats the trained model leaves."""
