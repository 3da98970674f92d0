"""pip's settings as pip itself tells them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tltk.assets.pip_settings import PYPI, PipSettings, read_pip_settings
from tltk.errors import AssetError

CONFIGURATION = """
[global]
index-url = https://one.example/simple
extra-index-url =
    https://two.example/simple
    https://three.example/simple
find-links = /wheels
timeout = 60
[install]
index_url = https://four.example/simple
trusted-host = one.example two.example:8080
[list]
index-url = https://not-this-one.example/simple
"""


def settings_of(tmp_path: Path, text: str, **environ: str) -> PipSettings:
    (tmp_path / "pip.conf").write_text(text)
    return read_pip_settings({"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), **environ})


@pytest.fixture(autouse=True)
def no_other_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn pip's other places into empty ones."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))


def test_without_settings_it_is_pypi() -> None:
    assert read_pip_settings({"PIP_CONFIG_FILE": os.devnull}) == PipSettings(index_urls=(PYPI,))


def test_files_and_sections(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, CONFIGURATION)
    assert settings.index_urls == (
        "https://four.example/simple",
        "https://two.example/simple",
        "https://three.example/simple",
    )
    assert settings.find_links == ("/wheels",)
    assert settings.trusted_hosts == ("one.example", "two.example:8080")
    assert settings.timeout == 60


def test_variables_win_over_files(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path, CONFIGURATION, PIP_INDEX_URL="https://five.example", PIP_CERT="/ca.pem", PIP_DEFAULT_TIMEOUT="7"
    )
    assert settings.index_urls[0] == "https://five.example"
    assert settings.cert == "/ca.pem"


@pytest.mark.parametrize("variable", ["PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_come_from_where_pip_takes_them(variable: str) -> None:
    assert read_pip_settings({"PIP_CONFIG_FILE": os.devnull, variable: "/ca.pem"}).cert == "/ca.pem"


def test_no_index_leaves_only_find_links(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, CONFIGURATION, PIP_NO_INDEX="true")
    assert (settings.index_urls, settings.find_links) == ((), ("/wheels",))


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"pip\.conf: pip's configuration cannot be read"):
        settings_of(tmp_path, "index-url = no section\n")


@pytest.mark.skipif(find_spec("pip") is None, reason="pip is the oracle, and not installed here")
def test_pip_itself_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = tmp_path / "config" / "pip"
    user.mkdir(parents=True)
    (user / "pip.conf").write_text("[global]\nfind-links = /users\nproxy = http://user.example:3128\ncert = /u.pem\n")
    for name in list(os.environ):
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://six.example/simple https://seven.example/simple")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)

    answer = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    said = {}
    for line in answer.stdout.splitlines():
        name, _, value = line.partition("=")
        said[name.split(".")[-1]] = ast.literal_eval(value)
    settings = read_pip_settings()
    assert settings.find_links == tuple(said["find-links"].split())
    assert settings.proxy == said["proxy"]
    assert settings.cert == said["cert"]
    assert settings.index_urls == (said.get("index-url", PYPI), *said["extra-index-url"].split())
