"""Hostile and broken archives: nothing but the named, pinned members is ever written, and never outside."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.assets.conftest import sha256, tarred, zipped
from tltk.assets.archive import extract, safe_target
from tltk.assets.preset import Member
from tltk.errors import AssetError

CONTENT = b"the content of the member\n" * 100


def pinned(path: str, name: str = "out.txt", content: bytes = CONTENT) -> Member:
    return Member(path, name, sha256(content), len(content))


def written(tmp_path: Path, archive: bytes, *members: Member, largest: int = 1 << 24) -> dict[str, bytes]:
    """Unpack `archive` two folders deep, and return every file below `tmp_path` except the archive."""
    source = tmp_path / "archive"
    source.write_bytes(archive)
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    try:
        extract(source, members, folder, largest=largest)
    finally:
        source.unlink()
    return {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar.gz"])
class TestEveryKindOfArchive:
    def test_only_named_members_are_written(self, pack, tmp_path: Path) -> None:
        archive = pack({"a/wanted.txt": CONTENT, "a/setup.py": b"1 / 0", "../escaped.txt": b"!", "/root.txt": b"!"})
        assert written(tmp_path, archive, pinned("a/wanted.txt")) == {"deep/folder/out.txt": CONTENT}

    @pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "a/../../out.txt", "C:\\out.txt", "..\\out.txt", ""])
    def test_a_target_outside_the_folder_is_refused(self, pack, name: str, tmp_path: Path) -> None:
        with pytest.raises(AssetError, match="leads out of its folder"):
            written(tmp_path, pack({"a": CONTENT}), pinned("a", name))
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

    def test_a_member_that_climbs_is_written_to_its_safe_name(self, pack, tmp_path: Path) -> None:
        files = written(tmp_path, pack({"../../climbs.txt": CONTENT}), pinned("../../climbs.txt"))
        assert files == {"deep/folder/out.txt": CONTENT}

    def test_a_bomb_is_stopped_at_the_pinned_size(self, pack, tmp_path: Path) -> None:
        bomb = pack({"a": b"\0" * (1 << 23)})
        assert len(bomb) < 1 << 16
        with pytest.raises(AssetError, match="unpacks to more than the 2,600 bytes"):
            written(tmp_path, bomb, pinned("a"))
        assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 1 << 21

    def test_other_content_of_the_same_length_is_refused(self, pack, tmp_path: Path) -> None:
        with pytest.raises(AssetError, match=r"archive!/a: Got 2,600 bytes with sha256 .*; expected"):
            written(tmp_path, pack({"a": CONTENT[::-1]}), pinned("a"))

    def test_a_shorter_member_is_refused(self, pack, tmp_path: Path) -> None:
        with pytest.raises(AssetError, match="Got 2,599 bytes"):
            written(tmp_path, pack({"a": CONTENT[1:]}), pinned("a"))

    def test_a_missing_member_is_named(self, pack, tmp_path: Path) -> None:
        with pytest.raises(AssetError, match="no member 'b'"):
            written(tmp_path, pack({"a": CONTENT}), pinned("b"))

    def test_a_cut_archive_is_named(self, pack, tmp_path: Path) -> None:
        archive = pack({"a": bytes(range(256)) * 64, "b": CONTENT})
        with pytest.raises(AssetError, match="archive: "):
            written(tmp_path, archive[: len(archive) // 2], pinned("b"))

    def test_an_archive_within_the_archive(self, pack, tmp_path: Path) -> None:
        archive = pack({"x/inner": tarred({"y/wanted.txt": CONTENT, "../z": b"!"})})
        assert written(tmp_path, archive, pinned("x/inner!/y/wanted.txt")) == {"deep/folder/out.txt": CONTENT}

    def test_a_bomb_within_the_archive_is_stopped(self, pack, tmp_path: Path) -> None:
        archive = pack({"inner": tarred({"filler": b"\0" * (1 << 23), "a": CONTENT})})
        with pytest.raises(AssetError, match="unpacks to more than 1,048,576 bytes"):
            written(tmp_path, archive, pinned("inner!/a"), largest=1 << 20)

    def test_a_missing_inner_archive_is_named(self, pack, tmp_path: Path) -> None:
        with pytest.raises(AssetError, match="no member 'inner'"):
            written(tmp_path, pack({"a": CONTENT}), pinned("inner!/a"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_tar_member_that_is_no_file_is_refused(kind: bytes, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("a")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    with pytest.raises(AssetError, match="link or a folder"):
        written(tmp_path, buffer.getvalue(), pinned("a"))


def test_a_zip_member_that_is_a_symlink_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("a")
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(AssetError, match="link or a folder"):
        written(tmp_path, buffer.getvalue(), pinned("a"))


def test_doubled_members_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", CONTENT)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", CONTENT)
    with pytest.raises(AssetError, match="'a' twice"):
        written(tmp_path, buffer.getvalue(), pinned("a"))


def test_doubled_tar_members_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for _ in range(2):
            entry = tarfile.TarInfo("a")
            entry.size = len(CONTENT)
            archive.addfile(entry, io.BytesIO(CONTENT))
    with pytest.raises(AssetError, match="'a' twice"):
        written(tmp_path, buffer.getvalue(), pinned("a"))


@given(st.text(alphabet="ab./\\:~", max_size=12))
def test_a_safe_target_never_leaves_its_folder(name: str) -> None:
    folder = Path("/folder")
    try:
        target = safe_target(folder, name)
    except AssetError:
        return
    resolved = Path(*[part for part in target.parts if part != "."])
    assert resolved.is_relative_to(folder)
    assert resolved != folder
    assert ".." not in resolved.parts
    assert not any(part == ".." for part in name.replace("\\", "/").split("/"))
