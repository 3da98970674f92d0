"""What of the catalog is in the cache, and whether it is still as pinned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tltk.assets import catalog
from tltk.assets.cache import preset_folder
from tltk.assets.digest import first_mismatch
from tltk.assets.preset import Preset
from tltk.errors import AssetError, did_you_mean


@dataclass(frozen=True)
class Entry:
    """One preset and its state on this machine.

    Args:
        preset: the preset.
        state: "absent", "cached" or "damaged".
        path: its folder (checkpoint) or file (dataset) in the cache, there or not.
        detail: what is wrong with a damaged one.
    """

    preset: Preset
    state: Literal["absent", "cached", "damaged"]
    path: Path
    detail: str = ""


def inventory(names: Sequence[str] = ()) -> list[Entry]:
    """Return the state of the named presets (default: all), every cached file checked against its checksum.

    Raises:
        AssetError: a name is not in the catalog.

    Example:
        >>> [entry.preset.name for entry in inventory(["movie-snippets"])]
        ['movie-snippets']
    """
    return [_entry(_known(name)) for name in names or catalog.preset_names()]


def _known(name: str) -> Preset:
    preset = catalog.find_preset(name)
    if preset is None:
        raise AssetError(f"Got {name!r}, which is no pinned preset.", hint=did_you_mean(name, catalog.preset_names()))
    return preset


def _entry(preset: Preset) -> Entry:
    folder = preset_folder(preset)
    path = folder if preset.kind == "checkpoint" else folder / next(iter(preset.files))
    if not folder.exists():
        return Entry(preset, "absent", path)
    mismatch = first_mismatch(folder, preset.files)
    if mismatch:
        return Entry(preset, "damaged", path, mismatch)
    return Entry(preset, "cached", path)
