"""The rows of the benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.data import Rows, long_texts, sentences, token_lengths
from benchmarks.rows import read_rows, write_rows
from benchmarks.settings import Settings, parse_settings
from tests.tiny_bert import write_tiny_bert


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    texts = [f"this film number {number} is good" for number in range(40)]
    return Rows("toy", write_rows(tmp_path / "toy.tsv", texts, [number % 2 for number in range(40)]), None, 2)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return parse_settings(["--work", str(tmp_path / "work"), "--quick"])


def test_sentences_are_as_many_as_asked_and_always_the_same(rows: Rows) -> None:
    made = sentences(rows, 100)
    assert len(made) == 100
    assert made == sentences(rows, 100)
    assert made[:40] == read_rows(rows.train)[0]
    assert {" ".join(sorted(text.split())) for text in made} == {" ".join(sorted(text.split())) for text in made[:40]}


def test_the_first_rows_keep_their_labels(rows: Rows, tmp_path: Path) -> None:
    texts, labels = read_rows(rows.first(10, tmp_path / "few").train)
    assert len(texts) == 10
    assert all(int(text.split()[3]) % 2 == label for text, label in zip(texts, labels, strict=True))


def test_long_texts_have_256_to_512_tokens(settings: Settings, tmp_path: Path) -> None:
    checkpoint = write_tiny_bert(tmp_path / "tiny")
    made = long_texts(settings, checkpoint, 40)
    lengths = token_lengths(read_rows(made.train)[0], checkpoint, 1000)
    assert len(lengths) == 40
    assert 256 <= min(lengths) < 300 < 470 < max(lengths) <= 512


def test_a_quick_run_does_not_touch_the_kept_results(settings: Settings) -> None:
    assert settings.output == settings.work / "results.json"
    assert settings.epochs == 1


def test_the_data_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no folder"):
        parse_settings(["--data", str(tmp_path / "absent")])
