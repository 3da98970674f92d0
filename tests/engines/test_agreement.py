"""Every engine and precision gives what Keras gives in float32, within what its numbers can hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tltk
from tests.reviews import make_reviews, tiny_recipe
from tltk.bundle import Bundle
from tltk.engines import EngineChoice
from tltk.run import Run

TEXTS = [*make_reviews(40, seed=3)["text"], "", "naïve café 北京", "film " * 60]

# Each as a part of how far the log-odds of texts lie apart, and no less than that of 1. float32 rounds sums in
# another order. bfloat16 rounds a number by 0.4 % at the most, int8 by 0.4 % of the largest: over the dozen products
# of two layers, each of its own error, sqrt(12) of that, and as much again for what follows from inputs that are
# rounded too.
BOUNDS = {("onnx", "float32"): 1e-5, ("keras", "bfloat16"): 0.03, ("onnx", "int8"): 0.03}


def positives(bundle: Bundle, choice: EngineChoice, texts: list) -> np.ndarray:
    predictor = bundle.quiet_predictor(choice)
    return np.array([row["scores"]["positive"] for row in predictor.predict(texts)])


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    return np.log(probabilities / (1 - probabilities))


def relative_error(found: np.ndarray, expected: np.ndarray) -> float:
    """Return the root mean square of the log-odds' differences, as a part of their standard deviation (at least 1)."""
    difference = log_odds(found) - log_odds(expected)
    return float(np.sqrt(np.mean(difference**2)) / max(1.0, log_odds(expected).std()))


@pytest.fixture(scope="module")
def expected(run: Run) -> np.ndarray:
    return positives(run.bundle, EngineChoice(), TEXTS)


@pytest.mark.parametrize("choice", BOUNDS, ids="-".join)
def test_probabilities_are_near(run: Run, expected: np.ndarray, choice: tuple[str, str]) -> None:
    found = positives(run.bundle, EngineChoice(*choice), TEXTS)
    assert relative_error(found, expected) <= BOUNDS[choice]
    assert not np.array_equal(found, expected)  # it is another engine, not the same one again


@pytest.mark.parametrize("choice", BOUNDS, ids="-".join)
def test_what_the_model_is_sure_of_stays(run: Run, expected: np.ndarray, choice: tuple[str, str]) -> None:
    # Several times what the bound lets a text move by, however sharp the model has become.
    sure = np.abs(log_odds(expected)) > 5 * BOUNDS[choice] * max(1.0, log_odds(expected).std())
    assert sure.sum() > len(TEXTS) / 2
    found = positives(run.bundle, EngineChoice(*choice), TEXTS)
    np.testing.assert_array_equal(found[sure] > 0.5, expected[sure] > 0.5)


@pytest.mark.parametrize("choice", BOUNDS, ids="-".join)
def test_pairs_and_another_head(tiny_bert_folder: Path, tmp_path: Path, choice: tuple[str, str]) -> None:
    columns = make_reviews(60)
    data = {"text": columns["text"], "other": columns["text"][::-1], "label": columns["label"]}
    recipe = tiny_recipe(tiny_bert_folder, train__epochs=1, data__text=["text", "other"], head__pooling="attention")
    bundle = tltk.fit(recipe, data=data, output=tmp_path / "run").bundle
    pairs = list(zip(data["text"], data["other"], strict=True))[:9]
    expected = positives(bundle, EngineChoice(), pairs)
    assert relative_error(positives(bundle, EngineChoice(*choice), pairs), expected) <= BOUNDS[choice]
