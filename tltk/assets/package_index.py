"""The package indexes of this machine, asked for one pinned file."""

from __future__ import annotations

import contextlib
import logging
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tltk.assets.offline import offline_switch
from tltk.assets.pip_settings import PipSettings, read_pip_settings
from tltk.assets.preset import Archive
from tltk.errors import AssetError

if TYPE_CHECKING:
    from unearth.fetchers import PyPIClient

CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Found:
    """Where the pinned file can be streamed from.

    Args:
        url: `https://`, `http://` or `file://`, credentials included.
        place: the index or folder that listed it, without credentials, for messages.
    """

    url: str
    place: str


class PackageIndex:
    """Finds pinned files on the package indexes and `find-links` that pip is set up to use.

    Nothing is built, installed or imported: a release's files are listed and one of them is streamed.

    Args:
        settings: where to look (default: pip's own settings).
    """

    def __init__(self, settings: PipSettings | None = None) -> None:
        self.settings = settings or read_pip_settings()
        self.failures: list[tuple[str, str]] = []
        self._statuses: list[str] = []

    @contextlib.contextmanager
    def connect(self) -> Iterator[PyPIClient]:
        """Yield an HTTP client with pip's certificates, proxy, credentials and time limits.

        Raises:
            AssetError: a certificate file cannot be read, or the proxy's address is none.
        """
        from unearth.auth import MultiDomainBasicAuth

        with self._client() as client:
            client.auth = MultiDomainBasicAuth(prompting=False, index_urls=self.settings.index_urls)
            yield client

    def _client(self) -> PyPIClient:
        import httpx2
        from unearth.fetchers import PyPIClient

        settings = self.settings
        options: dict[str, Any] = {"proxy": settings.proxy} if settings.proxy else {}
        try:
            if settings.cert or settings.client_cert:
                options["verify"] = ssl.create_default_context(cafile=settings.cert)
                if settings.client_cert:
                    options["verify"].load_cert_chain(settings.client_cert)
            return PyPIClient(
                trusted_hosts=settings.trusted_hosts,
                timeout=httpx2.Timeout(settings.timeout, connect=min(settings.timeout, CONNECT_SECONDS)),
                follow_redirects=True,
                event_hooks={"response": [self._note_status]},
                **options,
            )
        except (OSError, ValueError) as error:
            raise AssetError(
                f"pip's certificates or proxy cannot be used: {error}.",
                where=settings.cert or settings.client_cert or "proxy",
                hint="Look at `pip config list`, PIP_CERT, PIP_PROXY and REQUESTS_CA_BUNDLE.",
            ) from error

    def find(self, archive: Archive, client: PyPIClient) -> Iterator[Found]:
        """Yield every place that lists exactly the pinned file; places that fail are noted in `failures`.

        With the offline switch on, only folders on this machine are looked at.
        """
        switch = offline_switch()
        places = [("find_links", link) for link in self.settings.find_links]
        places += [("index", url) for url in self.settings.index_urls]
        for kind, location in places:
            if switch and not _is_local(location):
                self.failures.append((_named(kind, location), f"not asked, as {switch}."))
                continue
            yield from self._find_at(kind, location, archive, client)

    def _find_at(self, kind: str, location: str, archive: Archive, client: PyPIClient) -> Iterator[Found]:
        import httpx2
        from unearth import PackageFinder
        from unearth.collector import is_secure_origin
        from unearth.errors import UnpackError, URLError
        from unearth.link import Link

        place = _named(kind, location)
        fetcher: Any = client  # Its class is unearth's own, yet does not meet unearth's protocol to the letter.
        finder = PackageFinder(
            fetcher,
            index_urls=[location] if kind == "index" else [],
            find_links=[location] if kind == "find_links" else [],
            trusted_hosts=self.settings.trusted_hosts,
            ignore_compatibility=True,
        )
        self._statuses.clear()
        try:
            with _quiet("unearth"):
                if "://" in location and not is_secure_origin(fetcher, Link(location)):
                    self.failures.append((place, "not asked, as it is neither https nor one of pip's trusted-host."))
                    return
                links = [package.link for package in finder.find_all_packages(archive.package, allow_yanked=True)]
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, UnpackError, URLError) as error:
            self.failures.append((place, f"cannot be reached ({type(error).__name__}: {error})."))
            return
        matching = [link for link in links if link.filename == archive.filename]
        if not matching:
            self.failures.append((place, self._why_missing(archive, listed=len(links))))
            return
        link = matching[0]
        for listed in (link.hash_option or {}).get("sha256", []):
            if listed.lower() != archive.sha256:
                why = f"lists {archive.filename} with sha256 {listed}; expected {archive.sha256}."
                self.failures.append((place, why))
                return
        yield Found(url=link.normalized, place=place)

    def _why_missing(self, archive: Archive, *, listed: int) -> str:
        if self._statuses:
            return f"{self._statuses[-1]}."
        if listed:
            return f"lists {listed} files of {archive.package}, but not {archive.filename}."
        return f"does not list {archive.package}."

    def _note_status(self, response: Any) -> None:
        if response.status_code >= 400:
            self._statuses.append(f"answered {response.status_code} {response.reason_phrase} for {response.url.path}")


def _is_local(location: str) -> bool:
    return location.startswith("file:") or Path(location).exists()


def _named(kind: str, location: str) -> str:
    from unearth.link import Link

    shown = Link(location).redacted if "://" in location else location
    return f"package index {shown}" if kind == "index" else f"find-links {shown}"


@contextlib.contextmanager
def _quiet(logger_name: str) -> Iterator[None]:
    # unearth logs each unreachable page; here every place ends up in one error instead.
    logger = logging.getLogger(logger_name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
