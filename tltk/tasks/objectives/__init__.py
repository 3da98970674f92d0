"""What a similarity task learns from: pairs with scores, texts with their partners, or triplets."""

from tltk.tasks.objectives.choice import choose_objective
from tltk.tasks.objectives.objective import Objective

__all__ = ["Objective", "choose_objective"]
