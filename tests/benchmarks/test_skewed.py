"""Rows made skewed: rare labels get the share that they should have, the rest stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.skewed import ENTITIES, skewed_classes, skewed_sets, skewed_tags

TYPES = tuple(ENTITIES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """CoNLL files whose sentences have one entity each, of all types alike; three domains of one intent each."""
    (tmp_path / "conll2003").mkdir()
    for name, sentences in (("train", 4 * 2000), ("valid", 8), ("test", 8)):
        lines = [f"Name{place} B-{TYPES[place % 4]} x\nsleeps O x\n\n" for place in range(sentences)]
        (tmp_path / "conll2003" / f"{name}.txt").write_text("".join(lines))
    (tmp_path / "clinc150").mkdir()
    intents = {"bank": ["pay"], "home": ["lights"], "work": ["meet"]}
    (tmp_path / "clinc150" / "domains.json").write_text(json.dumps(intents))
    queries = [[f"{intent} {place}", intent] for (intent,) in intents.values() for place in range(1200)]
    document = dict.fromkeys(("train", "val", "test"), queries)
    (tmp_path / "clinc150" / "data_full.json").write_text(json.dumps(document))
    return tmp_path


def test_rare_types_of_entities_are_as_rare_as_they_should_be(folder: Path) -> None:
    data = skewed_tags(folder, seed=0)
    assert data["counts"] == ENTITIES
    tags = [tag for row in data["train"]["label"] for tag in row]
    assert {name: tags.count(f"B-{name}") for name in TYPES} == ENTITIES
    assert len(data["test"]["text"]) == 8


def test_domains_fall_by_a_third_and_test_rows_stay_alike(folder: Path) -> None:
    data = skewed_classes(folder, seed=0)
    assert data["counts"] == {"bank": 1000, "home": 667, "work": 444}
    assert sorted(map(data["test"]["label"].count, data["counts"])) == [100, 100, 100]


def test_joined_queries_have_the_domains_of_both(folder: Path) -> None:
    data = skewed_sets(folder, seed=0)
    domain = {"pay": "bank", "lights": "home", "meet": "work"}
    for text, labels in zip(data["train"]["text"], data["train"]["label"], strict=True):
        assert labels == sorted({domain[query.split()[0]] for query in text.split(" . ")})


@pytest.mark.parametrize("make", [skewed_tags, skewed_classes, skewed_sets])
def test_same_seed_same_rows(folder: Path, make) -> None:
    assert make(folder, seed=3) == make(folder, seed=3)
    assert make(folder, seed=3) != make(folder, seed=4)
