"""What a pinned preset is made of: one archive on the package index, and the files wanted from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

NESTED = "!/"


@dataclass(frozen=True)
class Archive:
    """One file of one release on a package index, pinned by checksum.

    Args:
        package: name of the package on the index.
        version: its release.
        filename: the exact file of that release (a wheel or an sdist).
        sha256: lower-case hex digest of the file.
        size: the file's length in bytes.
    """

    package: str
    version: str
    filename: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Member:
    """One file inside an archive, pinned by checksum.

    Args:
        path: where it lies in the archive; `outer.tar.gz!/inner.txt` reaches into an archive within the archive.
        name: what it is called in the asset's folder.
        sha256: lower-case hex digest of its content.
        size: its length in bytes; nothing longer is ever written.
    """

    path: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class MemberPattern:
    """Many files inside an archive, too many to be named; the archive's checksum pins them, and the conversion's.

    Args:
        path: where they lie; `*` stands for any part of one folder's or file's name.
        count: how many there are.
        size: the length of all together in bytes; nothing beyond is ever written.

    Example:
        >>> pattern = MemberPattern("package/data/*/*.txt", count=2, size=100)
        >>> pattern.matches("package/data/sports/001.txt"), pattern.matches("package/data/readme.txt")
        (True, False)
        >>> pattern.name("package/data/sports/001.txt")
        'sports/001.txt'
    """

    path: str
    count: int
    size: int

    def matches(self, path: str) -> bool:
        """Return whether a path in the archive is meant."""
        parts, wanted = path.split("/"), self.path.split("/")
        return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))

    def name(self, path: str) -> str:
        """Return what the file is called: its path from the first folder that the pattern leaves open."""
        fixed = next(number for number, part in enumerate(self.path.split("/")) if "*" in part)
        return "/".join(path.split("/")[fixed:])


@dataclass(frozen=True)
class Conversion:
    """A file that is made from the members, always byte for byte the same.

    Args:
        function: name of the conversion (`tltk.assets.convert`).
        name: what the result is called in the asset's folder.
        sha256: lower-case hex digest of the result.
        size: its length in bytes.
        rows: how many rows it holds, its header line not counted.
    """

    function: str
    name: str
    sha256: str
    size: int
    rows: int


@dataclass(frozen=True)
class Preset:
    """A checkpoint or dataset that is known by a short name and always has the same bytes.

    Args:
        name: what recipes call it.
        kind: "checkpoint" (a folder in Hugging Face layout) or "dataset" (one file that a reader can read).
        title: what it is, in one sentence.
        licence: SPDX name of the licence of the content.
        source: where the content comes from: a repository, a paper.
        archive: the file on the package index that carries it.
        members: the files wanted from the archive.
        pattern: many more of them, from which the dataset's one file is made.
        hub_id: the same files' repository on the Hugging Face hub, if they are there.
        conversion: how the dataset's one file is made from the members, if it is not a member itself.
        config: a checkpoint's config.json, as far as it says what the encoder is made of: told before it is fetched.
    """

    name: str
    kind: Literal["checkpoint", "dataset"]
    title: str
    licence: str
    source: str
    archive: Archive
    members: tuple[Member, ...] = ()
    pattern: MemberPattern | None = None
    hub_id: str | None = None
    conversion: Conversion | None = None
    config: Mapping[str, Any] | None = field(default=None, hash=False)

    @property
    def files(self) -> dict[str, tuple[str, int]]:
        """Return the files of the asset's folder: name -> (sha256, bytes)."""
        if self.conversion is not None:
            return {self.conversion.name: (self.conversion.sha256, self.conversion.size)}
        return {member.name: (member.sha256, member.size) for member in self.members}

    @property
    def unpacked_size(self) -> int:
        """Return how many bytes the wanted files of the archive take, before anything is made of them."""
        return sum(member.size for member in self.members) + (self.pattern.size if self.pattern else 0)

    @property
    def size(self) -> int:
        """Return how many bytes the asset takes in the cache."""
        return sum(size for _, size in self.files.values())
