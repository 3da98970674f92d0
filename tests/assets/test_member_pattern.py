"""Many files by a pattern: as many as pinned, each below the folder, and nothing else of the archive."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.assets.conftest import tarred, zipped
from tltk.assets.archive import extract_matching
from tltk.assets.preset import MemberPattern
from tltk.errors import AssetError

FILES = {"pack/data/a/1.txt": b"one", "pack/data/a/2.txt": b"three", "pack/data/b/1.txt": b"four"}
OTHERS = {
    "pack/data/a/x/1.txt": b"deeper",
    "pack/data/1.txt": b"higher",
    "pack/data/a/1.py": b"1 / 0",
    "data/a/1.txt": b"",
}
PATTERN = MemberPattern("pack/data/*/*.txt", count=3, size=12)


def written(tmp_path: Path, archive: bytes, pattern: MemberPattern) -> dict[str, bytes]:
    source, folder = tmp_path / "archive", tmp_path / "deep" / "folder"
    source.write_bytes(archive)
    folder.mkdir(parents=True)
    extract_matching(source, pattern, folder)
    source.unlink()
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar.gz"])
class TestEveryKindOfArchive:
    def test_files_keep_their_folders_from_the_open_part_on(self, pack, tmp_path: Path) -> None:
        files = written(tmp_path, pack({**OTHERS, **FILES}), PATTERN)
        assert files == {path.removeprefix("pack/data/"): content for path, content in FILES.items()}

    def test_a_missing_file_is_told(self, pack, tmp_path: Path) -> None:
        two = dict(list(FILES.items())[:2])
        with pytest.raises(
            AssetError, match=r"Got 2 members like 'pack/data/\*/\*\.txt' of 8 bytes .* expected 3 of 12"
        ):
            written(tmp_path, pack(two), PATTERN)

    def test_other_lengths_are_told(self, pack, tmp_path: Path) -> None:
        with pytest.raises(AssetError, match="of 11 bytes together; expected 3 of 12"):
            written(tmp_path, pack({**FILES, "pack/data/b/1.txt": b"fou"}), PATTERN)

    def test_a_bomb_is_stopped_at_the_size_of_all_together(self, pack, tmp_path: Path) -> None:
        with pytest.raises(AssetError, match="unpacks to more than the 4 bytes"):
            written(tmp_path, pack({**FILES, "pack/data/b/1.txt": b"\0" * (1 << 22)}), PATTERN)
        assert sum(path.stat().st_size for path in (tmp_path / "deep").rglob("*") if path.is_file()) < 100

    def test_a_name_that_climbs_is_refused(self, pack, tmp_path: Path) -> None:
        archive = pack({"pack/data/../9.txt": b"escaped"})
        with pytest.raises(AssetError, match="leads out of its folder"):
            written(tmp_path, archive, MemberPattern("pack/data/*/*.txt", count=1, size=7))
        assert [path.name for path in tmp_path.rglob("*.txt")] == []

    def test_a_cut_archive_is_named(self, pack, tmp_path: Path) -> None:
        archive = pack({**FILES, "pack/data/b/2.txt": bytes(range(256)) * 64})
        with pytest.raises(AssetError, match="archive: "):
            written(tmp_path, archive[: len(archive) // 2], PATTERN)
