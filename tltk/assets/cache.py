"""The folder where assets, readings and encodings are kept between runs."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

from tltk.assets.preset import Preset


def cache_folder() -> Path:
    """Return tltk's cache folder: `TLTK_CACHE`, or the platform's own place for caches.

    It is not created here. Sub folders: `assets/` (checkpoints and datasets), `data/` (read corpora), `encoded/`
    (tokenised corpora). Deleting any of it costs time, never results.
    """
    named = os.environ.get("TLTK_CACHE", "").strip()
    folder = Path(named).expanduser() if named else Path(platformdirs.user_cache_dir("tltk", appauthor=False))
    return folder.absolute()


def assets_folder() -> Path:
    """Return the folder below the cache that holds the pinned presets."""
    return cache_folder() / "assets"


def preset_folder(preset: Preset) -> Path:
    """Return the folder of one pinned preset; another pin is another folder."""
    pins = "".join(sha256 for _, (sha256, _) in sorted(preset.files.items()))
    return assets_folder() / f"{preset.name}-{pin_tag(pins)}"


def pin_tag(pins: str) -> str:
    """Return a short name for a set of checksums.

    Example:
        >>> len(pin_tag("00ff"))
        12
    """
    return hashlib.sha256(pins.encode("ascii")).hexdigest()[:12]
