from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tltk.backbones import load_tokenizer
from tltk.errors import AssetError


@pytest.fixture
def folder(tiny_bert_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_bert_folder, tmp_path / "bert")


def test_fast_tokenizer_of_the_folder(folder: Path) -> None:
    tokenizer = load_tokenizer(folder)
    assert tokenizer.is_fast
    encoded = tokenizer("a funny film", "dull")
    assert encoded["input_ids"][0] == tokenizer.cls_token_id
    assert sorted(set(encoded["token_type_ids"])) == [0, 1]


def test_folder_without_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"Got no tokenizer file; expected one of tokenizer\.json"):
        load_tokenizer(tmp_path)


def test_damaged_tokenizer_is_named(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0", "model": {"type": "Nonsense"}}')
    with pytest.raises(AssetError, match="The tokenizer cannot be read"):
        load_tokenizer(folder)


def test_code_beside_the_weights_is_never_run(folder: Path) -> None:
    (folder / "evil.py").write_text("raise SystemExit('this code was run')")
    path = folder / "tokenizer_config.json"
    config = json.loads(path.read_text())
    config |= {
        "tokenizer_class": "EvilTokenizer",
        "auto_map": {"AutoTokenizer": ["evil.EvilTokenizer", "evil.EvilTokenizer"]},
    }
    path.write_text(json.dumps(config))
    try:
        tokenizer = load_tokenizer(folder)
    except AssetError:
        return
    assert tokenizer.is_fast
    assert type(tokenizer).__module__.startswith("transformers.")


def test_tokenizer_of_another_checkpoint_is_refused(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "vocab_size": 20}))
    with pytest.raises(AssetError, match="the encoder has 20 embeddings"):
        load_tokenizer(folder)
