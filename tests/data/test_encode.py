"""Encoding gives what the Hugging Face tokenizer gives, once, and keeps it safely on disk."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

from tltk.data import Encoded, encode, encoded_cache, text_slices, tokenization, tokenizer_fingerprint
from tltk.errors import DataError, EnvironmentProblem, RecipeError

transformers = pytest.importorskip("transformers")

TEXTS = [
    "A gripping, funny and deeply moving film.",
    "",
    "   ",
    "naïve café — “quotes”… №5 ½",
    "北京欢迎你,全角标点。",
    "Привет, мир! שלום עולם مرحبا بالعالم",
    "emoji 👩‍👩‍👧 🇩🇪 and a null \x00 and a tab\t.",
    "special [SEP] [MASK] tokens <s> in </s> text",
    "long " * 300,
    "supercalifragilisticexpialidocious" * 10,
]


@pytest.fixture(scope="module")
def bert(tiny_bert_folder: Path) -> Any:
    return transformers.AutoTokenizer.from_pretrained(tiny_bert_folder)


@pytest.fixture(scope="module")
def roberta() -> Any:
    """A byte-level BPE as RoBERTa has it: no token types, two separators between the texts of a pair."""
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    backend.train_from_iterator(TEXTS, trainers.BpeTrainer(special_tokens=special, initial_alphabet=alphabet))
    backend.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_input_names=["input_ids", "attention_mask"],
    )


def check_against_tokenizer(encoded: Encoded, tokenizer: Any, *texts: list[str], max_length: int) -> None:
    expected = tokenizer(*texts, truncation="longest_first", max_length=max_length, padding=True, return_tensors="np")
    batch = encoded.batch(np.arange(len(encoded)), expected["input_ids"].shape[1])
    assert set(batch) == set(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(batch[name], values, err_msg=name)
    whole = tokenizer(*texts)["input_ids"]
    assert encoded.truncated == sum(len(ids) > max_length for ids in whole)
    assert encoded.lengths.tolist() == [min(len(ids), max_length) for ids in whole]


@pytest.mark.parametrize("max_length", [8, 64])
@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_single_texts_and_pairs_are_encoded_as_the_tokenizer_does(
    family: str, cached: bool, max_length: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tokenizer = request.getfixturevalue(family)
    table = pa.table({"first": TEXTS, "second": TEXTS[::-1]})
    for columns in (["first"], ["first", "second"], ["second", "first"]):
        cache = {"cache": tmp_path, "fingerprint": "rows"} if cached else {}
        encoded = encode(table, tokenizer, text_columns=columns, max_length=max_length, **cache)
        texts = [table[name].to_pylist() for name in columns]
        check_against_tokenizer(encoded, tokenizer, *texts, max_length=max_length)


def test_the_pinned_checkpoint_is_encoded_as_its_tokenizer_does(minilm_folder: Path) -> None:
    tokenizer = transformers.AutoTokenizer.from_pretrained(minilm_folder)
    encoded = encode(pa.table({"text": TEXTS}), tokenizer, text_columns=["text"], max_length=32)
    assert encoded.ragged["input_ids"].values.dtype == np.uint16
    check_against_tokenizer(encoded, tokenizer, TEXTS, max_length=32)


def test_text_is_cut_on_the_tokenizers_side(bert: Any) -> None:
    left = transformers.AutoTokenizer.from_pretrained(bert.name_or_path, truncation_side="left")
    encoded = encode(pa.table({"text": TEXTS}), left, text_columns=["text"], max_length=6)
    check_against_tokenizer(encoded, left, TEXTS, max_length=6)


def test_the_tokenizer_is_left_as_it_was(bert: Any) -> None:
    bert(TEXTS[0], truncation=True, max_length=5, padding="max_length")
    before = bert.backend_tokenizer.to_str()
    encode(pa.table({"text": TEXTS}), bert, text_columns=["text"], max_length=9)
    assert bert.backend_tokenizer.to_str() == before


def test_many_rows_in_many_pieces_keep_their_order(bert: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks end by rows and by bytes, and at the table's own pieces."""
    monkeypatch.setattr(text_slices, "_CHUNK_ROWS", 7)
    monkeypatch.setattr(text_slices, "_CHUNK_BYTES", 200)
    texts = [f"{'word ' * (row % 23)}{row}" for row in range(100)]
    pieces = pa.concat_tables([pa.table({"text": texts[:40]}), pa.table({"text": texts[40:]})])
    encoded = encode(pieces, bert, text_columns=["text"], max_length=64)
    check_against_tokenizer(encoded, bert, texts, max_length=64)


def test_an_empty_table_is_encoded_to_nothing(bert: Any, tmp_path: Path) -> None:
    table = pa.table({"text": pa.array([], pa.string())})
    for cache in ({}, {"cache": tmp_path, "fingerprint": "none"}):
        encoded = encode(table, bert, text_columns=["text"], max_length=8, **cache)
        assert len(encoded) == 0
        assert encoded.batch(np.array([], int), 8)["input_ids"].shape == (0, 8)


def test_a_missing_text_is_named(bert: Any) -> None:
    with pytest.raises(DataError, match="row 2: Got no text in column 'text'"):
        encode(pa.table({"text": ["a", "b", None]}), bert, text_columns=["text"], max_length=8)


def test_a_column_that_is_no_text_is_refused(bert: Any) -> None:
    with pytest.raises(DataError, match="'text' of type int64; expected text"):
        encode(pa.table({"text": [1, 2]}), bert, text_columns=["text"], max_length=8)


