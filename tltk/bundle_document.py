"""`tltk.json`, the document of a Bundle: what it holds, read with care and written in one step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tltk import __version__
from tltk.errors import BundleError, near_miss
from tltk.folders import write_json
from tltk.manifest import checksum

DOCUMENT, ENCODER, HEAD = "tltk.json", "encoder", "head.safetensors"
"""The document, and the parts that it speaks of."""

_FORMAT, _FORMAT_VERSION = "tltk-bundle", 1
_FIELDS = {"format_version": int, "task": dict, "head": dict, "encoder": dict, "recipe": dict, "files": dict}
_WHAT_TO_GIVE = "Give the folder of a Bundle, or of a Run (runs/<name>)."
_UNTRAINED = "A checkpoint that was not trained is opened by tltk.embedder(name), `tltk embed` and `tltk index`."


def read_document(folder: Path) -> dict[str, Any]:
    """Return the document of a Bundle's folder, whole and as it was saved.

    Raises:
        BundleError: there is none, it is damaged or no Bundle's, or its format is newer than this tltk.
    """
    path = folder / DOCUMENT
    if not path.is_file():
        raise BundleError(
            f"Found no {DOCUMENT}." if folder.is_dir() else "There is no such folder.",
            where=str(folder),
            hint=_what_to_give(folder),
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        is_bundle = document.get("format") == _FORMAT
    except (ValueError, AttributeError) as error:
        raise BundleError(f"The file is damaged ({error}).", where=str(path), hint="Copy the Bundle again.") from error
    if not is_bundle:
        raise BundleError(
            f"Got format {document.get('format')!r}; expected {_FORMAT!r}.", where=str(path), hint=_WHAT_TO_GIVE
        )
    absent = [name for name, kind in _FIELDS.items() if not isinstance(document.get(name), kind)]
    if absent:
        raise BundleError(
            f"The file lacks {', '.join(absent)}, or holds something else there.",
            where=str(path),
            hint="Copy the Bundle again from where it came from, or train it anew.",
        )
    if document["format_version"] > _FORMAT_VERSION:
        raise BundleError(
            f"Got format version {document['format_version']}; this tltk reads up to {_FORMAT_VERSION}.",
            where=str(path),
            hint=f"Install tltk {document.get('tltk', '')} or newer.",
        )
    if checksum(document) != document.get("checksum"):
        raise BundleError(
            "The file is not what was saved: its checksum differs.", where=str(path), hint="Copy the Bundle again."
        )
    return document


def write_document(folder: Path, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Write a Bundle's document in one step and return it: the fields, under the format, and their checksum."""
    document = {"format": _FORMAT, "format_version": _FORMAT_VERSION, "tltk": __version__, **fields}
    document["checksum"] = checksum(document)
    write_json(folder / DOCUMENT, document)
    return document


def _what_to_give(folder: Path) -> str:
    """Return what to do where a folder holds no Bundle."""
    if folder.exists():
        return f"{_WHAT_TO_GIVE} {_UNTRAINED}" if (folder / "config.json").is_file() else _WHAT_TO_GIVE
    mistyped = folder.absolute()
    while not mistyped.parent.is_dir():
        mistyped = mistyped.parent
    beside = [path.name for path in mistyped.parent.iterdir() if path.is_dir()]
    return " ".join(filter(None, [near_miss(mistyped.name, beside), _WHAT_TO_GIVE, _UNTRAINED]))
