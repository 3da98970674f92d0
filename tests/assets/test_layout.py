"""Local folders: whole ones are taken, broken ones are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.assets.conftest import checkpoint_files, write_files
from tests.assets.index_server import IndexServer
from tltk.assets import resolve_checkpoint
from tltk.assets.layout import check_layout
from tltk.errors import AssetError


@pytest.fixture
def files() -> dict[str, bytes]:
    return checkpoint_files()


def test_a_local_folder_is_taken_as_it_is(files: dict[str, bytes], tmp_path: Path) -> None:
    folder = write_files(tmp_path / "mine", files)
    checkpoint = resolve_checkpoint(str(folder))
    assert (checkpoint.source, checkpoint.folder, checkpoint.revision) == ("folder", folder, None)


def test_a_folder_that_transformers_wrote_is_whole(tiny_bert_folder: Path) -> None:
    assert resolve_checkpoint(str(tiny_bert_folder)).folder == tiny_bert_folder


def test_a_relative_folder_becomes_absolute(
    files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path / "org" / "mine", files)
    monkeypatch.chdir(tmp_path)
    assert resolve_checkpoint("org/mine").folder == tmp_path / "org" / "mine"


def test_shards_with_their_index_are_whole(files: dict[str, bytes], tmp_path: Path) -> None:
    weights = files.pop("model.safetensors")
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    index = json.dumps({"weight_map": {"a": names[0], "b": names[1]}}).encode()
    folder = write_files(
        tmp_path / "mine", files | dict.fromkeys(names, weights) | {"model.safetensors.index.json": index}
    )
    check_layout(folder)
    (folder / names[1]).unlink()
    with pytest.raises(AssetError, match="model-00002-of-00002.safetensors: is missing"):
        check_layout(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("model.safetensors", b"", r"model\.safetensors: is empty \(0 bytes\)\. Fetch it again"),
        ("model.safetensors", b"PK\x03\x04 a zip, as PyTorch writes it", r"model\.safetensors: is cut off or not"),
        ("model.safetensors", checkpoint_files()["model.safetensors"][:-100], r"is cut off or not safetensors"),
        ("model.safetensors", None, r"model\.safetensors: is missing"),
        ("config.json", None, r"config\.json: is missing"),
        ("config.json", b"{", r"config\.json: is not JSON"),
        ("config.json", b"\xff\xfe", r"config\.json: is not JSON"),
        ("config.json", b"[]", r"config\.json: holds a list; expected an object"),
        ("tokenizer.json", None, r"no tokenizer; expected one of tokenizer\.json"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_broken_is_named(
    files: dict[str, bytes], tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is None:
        del files[name]
    else:
        files[name] = content
    folder = write_files(tmp_path / "mine", files)
    with pytest.raises(AssetError, match=message) as caught:
        resolve_checkpoint(str(folder))
    assert str(folder) in str(caught.value)


def test_everything_broken_is_said_at_once(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "mine", {"README.md": b""})
    with pytest.raises(AssetError) as caught:
        resolve_checkpoint(str(folder))
    assert [problem.where for problem in caught.value.problems] == [
        str(folder / "config.json"),
        str(folder / "model.safetensors"),
        str(folder),
    ]


@pytest.mark.parametrize(
    "index", [b"{", b"[]", b'{"weight_map": []}', b'{"weight_map": {"a": "../../secret.safetensors"}}']
)
def test_a_broken_index_of_shards_is_named(files: dict[str, bytes], tmp_path: Path, index: bytes) -> None:
    del files["model.safetensors"]
    folder = write_files(tmp_path / "mine", files | {"model.safetensors.index.json": index})
    with pytest.raises(AssetError, match=r"model\.safetensors\.index\.json: (is not an index|names '\.\./\.\./secret)"):
        check_layout(folder)


def test_a_missing_folder_offers_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "my-checkpoint").mkdir()
    with pytest.raises(AssetError, match="no such folder.*Did you mean 'my-checkpoint'"):
        resolve_checkpoint(str(tmp_path / "my-checkpiont"))


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(AssetError, match="Got a file; expected a folder"):
        resolve_checkpoint(str(tmp_path / "model.safetensors"))


def test_a_local_folder_has_no_revision(files: dict[str, bytes], tmp_path: Path) -> None:
    folder = write_files(tmp_path / "mine", files)
    with pytest.raises(AssetError, match="revision 'main' with a local folder"):
        resolve_checkpoint(str(folder), "main")


def test_a_folder_with_a_presets_name_must_be_the_preset(
    index: IndexServer, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_files(tmp_path / "tiny-checkpoint", files)
    monkeypatch.chdir(tmp_path)
    assert resolve_checkpoint("tiny-checkpoint").source == "folder"

    (folder / "tokenizer.json").write_bytes(b"{ }")
    with pytest.raises(AssetError, match=r"not it: tokenizer\.json has 3 bytes; expected 2\..*'\./tiny-checkpoint'"):
        resolve_checkpoint("tiny-checkpoint")
    assert resolve_checkpoint("./tiny-checkpoint").folder == folder


@pytest.mark.parametrize("name", ["", "a b", "org/", "-x"])
def test_a_name_that_can_be_nothing_is_refused(name: str) -> None:
    with pytest.raises(AssetError, match="no preset, no folder and no Hugging Face id"):
        resolve_checkpoint(name)
