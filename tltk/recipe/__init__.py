"""Recipes: the whole experiment as data."""

from tltk.recipe.augment import AugmentSection
from tltk.recipe.backbone import BackboneSection
from tltk.recipe.data import BinarizeSection, DataSection, SplitSection
from tltk.recipe.digest import fingerprint
from tltk.recipe.distribute import DistributeSection
from tltk.recipe.evaluate import EvaluateSection
from tltk.recipe.export import ExportSection
from tltk.recipe.head import HeadSection
from tltk.recipe.loading import load_recipe, override, validate
from tltk.recipe.recipe import Recipe
from tltk.recipe.schema import json_schema
from tltk.recipe.section import Section
from tltk.recipe.task import TaskSection
from tltk.recipe.train import EarlyStoppingSection, TrainSection
from tltk.recipe.tune import SearchDimension, TuneSection
from tltk.recipe.writing import to_yaml

__all__ = [
    "AugmentSection",
    "BackboneSection",
    "BinarizeSection",
    "DataSection",
    "DistributeSection",
    "EarlyStoppingSection",
    "EvaluateSection",
    "ExportSection",
    "HeadSection",
    "Recipe",
    "SearchDimension",
    "Section",
    "SplitSection",
    "TaskSection",
    "TrainSection",
    "TuneSection",
    "fingerprint",
    "json_schema",
    "load_recipe",
    "override",
    "to_yaml",
    "validate",
]
