from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest
from sentencepiece import SentencePieceTrainer

from tests.tiny_bert import CORPUS
from tltk.assets import resolve_checkpoint
from tltk.backbones import load_tokenizer
from tltk.errors import AssetError, EnvironmentProblem


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


def write_sentencepiece(path: Path) -> Path:
    """Write a SentencePiece model of the corpus with the special tokens of DeBERTa, as its authors trained theirs."""
    model, pieces = io.BytesIO(), {"pad": "[PAD]", "bos": "[CLS]", "eos": "[SEP]", "unk": "[UNK]"}
    SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS),
        model_writer=model,
        vocab_size=100,
        hard_vocab_limit=False,
        minloglevel=2,
        **{f"{name}_id": number for number, name in enumerate(pieces)},
        **{f"{name}_piece": piece for name, piece in pieces.items()},
    )
    path.write_bytes(model.getvalue())
    return path


@pytest.fixture
def sentencepiece_folder(folder: Path) -> Path:
    """A folder as microsoft/deberta-v3-base has it: `spm.model` and few settings."""
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").unlink()
    write_sentencepiece(folder / "spm.model")
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": false, "vocab_type": "spm"}')
    config = {**json.loads((folder / "config.json").read_text()), "model_type": "deberta-v2", "vocab_size": 200}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_a_sentencepiece_model_alone_is_a_tokenizer(sentencepiece_folder: Path) -> None:
    assert resolve_checkpoint(str(sentencepiece_folder)).folder == sentencepiece_folder
    tokenizer = load_tokenizer(sentencepiece_folder)
    assert (type(tokenizer).__name__, tokenizer.is_fast) == ("DebertaV2Tokenizer", True)
    assert tokenizer.convert_ids_to_tokens(tokenizer("a film")["input_ids"])[:2] == ["[CLS]", "▁a"]


def test_sentencepiece_is_asked_for_where_it_is_wanted(
    sentencepiece_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    with pytest.raises(EnvironmentProblem, match=r"SentencePiece model \(spm\.model\).*pip install sentencepiece"):
        load_tokenizer(sentencepiece_folder)
