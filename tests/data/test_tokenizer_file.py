"""A tokenizer read from its files gives the ids that `transformers` gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tltk.backbones import load_tokenizer
from tltk.data import FileTokenizer, TextEncoder
from tltk.errors import AssetError

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
SCRIPTS = (
    "A quiet masterpiece.",
    "naïve café, ÉCOLE – “quoted” … 1,234.50 €",
    "ｆｕｌｌ－ｗｉｄｔｈ ＡＢＣ１２３！？",
    "北京大学的学生，你好。",
    "東京タワーに行きました。ひらがな・カタカナ",
    "한국어 문장을 토큰화합니다",
    "Привет, мир! Ёлка",
    "Γειά σου Κόσμε",
    "שלום עולם",
    "مرحبا بالعالم، كيف الحال؟",
    "नमस्ते दुनिया",
    "สวัสดีชาวโลก",
    "Xin chào thế giới",
    "İstanbul'da ılık ẞtraße ﬁn ﬀ Ⅷ ½",
    "😀👩\u200d👩\u200d👧 emoji",
    "a\u0301 combining \u200b zero-width \xa0 nbsp \ufeff",
    "tabs\tand\nlines\r\n",
    "",
    " ",
    "\x00\x01 control",
    "[CLS] special [MASK] tokens [SEP]",
    "x" * 300,
    "word " * 300,
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛",
    "don't wo n't U.S.A. #tag @user http://a.b/c?d=e",
)


def ids(tokenizer, texts, number: int) -> list[list[int]]:
    encoded = TextEncoder(tokenizer, texts=number, max_length=48).encode(texts)
    rows = encoded.ragged["input_ids"]
    return [rows.values[start:stop].tolist() for start, stop in zip(rows.offsets[:-1], rows.offsets[1:], strict=True)]


def saved(tokenizer, folder: Path) -> Path:
    tokenizer.save_pretrained(folder)
    return folder


def test_minilm_on_many_scripts(minilm_folder: Path, tmp_path: Path) -> None:
    original = load_tokenizer(minilm_folder)
    ours = FileTokenizer(saved(original, tmp_path), INPUTS)
    expected = original(list(SCRIPTS), truncation=True, max_length=48)["input_ids"]
    assert ids(ours, SCRIPTS, 1) == expected
    assert len({tuple(row) for row in expected}) > len(SCRIPTS) - 4  # the texts are told apart
    pairs = list(zip(SCRIPTS, SCRIPTS[::-1], strict=True))
    first, second = map(list, zip(*pairs, strict=True))
    assert ids(ours, pairs, 2) == original(first, second, truncation=True, max_length=48)["input_ids"]


@pytest.mark.parametrize("side", ["left", "right"])
def test_its_settings_are_those_of_transformers(tiny_bert_folder: Path, tmp_path: Path, side: str) -> None:
    folder = saved(load_tokenizer(tiny_bert_folder), tmp_path)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, "truncation_side": side}))
    theirs, ours = load_tokenizer(folder), FileTokenizer(folder, INPUTS)
    assert ours.truncation_side == theirs.truncation_side == side
    assert ours.pad_token_id == theirs.pad_token_id
    assert set(ours.model_input_names) == set(theirs.model_input_names)
    text = " ".join(f"film {number}" for number in range(99))
    assert ids(ours, [text], 1) == theirs([text], truncation=True, max_length=48)["input_ids"]


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json"])
def test_a_file_that_is_missing_or_damaged_is_told(tiny_bert_folder: Path, tmp_path: Path, name: str) -> None:
    folder = saved(load_tokenizer(tiny_bert_folder), tmp_path)
    (folder / name).write_text("{")
    with pytest.raises(AssetError, match="tokenizer cannot be read"):
        FileTokenizer(folder, INPUTS)
    (folder / name).unlink()
    with pytest.raises(AssetError, match="tokenizer cannot be read"):
        FileTokenizer(folder, INPUTS)
