"""Files on disk: which ones a path means, and what is in them in one hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tltk.errors import DataError, did_you_mean


def find_files(path: str, field: str, suffixes: Sequence[str]) -> list[Path]:
    """Return the file a path names, or the files with one of the suffixes in the folder it names, sorted.

    Args:
        path: a file or folder.
        field: the recipe's field it was given in, for errors.
        suffixes: file name endings that count in a folder, such as `.csv`; `.gz` may follow.

    Raises:
        DataError: there is nothing there, or a folder with no such file.
    """
    place = Path(path).expanduser()
    if place.is_file():
        return [place]
    if place.is_dir():
        endings = tuple(suffixes) + tuple(f"{suffix}.gz" for suffix in suffixes)
        found = sorted(file for file in place.iterdir() if file.is_file() and file.name.lower().endswith(endings))
        if not found:
            raise DataError(
                f"The folder has no file ending in {', '.join(suffixes)}.",
                where=f"{field} {place}",
                hint="Name a folder that has some, or a file.",
            )
        return found
    raise no_such_file(place, where=f"{field} {place}")


def format_of(place: Path, formats: Mapping[str, str], field: str) -> str | None:
    """Return the format of a file by its name, or the one of all files in a folder; None where no name tells.

    Args:
        place: a file or folder; it need not be there.
        formats: format for each file name ending, which `.gz` may follow.
        field: the recipe's field it was given in, for errors.

    Raises:
        DataError: a folder has files of several formats, of which only one kind would be read.
    """
    names = sorted(entry.name for entry in place.iterdir() if entry.is_file()) if place.is_dir() else [place.name]
    found: dict[str, str] = {}
    for name in names:
        for suffix, form in formats.items():
            if name.lower().removesuffix(".gz").endswith(suffix):
                found.setdefault(form, name)
                break
    if len(found) > 1:
        listed = ", ".join(f"{form} ({name})" for form, name in found.items())
        raise DataError(
            f"The folder has files of several formats: {listed}; expected one.",
            where=f"{field} {place}",
            hint="Name one file, move the others out of the folder, or set data.source to the format to read: "
            f"{' or '.join(found)}.",
        )
    return next(iter(found), None)


def no_such_file(place: Path, *, where: str) -> DataError:
    """Return the error for a file that is not there; names the one beside it that is called most alike."""
    hint = f"There is no folder {place.parent} either."
    if place.parent.is_dir():
        names = [entry.name for entry in place.parent.iterdir()]
        hint = did_you_mean(place.name, names) if 0 < len(names) <= 50 else "Check the path."
    return DataError("There is no such file.", where=where, hint=hint)


def sha256_of(files: Iterable[Path]) -> str:
    """Return one sha256 (hex) of the content of some files; their names and places do not count.

    Raises:
        DataError: a file cannot be read.
    """
    whole = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as stream:
                whole.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise DataError(
                f"The file cannot be read ({error.strerror}).",
                where=str(file),
                hint="Check that it is a file and that you may read it.",
            ) from error
    return whole.hexdigest()
