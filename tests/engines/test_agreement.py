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

# float32 rounds sums in another order: 1e-5 on a probability, as for exports. bfloat16 keeps 8 bits of a number, that
# is steps of 0.4 %, and int8 steps of 0.8 % of the largest: after two layers some hundredths of a logit, and a
# probability changes by a quarter of that at the most.
BOUNDS = {("onnx", "float32"): 1e-5, ("keras", "bfloat16"): 0.03, ("onnx", "int8"): 0.03}


def positives(bundle: Bundle, choice: EngineChoice, texts: list) -> np.ndarray:
    predictor = bundle.quiet_predictor(choice)
    return np.array([row["scores"]["positive"] for row in predictor.predict(texts)])


@pytest.fixture(scope="module")
def expected(run: Run) -> np.ndarray:
    return positives(run.bundle, EngineChoice(), TEXTS)


@pytest.mark.parametrize("choice", BOUNDS, ids="-".join)
def test_probabilities_are_near(run: Run, expected: np.ndarray, choice: tuple[str, str]) -> None:
    found = positives(run.bundle, EngineChoice(*choice), TEXTS)
    assert np.abs(found - expected).max() <= BOUNDS[choice]
    assert not np.array_equal(found, expected)  # it is another engine, not the same one again


@pytest.mark.parametrize("choice", BOUNDS, ids="-".join)
def test_what_the_model_is_sure_of_stays(run: Run, expected: np.ndarray, choice: tuple[str, str]) -> None:
    sure = np.abs(expected - 0.5) > BOUNDS[choice]
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
    assert np.abs(positives(bundle, EngineChoice(*choice), pairs) - expected).max() <= BOUNDS[choice]