def test_a_length_without_room_for_text_is_refused(bert: Any) -> None:
    table = pa.table({"text": ["a"]})
    with pytest.raises(RecipeError, match="max_length: Got 4; this tokenizer adds 3 special tokens.*at least 5"):
        encode(table, bert, text_columns=["text", "text"], max_length=4)
    with pytest.raises(RecipeError, match="3 text columns"):
        encode(table, bert, text_columns=["text"] * 3, max_length=40)


def test_a_slow_tokenizer_is_refused() -> None:
    with pytest.raises(EnvironmentProblem, match="expected a fast tokenizer"):
        encode(pa.table({"text": ["a"]}), object(), text_columns=["text"], max_length=8)


def test_fingerprints_tell_tokenizers_apart_and_forget_padding(bert: Any, roberta: Any) -> None:
    before = tokenizer_fingerprint(bert)
    bert(TEXTS[:2], truncation=True, max_length=5, padding=True)
    assert tokenizer_fingerprint(bert) == before
    cased = transformers.AutoTokenizer.from_pretrained(bert.name_or_path)
    cased.add_tokens(["gripping"])
    left = transformers.AutoTokenizer.from_pretrained(bert.name_or_path, truncation_side="left")
    assert len({before, *(tokenizer_fingerprint(other) for other in (cased, left, roberta))}) == 4


class Cached:
    """Encodes a small table with a cache, counting the texts that went through the tokenizer."""

    def __init__(self, tokenizer: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tokenizer, self.cache, self.encoded = tokenizer, cache, 0
        original = tokenization.TextEncoder._encode

        def counting(encoder: Any, texts: list, *place: Any) -> Any:
            self.encoded += len(texts)
            return original(encoder, texts, *place)

        monkeypatch.setattr(tokenization.TextEncoder, "_encode", counting)

    def __call__(self, *, fingerprint: str = "rows", max_length: int = 16, column: str = "text") -> Encoded:
        table = pa.table({"text": TEXTS, "other": TEXTS[::-1]})
        return encode(
            table,
            self.tokenizer,
            text_columns=[column],
            max_length=max_length,
            cache=self.cache,
            fingerprint=fingerprint,
        )

    def folder(self) -> Path:
        (folder,) = (path for path in self.cache.iterdir() if path.is_dir())
        return folder


@pytest.fixture
def cached(bert: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cached:
    return Cached(bert, tmp_path / "encoded", monkeypatch)


def test_the_cache_is_used_again(cached: Cached) -> None:
    first, second = cached(), cached()
    assert cached.encoded == len(TEXTS)
    assert second.truncated == first.truncated > 0
    np.testing.assert_array_equal(
        first.batch(np.arange(10), 16)["input_ids"], second.batch(np.arange(10), 16)["input_ids"]
    )


def test_other_rows_columns_and_lengths_are_encoded_anew(cached: Cached) -> None:
    cached(), cached(fingerprint="others"), cached(max_length=17), cached(column="other")
    assert cached.encoded == 4 * len(TEXTS)


@pytest.mark.parametrize("name", ["input_ids.bin", "offsets.bin", "lengths.bin", "encoded.json"])
@pytest.mark.parametrize("damage", ["cut", "removed"])
def test_a_damaged_cache_is_made_anew(cached: Cached, name: str, damage: str) -> None:
    expected = cached().batch(np.arange(10), 16)["input_ids"].copy()
    path = cached.folder() / name
    path.write_bytes(path.read_bytes()[:-3]) if damage == "cut" else path.unlink()
    np.testing.assert_array_equal(cached().batch(np.arange(10), 16)["input_ids"], expected)
    assert cached.encoded == 2 * len(TEXTS)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interruption_leaves_no_half_cache(
    cached: Cached, interruption: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = tokenization.TextEncoder.chunks

    def broken(*arguments: Any, **named: Any) -> Iterator[Any]:
        yield next(original(*arguments, **named))
        raise interruption

    with monkeypatch.context() as patch:
        patch.setattr(tokenization.TextEncoder, "chunks", broken)
        with pytest.raises(interruption):
            cached()
    assert not [path for path in cached.cache.iterdir() if path.is_dir()]
    assert len(cached()) == len(TEXTS)


def test_what_a_killed_process_left_is_swept_away(cached: Cached) -> None:
    cached()
    folder = cached.folder()
    partial = folder.rename(folder.with_name(folder.name + ".partial"))
    (partial / "encoded.json").unlink()
    assert len(cached()) == len(TEXTS)
    assert cached.folder() == folder


def test_a_full_disk_is_told_with_the_way_out(cached: Cached, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(encoded_cache, "_write_files", full)
    with pytest.raises(EnvironmentProblem, match="disk is full.*TLTK_CACHE"):
        cached()
    assert not [path for path in cached.cache.iterdir() if path.is_dir()]


def test_a_cache_that_cannot_be_written_is_told_with_the_way_out(cached: Cached) -> None:
    cached.cache.write_text("a file where the folder should be")
    with pytest.raises(EnvironmentProblem, match="cannot be used.*TLTK_CACHE"):
        cached()


def test_a_cache_needs_a_fingerprint(bert: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="without a fingerprint"):
        encode(pa.table({"text": ["a"]}), bert, text_columns=["text"], max_length=8, cache=tmp_path)


def test_a_second_process_waits_for_the_first(cached: Cached, tmp_path: Path) -> None:
    """Two threads stand for two processes: the lock is on a file, taken anew by each."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: cached(), range(4)))
    assert cached.encoded == len(TEXTS)
    assert {len(result) for result in results} == {len(TEXTS)}
