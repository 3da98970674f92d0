"""Search: recipe values as KerasTuner hyperparameters."""

from tltk.search.hypermodel import RecipeHyperModel
from tltk.search.result import Search
from tltk.search.search import search

__all__ = ["RecipeHyperModel", "Search", "search"]
