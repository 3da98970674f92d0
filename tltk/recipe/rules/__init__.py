"""Combinations of fields that cannot work: one rule a function, one subject a file."""

from tltk.recipe.rules import backbone, data, labels, training, tuning
from tltk.recipe.rules.rule import Finding, find, rule

__all__ = ["Finding", "backbone", "data", "find", "labels", "rule", "training", "tuning"]
