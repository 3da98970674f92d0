"""Which package indexes pip is set up to use on this machine."""

from __future__ import annotations

import configparser
import os
import shlex
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from tltk.errors import AssetError

PYPI = "https://pypi.org/simple"
_SECTIONS = ("global", "install")  # A later one wins, as with `pip install`.


@dataclass(frozen=True)
class PipSettings:
    """pip's options that say where packages come from.

    Args:
        index_urls: `index-url` and every `extra-index-url`, or none with `no-index`.
        find_links: folders, pages or files that are looked at besides the indexes.
        trusted_hosts: hosts whose certificate is not checked.
        cert: file with the certificates to trust instead of the built-in ones.
        client_cert: file with the client's own certificate.
        proxy: proxy to go through.
        timeout: seconds without an answer after which a connection is given up.
    """

    index_urls: tuple[str, ...] = (PYPI,)
    find_links: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    timeout: float = 15.0


def read_pip_settings(environ: Mapping[str, str] | None = None) -> PipSettings:
    """Read pip's configuration files and `PIP_*` variables, in pip's order of precedence.

    pip itself is neither imported nor run: an environment made by another tool may have none.

    Args:
        environ: the environment to read (default: this process's own).

    Raises:
        AssetError: a configuration file is not readable as one.
    """
    environ = os.environ if environ is None else environ
    options: dict[str, str] = {}
    for path in _configuration_files(environ):
        options |= _options_of(path)
    options |= _options_of_environment(environ)

    indexes = [options.get("index-url", PYPI), *_listed(options, "extra-index-url")]
    return PipSettings(
        index_urls=() if _is_true(options.get("no-index", "")) else tuple(dict.fromkeys(indexes)),
        find_links=tuple(_listed(options, "find-links")),
        trusted_hosts=tuple(_listed(options, "trusted-host")),
        cert=options.get("cert") or environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE"),
        client_cert=options.get("client-cert"),
        proxy=options.get("proxy"),
        timeout=_seconds(options.get("timeout") or options.get("default-timeout")),
    )


def _configuration_files(environ: Mapping[str, str]) -> Iterable[Path]:
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    file = "pip.ini" if os.name == "nt" else "pip.conf"
    shared = platformdirs.site_config_dir("pip", appauthor=False, multipath=True).split(os.pathsep)
    yield from (Path(folder) / file for folder in reversed(shared))
    if os.name != "nt":
        yield Path("/etc") / file
    if named is None or not Path(named).exists():
        home = Path.home()
        yield home / ("pip" if os.name == "nt" else ".pip") / file
        yield Path(platformdirs.user_config_dir("pip", appauthor=False, roaming=True)) / file
        if sys.platform == "darwin":
            yield home / ".config" / "pip" / file
    yield Path(sys.prefix) / file
    if named is not None:
        yield Path(named)


def _options_of(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise AssetError(
            f"pip's configuration cannot be read: {error}",
            where=str(path),
            hint="Mend the file, or name another one in PIP_CONFIG_FILE.",
        ) from error
    options: dict[str, str] = {}
    for section in _SECTIONS:
        if parser.has_section(section):
            options |= {_normal(name): value for name, value in parser.items(section) if value}
    return options


def _options_of_environment(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        _normal(name.removeprefix("PIP_")): value
        for name, value in environ.items()
        if name.startswith("PIP_") and value
    }


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").removeprefix("--")


def _listed(options: Mapping[str, str], name: str) -> list[str]:
    return shlex.split(options.get(name, ""), posix=os.name != "nt")


def _is_true(value: str) -> bool:
    return value.strip().lower() in {"1", "true", "yes", "on", "y", "t"}


def _seconds(value: str | None) -> float:
    try:
        return float(value) if value else PipSettings.timeout
    except ValueError:
        return PipSettings.timeout
