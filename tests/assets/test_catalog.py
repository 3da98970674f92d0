"""The catalog itself, and the real presets as the index of this machine gives them."""

from __future__ import annotations

import csv
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tltk.assets import cache_folder, catalog, offline, resolve_checkpoint, resolve_dataset
from tltk.assets.archive import safe_target
from tltk.assets.convert import CONVERSIONS
from tltk.assets.preset import Preset
from tltk.errors import AssetError


@pytest.mark.parametrize("preset", catalog.PRESETS, ids=lambda preset: preset.name)
def test_every_preset_is_pinned_whole(preset: Preset) -> None:
    pins = [(preset.archive.sha256, preset.archive.size), *preset.files.values()]
    pins += [(member.sha256, member.size) for member in preset.members]
    assert all(re.fullmatch("[0-9a-f]{64}", sha256) and size > 0 for sha256, size in pins)
    assert preset.archive.version in preset.archive.filename
    assert all(safe_target(Path("folder"), name) for name in preset.files)
    assert preset.licence
    assert preset.source
    if preset.conversion:
        assert preset.conversion.function in CONVERSIONS
    assert preset.members or preset.pattern
    assert preset.pattern is None or (preset.conversion and preset.pattern.count == preset.conversion.rows)
    assert (preset.config is not None) == (preset.kind == "checkpoint")
    if preset.kind == "dataset":
        assert len(preset.files) == 1


def test_names_are_unique() -> None:
    assert len({preset.name for preset in catalog.PRESETS}) == len(catalog.PRESETS)
    assert catalog.find_preset("all-MiniLM-L6-v2", "dataset") is None


def real(name: str) -> Path:
    try:
        return resolve_dataset(name, progress=False)
    except AssetError as error:
        pytest.skip(f"{name} cannot be had on this machine: {error}")


def test_movie_snippets_are_what_their_authors_published() -> None:
    with real("movie-snippets").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10_605
    scores = [float(row["score"]) for row in rows]
    assert -4 <= min(scores) < -3
    assert 3 < max(scores) <= 4
    assert all(row["text"].strip() == row["text"] or row["text"].strip() for row in rows)
    assert rows[2] == {"text": "Effective but too tepid biopic", "score": "-0.6"}
    assert any("clich\u00e9s" in row["text"] for row in rows)
    assert not any("\ufffd" in row["text"] or "\u00c3" in row["text"] for row in rows)
    (quoted,) = [row["text"] for row in rows if '"' in row["text"]]
    assert '9" black and white' in quoted


def test_movie_snippets_read_the_same_in_other_libraries() -> None:
    import pandas
    import pyarrow.csv

    path = real("movie-snippets")
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    assert pandas.read_csv(path)["text"].tolist() == texts
    assert pyarrow.csv.read_csv(path)["text"].to_pylist() == texts


@pytest.mark.slow
def test_chinese_reviews_are_distinct_and_of_one_side_each() -> None:
    import pandas

    table = pandas.read_csv(real("chinese-reviews"))
    assert table["label"].value_counts().to_dict() == {"negative": 9_031, "positive": 8_332}
    assert table["text"].is_unique
    assert not table["text"].isna().any()


def test_topic_news_are_as_many_as_their_authors_counted() -> None:
    """The counts are those of Greene and Cunningham's page."""
    import pandas

    table = pandas.read_csv(real("topic-news"))
    assert table["label"].value_counts().to_dict() == {
        "sports": 511,
        "business": 510,
        "politics": 417,
        "tech": 401,
        "entertainment": 386,
    }
    assert table["text"].nunique() == 2_127
    assert not table["text"].str.contains("\ufffd").any()
    assert table["text"].str.contains("\u00a3").any()


def test_tweet_entities_are_the_training_rows_of_their_shared_task() -> None:
    """The counts are those of Strauss et al., WNUT 2016: 2,394 tweets, ten types."""
    text = real("tweet-entities").read_text(encoding="utf-8")
    tagged = [line.split("\t") for line in text.splitlines() if line.strip()]
    assert len([tweet for tweet in text.split("\n\t\n") if tweet.strip()]) == 2_394
    assert len({tag[2:] for _, tag in tagged if tag != "O"}) == 10
    assert {tag[:2] for _, tag in tagged} == {"O", "B-", "I-"}


def test_minilm_is_a_whole_checkpoint_for_transformers(minilm_folder: Path) -> None:
    from transformers import AutoConfig, AutoTokenizer

    assert resolve_checkpoint("sentence-transformers/all-MiniLM-L6-v2", progress=False).folder == minilm_folder
    assert AutoConfig.from_pretrained(minilm_folder).hidden_size == 384
    assert AutoTokenizer.from_pretrained(minilm_folder)("Hello world")["input_ids"] == [101, 7592, 2088, 102]


def test_the_cache_is_where_it_is_told_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TLTK_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv("TLTK_CACHE", "~/somewhere")
    assert cache_folder() == Path.home() / "somewhere"
    monkeypatch.setenv("TLTK_CACHE", "")
    assert cache_folder().name == "tltk"
    assert cache_folder().is_absolute()


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("true", True), ("ON", True), ("Yes", True), ("0", False), ("", False), ("off", False)],
)
def test_the_switches(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("TLTK_OFFLINE", value)
    assert offline() is expected


def test_a_switch_that_is_neither_on_nor_off_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TLTK_OFFLINE", "maybe")
    with pytest.raises(AssetError, match="TLTK_OFFLINE: Got 'maybe'; expected 1 or 0"):
        offline()


def test_offline_opens_no_connection_at_all(empty_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("TLTK_OFFLINE", "1")
    for name in ("all-MiniLM-L6-v2", "google/electra-small-discriminator"):
        with pytest.raises(AssetError, match="not asked, as TLTK_OFFLINE=1"):
            resolve_checkpoint(name)


def test_importing_brings_neither_network_nor_tensorflow() -> None:
    code = "import sys, tltk.assets; print([m for m in sys.modules if m.split('.')[0] in sys.argv[1:]])"
    heavy = ["tensorflow", "keras", "huggingface_hub", "unearth", "httpx2", "transformers", "safetensors", "rich"]
    answer = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
