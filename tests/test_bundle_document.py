"""The document of a Bundle: written with its checksum, read with care."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tltk.bundle_document import DOCUMENT, read_document, write_document
from tltk.errors import BundleError

FIELDS = {"task": {}, "head": {}, "encoder": {}, "recipe": {}, "files": {}}


def test_what_was_written_is_read_and_written_again_with_other_fields(tmp_path: Path) -> None:
    written = write_document(tmp_path, {**FIELDS, "tltk": "0.0.1"})
    assert read_document(tmp_path) == written
    changed = write_document(tmp_path, {**written, "metrics": {"test": {"accuracy": 0.5}}})
    assert read_document(tmp_path) == changed
    assert changed["checksum"] != written["checksum"]
    assert changed["tltk"] == "0.0.1"  # by which it was trained, not by which figures were added


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps({"format": "other"}), "Got format 'other'; expected 'tltk-bundle'. Give the folder of a Bundle"),
        ("{", "The file is damaged .*Copy the Bundle again"),
        ("[]", "The file is damaged .*Copy the Bundle again"),
        ('{"format": "tltk-bundle"}', "The file lacks format_version, task, .*Copy the Bundle again"),
    ],
    ids=["another format", "cut", "a list", "empty"],
)
def test_what_is_no_document_is_refused_with_what_to_do(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / DOCUMENT).write_text(content)
    with pytest.raises(BundleError, match=message):
        read_document(tmp_path)


def test_a_changed_field_is_found_by_the_checksum(tmp_path: Path) -> None:
    written = write_document(tmp_path, FIELDS)
    (tmp_path / DOCUMENT).write_text(json.dumps({**written, "recipe": {"seed": 1}}))
    with pytest.raises(BundleError, match="its checksum differs"):
        read_document(tmp_path)


def test_the_folder_meant_is_named_where_there_is_one_of_nearly_that_name(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    with pytest.raises(BundleError, match=r"There is no such folder\. Did you mean 'bundle'\? Give the folder of a"):
        read_document(tmp_path / "bundl")
    with pytest.raises(BundleError, match=r"Did you mean 'bundle'\? Give the folder of a"):
        read_document(tmp_path / "bunlde" / "seed0" / "bundle")
    with pytest.raises(BundleError, match=r"There is no such folder\. Give the folder of a"):
        read_document(tmp_path / "elsewhere")
