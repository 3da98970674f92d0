"""`tltk assets`: list, fetch, path, verify."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.assets.conftest import Parcel
from tests.assets.index_server import IndexServer
from tltk.assets.cache import preset_folder
from tltk.cli import main

Captured = pytest.CaptureFixture[str]


def run(captured: Captured, *arguments: str) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error of `tltk assets ...`."""
    with pytest.raises(SystemExit) as ended:
        main(["assets", *arguments])
    output, errors = captured.readouterr()
    return int(ended.value.code or 0), output, errors


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_the_list_says_what_is_here(index: IndexServer, capsys: Captured, arguments: tuple[str, ...]) -> None:
    run(capsys, "fetch", "tiny-snippets")
    code, output, _ = run(capsys, *arguments)
    assert code == 0
    lines = {line.split()[0]: line for line in output.splitlines() if line.strip()}
    assert "absent" in lines["tiny-checkpoint"]
    assert "cached" in lines["tiny-snippets"]


@pytest.mark.parametrize("name", ["tiny-checkpoint", "tiny-snippets"])
def test_fetch_prints_the_path_that_path_prints(index: IndexServer, capsys: Captured, name: str) -> None:
    code, fetched, _ = run(capsys, "fetch", name)
    assert code == 0
    assert Path(fetched.strip()).exists()
    assert run(capsys, "path", name) == (0, fetched, "")


def test_path_alone_is_the_cache(index: IndexServer, empty_cache: Path, capsys: Captured) -> None:
    assert run(capsys, "path") == (0, f"{empty_cache}\n", "")


def test_path_of_what_is_not_here_says_how_to_get_it(index: IndexServer, capsys: Captured) -> None:
    code, output, errors = run(capsys, "path", "tiny-checkpoint")
    assert (code, output) == (1, "")
    assert "Run: tltk assets fetch tiny-checkpoint" in errors


def test_verify_names_the_damaged_file_and_fetch_mends_it(
    index: IndexServer, checkpoint_parcel: Parcel, capsys: Captured
) -> None:
    run(capsys, "fetch", "tiny-checkpoint")
    assert run(capsys, "verify") == (0, "cached  tiny-checkpoint\nabsent  tiny-snippets\n", "")

    (preset_folder(checkpoint_parcel.preset) / "config.json").write_bytes(b"{}")
    code, output, errors = run(capsys, "verify", "tiny-checkpoint")
    assert (code, output) == (1, "damaged  tiny-checkpoint\n")
    assert "config.json has 2 bytes; expected" in errors
    assert "Run: tltk assets fetch tiny-checkpoint" in errors

    assert run(capsys, "fetch", "tiny-checkpoint")[0] == 0
    assert run(capsys, "verify", "tiny-checkpoint")[0] == 0


def test_fetch_of_what_nobody_has_names_every_place(index: IndexServer, capsys: Captured) -> None:
    code, output, errors = run(capsys, "fetch", "org/nothing")
    assert (code, output) == (1, "")
    for place in ("presets", "local folder", "hub cache", "Hugging Face hub"):
        assert f"{place}" in errors


def test_verify_of_an_unknown_name_offers_the_known_one(index: IndexServer, capsys: Captured) -> None:
    code, _, errors = run(capsys, "verify", "tiny-snipets")
    assert code == 1
    assert "Did you mean 'tiny-snippets'?" in errors
