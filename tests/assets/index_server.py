"""A package index on 127.0.0.1 that behaves, or misbehaves, as a test tells it to."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.assets.local_server import LocalServer


@dataclass
class IndexServer:
    """Serves PEP 503 pages and files with Range support.

    `cuts` says after how many bytes each coming answer with a file breaks off; `status` answers every request for a
    file with that code; `listed_sha256` is what the page claims of a file; `pause` is slept before each 64 kB.
    """

    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # filename -> (package, content)
    cuts: list[int] = field(default_factory=list)
    status: int = 200
    ranges: bool = True
    page_status: int = 200
    listed_sha256: str | None = None
    pause: float = 0.0
    password: str | None = None  # user:password, in base64 as sent
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""

    def add(self, package: str, filename: str, content: bytes) -> None:
        self.files[filename] = (package, content)

    def file_requests(self) -> list[str | None]:
        """Return the Range header of every request for a file, in order."""
        return [ranged for path, ranged in self.requests if path.startswith("/files/")]

    def start(self) -> LocalServer:
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.requests.append((self.path, self.headers.get("Range")))
                if index.password and self.headers.get("Authorization") != f"Basic {index.password}":
                    self.send_error(401)
                elif self.path.startswith("/simple/"):
                    index.page(self, self.path.removeprefix("/simple/").strip("/"))
                elif self.path.startswith("/files/"):
                    index.file(self, self.path.removeprefix("/files/"))
                else:
                    self.send_error(404)

            def log_message(self, *_: Any) -> None:
                pass

        server = LocalServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}/simple/"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def page(self, handler: BaseHTTPRequestHandler, package: str) -> None:
        names = [name for name, (owner, _) in self.files.items() if owner == package]
        if self.page_status != 200 or not names:
            handler.send_error(self.page_status if self.page_status != 200 else 404)
            return
        links = []
        for name in names:
            sha256 = self.listed_sha256 or hashlib.sha256(self.files[name][1]).hexdigest()
            links.append(f'<a href="../../files/{name}#sha256={sha256}">{name}</a>')
        body = f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def file(self, handler: BaseHTTPRequestHandler, name: str) -> None:
        if self.status != 200 or name not in self.files:
            handler.send_error(self.status if self.status != 200 else 404)
            return
        content = self.files[name][1]
        ranged = handler.headers.get("Range") if self.ranges else None
        start = int(ranged.removeprefix("bytes=").rstrip("-")) if ranged else 0
        handler.send_response(206 if ranged else 200)
        if ranged:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        handler.send_header("Content-Type", "application/octet-stream")
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        body = content[start:]
        if self.cuts:
            body = body[: self.cuts.pop(0)]
        try:
            for offset in range(0, len(body), 1 << 16):
                time.sleep(self.pause)
                handler.wfile.write(body[offset : offset + (1 << 16)])
        except (BrokenPipeError, ConnectionResetError):
            pass  # The client went away, as some tests make it do.
        handler.close_connection = True
