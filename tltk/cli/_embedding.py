"""Opens what embeds: a trained Bundle or Run, or a checkpoint as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tltk.bundle import Bundle

HELP = "Folder of a Bundle or Run of task similarity; or an untrained checkpoint: preset, Hugging Face id, or folder."


def open_embedding(name: str, **choice: Any) -> Bundle:
    """Return the Bundle of a folder, or of a checkpoint without training, by `tltk.embedder`.

    Args:
        name: a folder, a preset, or a Hugging Face id.
        **choice: `engine` and `precision`, as for `tltk.load`.

    Raises:
        BundleError: it is a folder that holds neither, or a path that leads nowhere.
        AssetError: there is no such checkpoint.
    """
    from tltk import api

    if not is_checkpoint(name):
        return api.load(name, **choice)
    made = api.embedder(name)
    return api.load(made.path, **choice) if choice else made


def is_checkpoint(name: str) -> bool:
    """Return whether a name is that of a checkpoint, as far as one can see: a folder of one, or no path at all.

    Example:
        >>> is_checkpoint("all-MiniLM-L6-v2"), is_checkpoint("./runs/none")
        (True, False)
    """
    from tltk.bundle_document import DOCUMENT

    path = Path(name).expanduser()
    if path.exists():
        return (path / "config.json").is_file() and not (path / DOCUMENT).is_file()
    is_path = name.startswith((".", "~", "/")) or name.count("/") > 1 or "\\" in name
    return not is_path and not ("/" in name and path.parent.is_dir())
