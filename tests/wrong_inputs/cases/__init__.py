"""The wrong inputs, one file a room."""

from tests.wrong_inputs.cases import (
    assets,
    bundle,
    data,
    environment,
    questions,
    recipe,
    similarity,
    tagging,
    tasks,
    weights,
)

CASES = [
    case
    for room in (recipe, data, tasks, tagging, questions, similarity, assets, weights, bundle, environment)
    for case in room.CASES
]
"""All of them, in the order in which a recipe's way meets them."""
