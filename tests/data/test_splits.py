"""Holding out: exact sizes, no row twice or lost, equal shares, seeded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from tltk.data.splits import hold_out, hold_out_groups

shares = st.fixed_dictionaries({}, optional={"validation": st.floats(0.01, 0.4), "test": st.floats(0.01, 0.4)}).filter(
    bool
)


@settings(deadline=None, max_examples=200)
@given(labels=st.lists(st.integers(0, 6), min_size=10, max_size=300), shares=shares, seed=st.integers(0, 100))
def test_every_row_is_in_one_split_and_sizes_are_exact(labels: list[int], shares: dict[str, float], seed: int) -> None:
    codes = np.array(labels, dtype=np.int32)
    parts = hold_out(len(codes), shares, seed=seed, codes=codes)
    assert np.array_equal(np.sort(np.concatenate(list(parts.values()))), np.arange(len(codes)))
    assert set(codes[parts["train"]]) == set(labels)
    spare = len(codes) - len(set(labels))  # a row of each class stays in training
    for name, share in shares.items():
        wanted = min(max(1, round(share * len(codes))), spare)
        spare -= wanted
        assert len(parts[name]) == wanted
        assert parts[name].dtype == np.int32
        assert np.all(np.diff(parts[name]) > 0)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(20, 200), min_size=2, max_size=8), st.integers(0, 1000))
def test_each_class_gives_its_share_to_the_nearest_row(sizes: list[int], seed: int) -> None:
    codes = np.repeat(np.arange(len(sizes)), sizes)
    parts = hold_out(len(codes), {"validation": 0.1, "test": 0.2}, seed=seed, codes=codes)
    for name, share in (("validation", 0.1), ("test", 0.2)):
        counts = np.bincount(codes[parts[name]], minlength=len(sizes))
        assert np.all(np.abs(counts - share * np.array(sizes)) < 1)


def test_shares_are_as_equal_as_those_of_scikit_learn() -> None:
    codes = np.random.default_rng(0).choice(5, p=[0.5, 0.3, 0.1, 0.07, 0.03], size=1234)
    ours = np.bincount(codes[hold_out(1234, {"test": 0.1}, seed=0, codes=codes)["test"]])
    _, theirs = train_test_split(codes, test_size=123, stratify=codes, random_state=0)
    assert np.all(np.abs(ours - np.bincount(theirs)) <= 1)


def test_the_seed_decides() -> None:
    codes = np.arange(1000) % 3
    first = hold_out(1000, {"test": 0.2}, seed=1, codes=codes)["test"]
    assert np.array_equal(first, hold_out(1000, {"test": 0.2}, seed=1, codes=codes)["test"])
    assert not np.array_equal(first, hold_out(1000, {"test": 0.2}, seed=2, codes=codes)["test"])


@pytest.mark.parametrize("stratified", [True, False])
def test_rows_are_drawn_evenly_from_the_whole_file(stratified: bool) -> None:
    codes = np.sort(np.arange(200_000) % 4) if stratified else None
    test = hold_out(200_000, {"test": 0.1}, seed=3, codes=codes)["test"]
    per_tenth = np.histogram(test, bins=10, range=(0, 200_000))[0]
    assert np.all(np.abs(per_tenth - 2000) < 200)


def test_a_class_of_one_row_stays_in_training() -> None:
    codes = np.array([0] * 50 + [1])
    for seed in range(20):
        assert 50 in hold_out(51, {"validation": 0.3, "test": 0.3}, seed=seed, codes=codes)["train"]


@settings(deadline=None, max_examples=100)
@given(groups=st.lists(st.integers(0, 12), min_size=3, max_size=200), shares=shares, seed=st.integers(0, 99))
def test_no_group_is_divided_and_no_row_lost(groups: list[int], shares: dict[str, float], seed: int) -> None:
    codes = np.array(groups)
    if len(set(groups)) <= len(shares):
        return
    parts = hold_out_groups(codes, shares, seed=seed)
    assert np.array_equal(np.sort(np.concatenate(list(parts.values()))), np.arange(len(codes)))
    held = [set(codes[rows].tolist()) for rows in parts.values()]
    assert all(held)
    assert sum(map(len, held)) == len(set(groups))
    again = hold_out_groups(codes, shares, seed=seed)
    assert all(np.array_equal(parts[name], again[name]) for name in parts)


def test_groups_come_as_near_to_the_shares_as_their_sizes_let_them() -> None:
    sizes = np.random.default_rng(0).integers(1, 30, 400)
    codes = np.repeat(np.arange(400), sizes)
    for seed in range(5):
        parts = hold_out_groups(codes, {"validation": 0.1, "test": 0.2}, seed=seed)
        for name, share in (("validation", 0.1), ("test", 0.2)):
            assert abs(len(parts[name]) - share * len(codes)) <= 15
